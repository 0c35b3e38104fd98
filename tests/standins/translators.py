"""TranslatorStandin: LibreTranslate's server, and Google's web endpoint as googletrans asks it.

Sources: docs.libretranslate.com (POST /translate and its errors); googletrans 4.0.2, client.py and
utils.py (the parameters of translate_a/single and the lists that it reads from the answer).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from .base import Exchange, Fault, Reply, Standin
from .translator_words import translated

GOOGLES_CODES = {"en": "en", "zh-cn": "zh", "zh-CN": "zh", "zh-tw": "zt", "zh-TW": "zt"}
LIBRES_CODES = ("en", "zh", "zt")
# The parameters without which the real endpoint answers in another shape.
ASKED = {"client": "gtx", "ie": "UTF-8", "oe": "UTF-8"}
LONGEST_ADDRESS = 8190

_CODE = re.compile(r"\b[A-Z]{2}\d+[A-Z]\b")
_NOTE = re.compile(r"\[\d+\]")
_WIDE = str.maketrans("[]0123456789ZQX", "［］０１２３４５６７８９ＺＱＸ")

# What engines do to a text that is not an error of theirs: name -> what becomes of the answer.
Manner = Callable[[str], str]
MANNERS: Mapping[str, Manner] = {
    "plain": lambda text: text,
    "lower case": lambda text: _CODE.sub(lambda m: m[0].lower(), text),
    "spaced": lambda text: _NOTE.sub(lambda m: f"[ {m[0][1:-1]} ]", _spaced(text)),
    "full width": lambda text: _both(text, lambda m: m[0].translate(_WIDE)),
    "loses codes": lambda text: _CODE.sub("", text),
    "loses notes": lambda text: _NOTE.sub("", text),
    "loses both": lambda text: _both(text, lambda m: ""),
    "doubles codes": lambda text: _CODE.sub(lambda m: f"{m[0]} {m[0]}", text, count=1),
    "doubles both": lambda text: _both(text, lambda m: f"{m[0]} {m[0]}"),
    "turns codes": lambda text: _CODE.sub(lambda m: m[0][::-1], text),
    "joins lines": lambda text: " ".join(text.split("\n")),
}
# What they do instead of translating.
FAILURES: Mapping[str, Callable[[str, str], str]] = {
    "echo": lambda asked, target: asked,
    "x": lambda asked, target: "x",
    "empty": lambda asked, target: "",
    "endless": lambda asked, target: "的 the " * 4000,
    "wrong script": lambda asked, target: (
        "请到服务台来问" if target == "en" else "Ask at the desk"
    ),
}


class TranslatorStandin(Standin):
    """Both services on one address; `manner` says how it answers from now on.

    Args:
        clock: Seconds since the epoch.
        speaks: The languages of LibreTranslate's models.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, speaks: tuple[str, ...] = LIBRES_CODES
    ) -> None:
        """Prepare the stand-in."""
        super().__init__(clock)
        self.manner = "plain"
        self.speaks = speaks

    def fail_next(self, status: int = 500, n: int = 1) -> None:
        """Answer the next n questions with an error."""
        headers = {"Retry-After": "30"} if status == 429 else {}
        words = {"error": "Slowdown: too many requests" if status == 429 else "no"}
        self._inject(Fault(f"{status}", "", reply=Reply(status, words, headers)), n)

    def answer_next(self, body: Any, n: int = 1) -> None:
        """Answer the next n questions with 200 and this body."""
        self._inject(Fault("odd", "", reply=Reply(200, body)), n)

    @property
    def asked(self) -> list[str]:
        """The texts that were asked for, in order."""
        return [_text_of(each) for each in self.exchanges]

    def google(self) -> httpx.AsyncBaseTransport:
        """Return a transport that brings requests for Google to this stand-in."""
        return _Detour(self.url)

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        return True

    def _answer(self, exchange: Exchange) -> Reply:
        if (exchange.method, exchange.path) == ("POST", "/translate"):
            return self._libre(exchange)
        if (exchange.method, exchange.path) == ("GET", "/translate_a/single"):
            return self._google(exchange)
        return Reply(404, {"error": "Not Found"})

    def _libre(self, exchange: Exchange) -> Reply:
        body = exchange.body or {}
        for key in ("q", "source", "target"):
            if not isinstance(body.get(key), str) or not body[key]:
                return Reply(400, {"error": f"Invalid request: missing {key} parameter"})
        for key in ("source", "target"):
            if body[key] not in (*self.speaks, "auto"):
                return Reply(400, {"error": f"{body[key]} is not supported"})
        if body.get("format") != "text":
            return Reply(400, {"error": "texts are no HTML"})
        return Reply(200, {"translatedText": self._words(body["q"], body["target"])})

    def _google(self, exchange: Exchange) -> Reply:
        query = exchange.query
        if any(query.get(key) != value for key, value in ASKED.items()):
            return Reply(400, "Bad Request")
        if query["tl"] not in GOOGLES_CODES or query["sl"] not in (*GOOGLES_CODES, "auto"):
            return Reply(400, "Bad Request")
        text, target = query["q"], GOOGLES_CODES[query["tl"]]
        pieces = re.split(r"(?<=\n)", self._words(text, target))
        sentences: list[Any] = [[piece, text, None, None, 1] for piece in pieces]
        sentences.append([None, None, None, "pinyin"])
        return Reply(200, [sentences, None, query["sl"], None, None, None, 1.0, []])  # type: ignore[arg-type]

    def _words(self, text: str, target: str) -> str:
        if self.manner in FAILURES:
            return FAILURES[self.manner](text, target)
        if self.manner == "simplified":
            return translated(text, "zh" if target == "zt" else target)
        return MANNERS[self.manner](translated(text, target))


class _Detour(httpx.AsyncHTTPTransport):
    """Carries requests for translate.googleapis.com to another address, as they are."""

    def __init__(self, url: str) -> None:
        super().__init__(verify=False)
        self._url = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        if request.url.host != "translate.googleapis.com":
            raise AssertionError(f"nobody translates at {request.url.host}")
        if len(str(request.url)) > LONGEST_ADDRESS:
            return httpx.Response(413, request=request)
        at = {"scheme": "http", "host": self._url.host, "port": self._url.port}
        request.url = request.url.copy_with(**at)
        request.headers["host"] = f"{self._url.host}:{self._url.port}"
        return await super().handle_async_request(request)


def _text_of(exchange: Exchange) -> str:
    return str(exchange.query.get("q") or (exchange.body or {}).get("q", ""))


def _spaced(text: str) -> str:
    return _CODE.sub(lambda m: f" {m[0][:2]} {m[0][2:-1]} {m[0][-1]} ", text)


def _both(text: str, change: Callable[[re.Match[str]], str]) -> str:
    return _NOTE.sub(change, _CODE.sub(change, text))
