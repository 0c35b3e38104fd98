"""GraphStandin: Meta's Graph as far as a Messenger page needs it."""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

from .base import Exchange, Fault, Reply, Standin
from .graph_files import AssetShelf
from .graph_rules import GraphRefusal, Length, as_object, check_send, utf16_units
from .messenger import (
    attachment,
    batch,
    delivery,
    echo,
    handshake,
    messenger_event,
    optin,
    post_webhook,
    postback,
    quick_reply,
    reaction,
    read,
    referral,
    sign,
    standby,
)
from .wire import JsonDict

__all__ = [
    "GraphStandin",
    "Sent",
    "attachment",
    "batch",
    "delivery",
    "echo",
    "handshake",
    "messenger_event",
    "optin",
    "post_webhook",
    "postback",
    "quick_reply",
    "reaction",
    "read",
    "referral",
    "sign",
    "standby",
]

DAY = 24 * 3600.0
WINDOW = "(#10) This message is sent outside of allowed window."
# What Graph says, beside the number, when a test asks for a failure and names no words.
WORDS = {
    1: "An unknown error has occurred.",
    2: "An unexpected error has occurred. Please retry your request later.",
    4: "(#4) Application request limit reached",
    10: WINDOW,
    190: "Invalid OAuth access token - Cannot parse access token",
    551: "(#551) This person isn't available right now.",
    613: "(#613) Calls to this api have exceeded the rate limit.",
}
USUAL_CODE = {400: 100, 401: 190, 429: 613, 500: 1, 503: 2}


@dataclass(frozen=True)
class Sent:
    """One message that Graph took: what the person sees, and the body behind it."""

    at: float
    psid: str
    text: str
    buttons: tuple[str, ...]
    payloads: tuple[str, ...]
    message_id: str
    messaging_type: str
    tag: str | None
    body: Mapping[str, Any]


class GraphStandin(Standin):
    """Graph for one page: takes sends, knows a few people, fails when asked to."""

    def __init__(
        self,
        page_token: str = "PAGE-TOKEN",  # a made-up token for a made-up page
        *,
        page_id: str = "104700000000001",
        app_secret: str = "",
        enforce_window: bool = False,
        length: Length = utf16_units,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the page; with an app secret, a wrong appsecret_proof is refused."""
        super().__init__(clock)
        self.page_token, self.page_id, self.app_secret = page_token, page_id, app_secret
        self.enforce_window, self._length = enforce_window, length
        self.assets = AssetShelf()
        self._sent: list[Sent] = []
        self._actions: list[tuple[str, str]] = []
        self._wrote: dict[str, float] = {}
        self._people: dict[str, JsonDict] = {}

    # -- what a test tells the stand-in -------------------------------------------------------

    def person(self, psid: str, first_name: str, last_name: str = "", **more: Any) -> None:
        """Make a person whose profile can be asked for."""
        profile = {"first_name": first_name, "last_name": last_name, "id": psid, **more}
        with self._changed:
            self._people[psid] = profile

    def person_wrote(self, psid: str, at: float | None = None) -> None:
        """Open this person's 24 hours; matters only with ``enforce_window``."""
        with self._changed:
            self._wrote[psid] = self.clock() if at is None else at

    def revoke_token(self) -> None:
        """Make the page's token worthless, as when its owner changes the password."""
        self.page_token = f"revoked-{uuid4().hex}"

    def fail_next(
        self,
        n: int = 1,
        *,
        status: int = 500,
        code: int | None = None,
        subcode: int | None = None,
        retry_after: int | None = None,
        message: str = "",
        on: str = "",
    ) -> None:
        """Refuse the next n requests; ``on`` is message (as a rule), action, profile or any."""
        number = USUAL_CODE.get(status, 1) if code is None else code
        words = message or WORDS.get(number, f"(#{number}) Something went wrong")
        reply = error_reply(GraphRefusal(words, number, subcode, status))
        if retry_after is not None:
            reply = replace(reply, headers={"Retry-After": str(retry_after)})
        self._inject(Fault(f"error {number}", on, reply=reply), n)

    def keep_file(self, name: str, data: bytes, mime: str) -> str:
        """Keep a file that a person sent; return its address."""
        with self._changed:
            self.assets.cdn[name] = (data, mime)
        return f"{self.url}/cdn/{name}"

    # -- what a test asks ---------------------------------------------------------------------

    def sent(self, psid: str | None = None) -> list[Sent]:
        """The messages a person got (or all people), in order."""
        with self._changed:
            return [each for each in self._sent if psid in (None, each.psid)]

    def texts(self, psid: str | None = None) -> list[str]:
        """The texts a person got, in order."""
        return [each.text for each in self.sent(psid)]

    def actions(self, psid: str) -> list[str]:
        """The sender actions a person saw: typing_on, mark_seen."""
        with self._changed:
            return [action for whom, action in self._actions if whom == psid]

    def wait_for(self, psid: str, count: int = 1, timeout: float = 5.0) -> list[Sent]:
        """Block until a person has got that many messages, and return them."""
        what = f"{count} message(s) to {psid}"
        self.wait_until(lambda: len(self.sent(psid)) >= count, timeout, what)
        return self.sent(psid)

    # -- what Graph does ----------------------------------------------------------------------

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        """Spare typing indicators as a rule: a fault spent on one would test nothing."""
        kind = "action" if "sender_action" in (exchange.body or {}) else "message"
        if exchange.path.endswith("/message_attachments") or exchange.path.startswith("/cdn/"):
            kind = "file"
        elif exchange.method == "GET":
            kind = "profile"
        return (on or "message") in (kind, "any")

    def _answer(self, exchange: Exchange) -> Reply:
        if exchange.path.startswith("/cdn/"):
            return self.assets.give(exchange.path.removeprefix("/cdn/"))
        try:
            return Reply(200, self._route(exchange))
        except GraphRefusal as refusal:
            return error_reply(refusal)

    def _route(self, exchange: Exchange) -> JsonDict:
        self._authorise(exchange)
        path = re.sub(r"^/v\d+\.\d+/", "/", exchange.path)
        if exchange.method == "POST" and path in ("/me/messages", f"/{self.page_id}/messages"):
            return self._send(exchange)
        if exchange.method == "POST" and path == "/me/message_attachments":
            return self.assets.save(exchange)
        who = path.strip("/")
        if exchange.method == "GET" and who in ("me", self.page_id):
            return {"id": self.page_id, "name": "Docent"}
        if exchange.method == "GET" and who in self._people:
            return self._profile(who, exchange.query.get("fields", ""))
        raise GraphRefusal(
            f"Unsupported {exchange.method.lower()} request. Object with ID '{who}' does not "
            "exist, cannot be loaded due to missing permissions, or does not support this "
            "operation.",
            100,
            33,
        )

    def _authorise(self, exchange: Exchange) -> None:
        body = exchange.body or {}
        header = exchange.headers.get("authorization", "")
        bearer = header[7:] if header.lower().startswith("bearer ") else ""
        token = exchange.query.get("access_token") or body.get("access_token") or bearer
        # Graph itself answers 190 with 400 or 401 by cause; callers must go by the code.
        if token != self.page_token:
            raise GraphRefusal(WORDS[190], 190, status=401)
        proof = exchange.query.get("appsecret_proof") or body.get("appsecret_proof")
        if self.app_secret and proof is not None:
            expected = hmac.new(self.app_secret.encode(), token.encode(), sha256).hexdigest()
            if proof != expected:
                raise GraphRefusal("Invalid appsecret_proof provided in the API argument", 100)

    def _send(self, exchange: Exchange) -> JsonDict:
        if exchange.body is None:
            raise GraphRefusal("(#100) The request body is neither a JSON object nor a form")
        check_send(exchange.body, self._length)
        psid = as_object(exchange.body["recipient"], "recipient")["id"]
        if "sender_action" in exchange.body:
            self._actions.append((psid, exchange.body["sender_action"]))
            return {"recipient_id": psid}
        self._check_window(psid, exchange.body)
        self.assets.send(psid, as_object(exchange.body["message"], "message"))
        message_id = f"m_{uuid4().hex}"
        self._sent.append(sent_from(exchange.at, psid, message_id, exchange.body))
        return {"recipient_id": psid, "message_id": message_id}

    def _check_window(self, psid: str, body: JsonDict) -> None:
        """24 hours for everybody; seven days for a human's answer."""
        allowed = 7 * DAY if body.get("tag") == "HUMAN_AGENT" else DAY
        if not self.enforce_window:
            return
        if psid not in self._wrote or self.clock() - self._wrote[psid] > allowed:
            raise GraphRefusal(WINDOW, 10, 2018278)

    def _profile(self, psid: str, fields: str) -> JsonDict:
        person = self._people[psid]
        wanted = [name for name in fields.split(",") if name] or ["first_name", "last_name"]
        return {name: person[name] for name in (*wanted, "id") if name in person}


def error_reply(refusal: GraphRefusal) -> Reply:
    """Word an error as Graph does."""
    error: JsonDict = {"message": str(refusal), "type": "OAuthException", "code": refusal.code}
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    error["fbtrace_id"] = uuid4().hex[:22]
    return Reply(refusal.status, {"error": error})


def sent_from(at: float, psid: str, message_id: str, body: JsonDict) -> Sent:
    """Read what the person sees: a text, and everything that can be tapped."""
    message = as_object(body["message"], "message")
    attached = as_object(message["attachment"], "attachment") if "attachment" in message else {}
    payload = attached.get("payload", {})
    taps = [*message.get("quick_replies", []), *payload.get("buttons", [])]
    for element in payload.get("elements", []):
        taps += element.get("buttons", [])
    return Sent(
        at=at,
        psid=psid,
        text=message.get("text") or payload.get("text") or "",
        buttons=tuple(tap.get("title", "") for tap in taps),
        payloads=tuple(tap.get("payload") or tap.get("url", "") for tap in taps),
        message_id=message_id,
        messaging_type=body["messaging_type"],
        tag=body.get("tag"),
        body=json.loads(json.dumps(body)),
    )
