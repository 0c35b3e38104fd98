"""The other direction of Messenger: signed webhooks, built and posted as Meta does."""

from __future__ import annotations

import hmac
import json
import time
from hashlib import sha256
from itertools import count
from typing import Any, Literal
from urllib.parse import urlencode

from .wire import Answer, JsonDict, call

PAGE_ID = "104700000000001"
THUMBS_UP = 369239263222822  # Messenger's own like button is a sticker, not a text
# "A webhook call with timeout after 20 seconds": developers.facebook.com, messenger-platform/faq.
TIMEOUT = 20.0

_numbers = count(1)


class Standby(dict[str, Any]):
    """An event of a conversation that another app controls; it travels in entry.standby."""


def new_mid() -> str:
    """Return a message id that no other event has."""
    return f"m_docent-{time.time_ns():x}-{next(_numbers)}"


def event(psid: str, page_id: str = PAGE_ID, at: float | None = None, **content: Any) -> JsonDict:
    """Build what all kinds of event share around their content."""
    stamp = int((time.time() if at is None else at) * 1000)
    return {
        "sender": {"id": psid},
        "recipient": {"id": page_id},
        "timestamp": stamp,
        **content,
    }


def messenger_event(psid: str, text: str, mid: str | None = None, **around: Any) -> JsonDict:
    """Build a text message; ``at``, ``page_id`` and further keys may follow."""
    return event(psid, message={"mid": mid or new_mid(), "text": text}, **around)


def quick_reply(
    psid: str, title: str, payload: str, mid: str | None = None, **around: Any
) -> JsonDict:
    """Build the tap on a quick reply: a text message that carries a payload."""
    message = {"mid": mid or new_mid(), "text": title, "quick_reply": {"payload": payload}}
    return event(psid, message=message, **around)


def postback(psid: str, title: str, payload: str, mid: str | None = "", **around: Any) -> JsonDict:
    """Build the tap on a button; ``mid=None`` builds the older kind that has no id."""
    content: JsonDict = {"title": title, "payload": payload}
    if mid is not None:
        content["mid"] = mid or new_mid()
    return event(psid, postback=content, **around)


def attachment(
    psid: str,
    kind: Literal["image", "audio", "video", "file", "location", "sticker"],
    mid: str | None = None,
    **around: Any,
) -> JsonDict:
    """Build a message without a text: media, a place, or a sticker (an image with an id)."""
    item: JsonDict = {"type": "image" if kind == "sticker" else kind}
    if kind == "location":
        item["title"] = "Pinned location"
        item["payload"] = {"coordinates": {"lat": 51.5194, "long": -0.127}}
    else:
        item["payload"] = {"url": f"https://cdn.example.org/{kind}/1?oh=abc&oe=def"}
    if kind == "sticker":
        item["payload"]["sticker_id"] = THUMBS_UP
    return event(psid, message={"mid": mid or new_mid(), "attachments": [item]}, **around)


def echo(
    psid: str,
    text: str,
    mid: str | None = None,
    app_id: int = 1517776481860111,
    page_id: str = PAGE_ID,
    metadata: str | None = None,
    **around: Any,
) -> JsonDict:
    """Build the page's own message coming back: sender and recipient are swapped."""
    message = {"mid": mid or new_mid(), "text": text, "is_echo": True, "app_id": app_id}
    if metadata is not None:
        message["metadata"] = metadata
    return event(page_id, page_id=psid, message=message, **around)


def delivery(psid: str, *mids: str, **around: Any) -> JsonDict:
    """Build a delivery receipt; Meta sends some with a watermark and no ids."""
    content: JsonDict = {"watermark": int(time.time() * 1000)}
    if mids:
        content["mids"] = list(mids)
    return event(psid, delivery=content, **around)


def read(psid: str, **around: Any) -> JsonDict:
    """Build a read receipt."""
    return event(psid, read={"watermark": int(time.time() * 1000)}, **around)


def reaction(psid: str, mid: str, emoji: str = "❤", name: str = "love", **around: Any) -> JsonDict:
    """Build a reaction to the message ``mid``."""
    content = {"mid": mid, "action": "react", "emoji": emoji, "reaction": name}
    return event(psid, reaction=content, **around)


def referral(psid: str, ref: str = "poster-hall-4", **around: Any) -> JsonDict:
    """Build the visit by an m.me link in a conversation that exists."""
    content = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
    return event(psid, referral=content, **around)


def optin(psid: str, ref: str = "newsletter", **around: Any) -> JsonDict:
    """Build the use of a send-to-Messenger plugin."""
    return event(psid, optin={"ref": ref}, **around)


def standby(inner: JsonDict) -> Standby:
    """Mark an event as one of a conversation that another app controls."""
    return Standby(inner)


def batch(*events: JsonDict, page_id: str = PAGE_ID, per_entry: int | None = None) -> JsonDict:
    """Build a webhook body from events, in entries of ``per_entry`` (all in one, as a rule)."""
    size = per_entry or max(len(events), 1)
    groups = [events[start : start + size] for start in range(0, len(events), size)]
    return {"object": "page", "entry": [_entry(group, page_id) for group in groups]}


def _entry(group: tuple[JsonDict, ...], page_id: str) -> JsonDict:
    entry: JsonDict = {"id": page_id, "time": int(time.time() * 1000)}
    active = [dict(each) for each in group if not isinstance(each, Standby)]
    waiting = [dict(each) for each in group if isinstance(each, Standby)]
    if active:
        entry["messaging"] = active
    if waiting:
        entry["standby"] = waiting
    return entry


def encode(body: JsonDict) -> bytes:
    r"""Write JSON as Meta does: ASCII, lowercase ``\uXXXX``, and a backslash before a slash.

    A receiver that re-serialises before it checks the signature fails on this form.
    """
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(body: bytes, app_secret: str) -> str:
    """Return the X-Hub-Signature-256 of these very bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, sha256).hexdigest()


def post_webhook(
    url: str,
    body: JsonDict | bytes,
    secret: str,
    *,
    signature: str | None = "",
    timeout: float = TIMEOUT,
) -> Answer:
    """Post a body, signed; ``signature=None`` leaves the header out, a text replaces it."""
    raw = body if isinstance(body, bytes) else encode(body)
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature or sign(raw, secret)
    return call("POST", url, raw, headers, timeout)


def handshake(url: str, verify_token: str, challenge: str = "1158201444") -> Answer:
    """Ask as Meta does when somebody sets the webhook up; the challenge must come back."""
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": verify_token,
    }
    return call("GET", f"{url}?{urlencode(query)}", timeout=TIMEOUT)
