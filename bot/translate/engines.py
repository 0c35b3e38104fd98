"""The translation engines, each behind the same `ask`; what they do silently wrong raises here.

Sources: googletrans 4.0.2 (client.py, read and run), docs.libretranslate.com (POST /translate).
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote

import httpx
from googletrans import Translator as GoogleClient

logger = logging.getLogger(__name__)

TIME_LIMIT_SECONDS = 3.0
MakeTransport = Callable[[], httpx.AsyncBaseTransport]


@dataclass(frozen=True)
class Translation:
    """A translated text with the engine that made it; both texts are kept in the log."""

    text: str
    language: str
    engine: str


class Translator(Protocol):
    """Turns a text into another language, or says that it cannot by returning None."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates between "en", "zh-Hans" and "zh-Hant"."""


class NoTranslator:
    """Translation is switched off."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Returns None."""
        return None


class EngineFailed(Exception):
    """An engine gave no translation.

    Args:
        kind: Why, in a word for the log; never a word of the text.
        busy: The engine asks to be left alone for a while (429).
        telling: It says that the engine is in trouble, and not only with this text.
    """

    def __init__(self, kind: str, *, busy: bool = False, telling: bool = True) -> None:
        super().__init__(kind)
        self.kind = kind
        self.busy = busy
        self.telling = telling


class Engine(Protocol):
    """One translation service. `name` stands beside each translation."""

    name: str

    async def ask(self, text: str, source: str, target: str) -> str:
        """Returns the translation as the service gave it; raises EngineFailed."""

    def fits(self, text: str) -> bool:
        """Tells whether a text can be asked for at once."""

    def warn(self, kind: str) -> None:
        """Writes a failure to the log."""


class GoogleEngine:
    """The unofficial web client `googletrans`.

    On an error status it would return the input as if translated, and on JSON of another shape
    letters of its keys ("x"): so errors are made to raise, and the answer's shape is looked at.

    Args:
        transport: Makes what carries a request, instead of the client's own; for tests.
    """

    name = "googletrans"
    codes: Mapping[str, str] = {"en": "en", "zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}
    # The text travels in the address, which servers refuse from 8 kB on.
    longest_in_address = 6000

    def __init__(self, transport: MakeTransport | None = None) -> None:
        self._transport = transport
        # Only what it knows of the service is used; its connection is never opened.
        self._pattern = GoogleClient(raise_exception=True)

    async def ask(self, text: str, source: str, target: str) -> str:
        """Returns the translation; raises EngineFailed."""
        try:
            answer = await self._translated(text, source, target)
        except Exception as error:
            # The client raises bare exceptions, and its connection errors carry the text.
            busy = 'status code "429"' in str(error)
            raise EngineFailed("busy" if busy else type(error).__name__, busy=busy) from None
        if not _is_googles(answer):
            raise EngineFailed("shape")
        return str(answer.text)

    async def _translated(self, text: str, source: str, target: str) -> Any:
        # A connection kept for longer fails in every other event loop.
        google = copy(self._pattern)
        google.client = httpx.AsyncClient(
            http2=True,
            verify=_certificates(),
            headers=self._pattern.client.headers,
            timeout=TIME_LIMIT_SECONDS,
            transport=self._transport() if self._transport else None,
        )
        async with google:
            spoken = self.codes.get(source, "auto")
            return await google.translate(text, dest=self.codes[target], src=spoken)

    def fits(self, text: str) -> bool:
        """Tells whether a text fits into an address."""
        return len(quote(text)) <= self.longest_in_address

    def warn(self, kind: str) -> None:
        """Writes a failure to the log."""
        logger.warning("googletrans failed", extra={"error": kind})


class LibreEngine:
    """A LibreTranslate server of the museum's own."""

    name = "libretranslate"
    codes: Mapping[str, str] = {"en": "en", "zh-Hans": "zh", "zh-Hant": "zt"}
    # Its models take long texts badly; a server may have a limit of its own as well.
    longest = 2000

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/translate"

    async def ask(self, text: str, source: str, target: str) -> str:
        """Returns the translation; raises EngineFailed."""
        try:
            async with httpx.AsyncClient(
                timeout=TIME_LIMIT_SECONDS, verify=_certificates()
            ) as client:
                return await self._asked(client, text, source, target)
        except EngineFailed:
            raise
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EngineFailed(type(error).__name__) from None

    async def _asked(self, client: httpx.AsyncClient, text: str, source: str, target: str) -> str:
        wanted = {
            "q": text,
            "source": self.codes.get(source, "auto"),
            "target": self.codes[target],
            "format": "text",
        }
        answer = await client.post(self._url, json=wanted)
        if answer.status_code == 400 and "zh-Hant" in (source, target):
            # Not every server has a model for Traditional; the reader's script is made later.
            plain = {**wanted, "source": _simplified(wanted["source"])}
            plain["target"] = _simplified(wanted["target"])
            answer = await client.post(self._url, json=plain)
        if answer.status_code == 429:
            raise EngineFailed("busy", busy=True)
        answer.raise_for_status()
        translated = answer.json()["translatedText"]
        if not isinstance(translated, str):
            raise EngineFailed("shape")
        return translated

    def fits(self, text: str) -> bool:
        """Tells whether a text is short enough for one question."""
        return len(text) <= self.longest

    def warn(self, kind: str) -> None:
        """Writes a failure to the log."""
        logger.warning("libretranslate failed", extra={"error": kind})


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Returns the trusted certificates, which take longer to read than a question to answer."""
    return httpx.create_ssl_context()


def _simplified(code: str) -> str:
    return "zh" if code == "zt" else code


def _is_googles(answer: Any) -> bool:
    """Tells whether the answer is a list of sentences, each a list that begins with its text."""
    response = answer._response
    if response.status_code != 200:
        return False
    try:
        sentences = response.json()[0]
    except (ValueError, LookupError, TypeError):
        return False
    return isinstance(sentences, list) and any(
        isinstance(each, list) and each and isinstance(each[0], str) for each in sentences
    )
