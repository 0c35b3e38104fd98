"""WeChatStandin: WeChat's web API as far as one Official Account needs it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from .base import Exchange, Fault, Reply, Standin
from .wechat_files import MaterialShelf
from .wechat_push import APP_ID
from .wechat_rules import MATERIAL, WORDS, WeChatRefusal, check_send, read_body, refuse
from .wire import JsonDict

SECRET = "0d0ce5ec0e70d0ce5ec0e70d0ce5ec0e"  # a made-up secret of a made-up account
# What one act allows: so many seconds, in them so many messages.
MESSAGE, CLICK = (48 * 3600.0, 5), (60.0, 3)
TYPING_SECONDS = 15.0
PATHS = {
    "/cgi-bin/token": "token",
    "/cgi-bin/message/custom/send": "message",
    "/cgi-bin/message/custom/typing": "typing",
    "/cgi-bin/getcallbackip": "check",
    "/cgi-bin/media/upload": "upload",
    "/cgi-bin/media/get": "media",
}
# A menu's entry that stands in a text as a link.
LINK = re.compile(
    r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"&]*)">([^<]*)</a>'
)


@dataclass(frozen=True)
class Sent:
    """One message that WeChat took: what the person sees, and the body behind it."""

    at: float
    openid: str
    text: str
    buttons: tuple[str, ...]
    choices: tuple[str, ...]
    body: Mapping[str, Any]


class WeChatStandin(Standin):
    """WeChat for one account: gives tokens, takes messages by its rules, fails when asked to."""

    def __init__(
        self,
        app_id: str = APP_ID,
        secret: str = SECRET,
        *,
        lifetime: int = 7200,
        enforce_window: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the account; ``lifetime`` is what a token is said to last for, in seconds."""
        super().__init__(clock)
        self.app_id, self.secret = app_id, secret
        self.lifetime, self.enforce_window = lifetime, enforce_window
        self.verified = self.allowed = True
        self.material = MaterialShelf()
        self.token = ""
        self._ended: set[str] = set()
        self._sent: list[Sent] = []
        self._typed: list[str] = []
        self._typing: dict[str, float] = {}
        self._acts: dict[str, dict[str, tuple[float, int]]] = {}

    # -- what a test tells the stand-in -------------------------------------------------------

    def person_wrote(self, openid: str, at: float | None = None) -> None:
        """Open what a message opens; matters only with ``enforce_window``."""
        self._act(openid, "message", at, MESSAGE)

    def person_clicked(self, openid: str, at: float | None = None) -> None:
        """Open what a touch opens: the menu, a subscription, a code, a menu message's entry."""
        self._act(openid, "click", at, CLICK)

    def replace_token(self) -> None:
        """Let somebody else fetch a token: ours is worthless."""
        with self._changed:
            self.token = f"{uuid4().hex}-of-others"

    def expire_token(self) -> None:
        """End the token's time."""
        with self._changed:
            self._ended.add(self.token)
            self.token = ""

    def revoke_secret(self) -> None:
        """Let the owner reset the AppSecret, which ends its tokens too."""
        with self._changed:
            self.secret, self.token = f"reset-{uuid4().hex}", ""

    def fail_next(
        self,
        n: int = 1,
        *,
        code: int = -1,
        status: int = 200,
        words: str = "",
        on: str = "",
        bare: bool = False,
    ) -> None:
        """Refuse the next n requests; ``on`` is message (as a rule), typing, token, check, any.

        ``bare`` answers without a code, as a proxy on the way would.
        """
        reply = Reply(status, "<html>Bad gateway</html>") if bare else error_reply(code, words)
        self._inject(Fault(f"error {code}", on, reply=reply), n)

    # -- what a test asks ---------------------------------------------------------------------

    @property
    def fetches(self) -> int:
        """How many tokens were given."""
        return sum(each.accepted for each in self.exchanges if each.path == "/cgi-bin/token")

    def sent(self, openid: str | None = None) -> list[Sent]:
        """The customer-service messages a person got (or all people), in order."""
        with self._changed:
            return [each for each in self._sent if openid in (None, each.openid)]

    def texts(self, openid: str | None = None) -> list[str]:
        """The texts a person got, in order."""
        return [each.text for each in self.sent(openid)]

    def typed(self, openid: str) -> int:
        """How often a person was shown that somebody is typing."""
        with self._changed:
            return self._typed.count(openid)

    def wait_for(self, openid: str, count: int = 1, timeout: float = 5.0) -> list[Sent]:
        """Block until a person has got that many messages, and return them."""
        what = f"{count} message(s) to {openid}"
        self.wait_until(lambda: len(self.sent(openid)) >= count, timeout, what)
        return self.sent(openid)

    # -- what WeChat does ---------------------------------------------------------------------

    def _accepts(self, reply: Reply) -> bool:
        if isinstance(reply.body, bytes):
            return reply.status == 200
        return (
            reply.status == 200 and isinstance(reply.body, dict) and not reply.body.get("errcode")
        )

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        return (on or "message") in (PATHS.get(exchange.path), "any")

    def _answer(self, exchange: Exchange) -> Reply:
        try:
            answer = self._route(exchange)
            return answer if isinstance(answer, Reply) else Reply(200, answer)
        except WeChatRefusal as refusal:
            return error_reply(refusal.code)

    def _route(self, exchange: Exchange) -> JsonDict | Reply:
        kind = PATHS.get(exchange.path)
        if not self.allowed:
            refuse(40164)
        if kind == "token":
            return self._give_token(exchange.query)
        self._authorise(exchange.query.get("access_token"))
        if kind == "check":
            return {"ip_list": ["203.0.113.0/25"]}
        if kind is None:
            refuse(40066)
        if kind == "media":
            return self.material.give(exchange.query.get("media_id", ""))
        if exchange.method != "POST":
            refuse(43002)
        if not self.verified:
            refuse(48001)
        if kind == "upload":
            return self.material.upload(exchange)
        body = read_body(exchange.raw)
        return self._send(exchange.at, body) if kind == "message" else self._type(body)

    def _give_token(self, query: Mapping[str, str]) -> JsonDict:
        if query.get("grant_type") != "client_credential":
            refuse(40002)
        if query.get("appid") != self.app_id:
            refuse(40013)
        if query.get("secret") != self.secret:
            refuse(40125)
        self.token = uuid4().hex
        return {"access_token": self.token, "expires_in": self.lifetime}

    def _authorise(self, token: str | None) -> None:
        if not token:
            refuse(41001)
        if token != self.token:
            refuse(42001 if token in self._ended else 40001)

    def _send(self, at: float, body: JsonDict) -> JsonDict:
        check_send(body)
        openid = body["touser"]
        if self.enforce_window:
            self._spend(openid)
        if body["msgtype"] in MATERIAL:
            media = body[body["msgtype"]]
            self.material.send(openid, body["msgtype"], media["media_id"])
        self._sent.append(sent_from(at, body))
        self._typing.pop(openid, None)
        return {"errcode": 0, "errmsg": "ok"}

    def _type(self, body: JsonDict) -> JsonDict:
        openid, at = str(body.get("touser") or refuse(40003)), self.clock()
        if body.get("command") not in ("Typing", "CancelTyping"):
            refuse(45072)
        if at - self._typing.get(openid, 0.0) < TYPING_SECONDS:
            refuse(45081)
        self._typing[openid] = at
        self._typed.append(openid)
        return {"errcode": 0, "errmsg": "ok"}

    def _act(self, openid: str, act: str, at: float | None, allows: tuple[float, int]) -> None:
        begun = self.clock() if at is None else at
        with self._changed:
            self._acts.setdefault(openid, {})[act] = (begun + allows[0], allows[1])

    def _spend(self, openid: str) -> None:
        """Count a message against all that is open; WeChat does not say against which."""
        at, acts = self.clock(), self._acts.get(openid, {})
        opened = {act: left for act, (until, left) in acts.items() if at < until}
        if not opened:
            refuse(45015)
        if not any(opened.values()):
            refuse(45047)
        for act, left in opened.items():
            acts[act] = (acts[act][0], max(0, left - 1))


def error_reply(code: int, words: str = "") -> Reply:
    """Word an error as WeChat does, with HTTP 200 and a request id."""
    said = words or WORDS.get(code, "refused")
    return Reply(200, {"errcode": code, "errmsg": f"{said} rid: {uuid4().hex[:8]}-docent"})


def sent_from(at: float, body: JsonDict) -> Sent:
    """Read what the person sees: a text, and everything that can be tapped."""
    menu = body.get("msgmenu", {})
    entries = menu.get("list", [])
    return Sent(
        at=at,
        openid=body["touser"],
        text=menu["head_content"] if menu else body.get("text", {}).get("content", ""),
        buttons=tuple(entry["content"] for entry in entries),
        choices=tuple(entry["id"] for entry in entries),
        body=body,
    )


def links(shown: str) -> tuple[str, dict[str, str]]:
    """Part a passive answer into its words and its links: label -> the choice's id."""
    found = {label: choice for _, choice, label in LINK.findall(shown)}
    return LINK.sub("", shown).rstrip(), found
