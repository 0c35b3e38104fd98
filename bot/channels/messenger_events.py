"""Reads Messenger's events: messages, presses, edits, reactions and receipts.

Source: developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from bot.channels.echoes import Marks
from bot.channels.payload import clean, dicts, moment, number, part, text_of
from bot.messages import Attachment, Edited, Event, Inbound, Reacted, Receipt

CHANNEL = "messenger"
KINDS = {"image": "image", "audio": "voice", "video": "video", "location": "location"}
# The payload that the start button is given in the set-up (docs/channels/messenger.md).
START = "GET_STARTED"


def read_event(event: dict[str, Any]) -> list[Event]:
    """Returns what one event says; nothing for echoes and for what is none of ours."""
    sender = text_of(event.get("sender", {}).get("id")) if _is_ours(event) else ""
    if not sender or len(sender) > 200:
        return []
    message = part(event, "message")
    if part(event, "postback"):
        return [_pressed(event, sender, part(event, "postback"))]
    if message:
        return _written(event, sender, message)
    return [*_edited(event, sender), *_reacted(event, sender), *_receipts(event, sender)]


def read_echo(event: dict[str, Any], marks: Marks) -> list[Event]:
    """Returns which row of ours an echo names; nothing for what somebody else wrote.

    The page is its sender and the visitor its recipient.
    """
    message = part(event, "message")
    if message.get("is_echo") is not True:
        return []
    mid = clean(message.get("mid"))[:200]
    named = marks.read(message.get("metadata"), [part(event, "recipient").get("id")])
    if not mid or named is None:
        return []
    person, row = named
    return [Receipt(CHANNEL, mid, "taken", person_id=person, row=row)]


def _is_ours(event: dict[str, Any]) -> bool:
    sender = part(event, "sender").get("id")
    return isinstance(sender, str) and not part(event, "message").get("is_echo")


def _written(event: dict[str, Any], sender: str, message: dict[str, Any]) -> list[Event]:
    mid, text = clean(message.get("mid"))[:200], clean(message.get("text"))
    if not mid:
        return []
    if message.get("is_deleted"):
        return [Edited(CHANNEL, sender, mid, None, _time(event))]
    attachments = tuple(_attachment(each) for each in dicts(message.get("attachments")))
    if not text and not attachments and "text" not in message:
        return []
    choice = clean(part(message, "quick_reply").get("payload")) or None
    return [_message(event, sender, mid, text, choice=choice, attachments=attachments)]


def _pressed(event: dict[str, Any], sender: str, postback: dict[str, Any]) -> Inbound:
    # Older postbacks have no mid; the same press is then known by person, time and payload.
    payload, title = clean(postback.get("payload")), clean(postback.get("title"))
    seed = f"{sender}|{clean(str(event.get('timestamp')))}|{payload}".encode()
    mid = clean(postback.get("mid"))[:200] or f"postback:{hashlib.sha256(seed).hexdigest()[:40]}"
    if payload == START:
        return _message(event, sender, mid, title, means="greeting")
    return _message(event, sender, mid, title, choice=payload or None)


def _message(event: dict[str, Any], sender: str, mid: str, text: str, **more: Any) -> Inbound:
    return Inbound(CHANNEL, sender, mid, text, sent_at=_time(event), **more)


def _edited(event: dict[str, Any], sender: str) -> list[Event]:
    edit = part(event, "message_edit")
    mid, text = clean(edit.get("mid")), edit.get("text")
    if not mid or not isinstance(text, str):
        return []
    return [Edited(CHANNEL, sender, mid, clean(text), _time(event))]


def _reacted(event: dict[str, Any], sender: str) -> list[Event]:
    reaction = part(event, "reaction")
    mid = clean(reaction.get("mid"))
    if not mid:
        return []
    given = reaction.get("action") == "react"
    return [Reacted(CHANNEL, sender, mid, clean(reaction.get("emoji")) if given else "")]


def _receipts(event: dict[str, Any], sender: str) -> list[Event]:
    delivered, read = part(event, "delivery"), part(event, "read")
    mids = delivered.get("mids")
    if isinstance(mids, list):
        return [Receipt(CHANNEL, clean(mid), "delivered") for mid in mids if clean(mid)]
    for kind, told in (("delivered", delivered), ("read", read)):
        if (until := _moment(told.get("watermark"))) is not None:
            return [Receipt(CHANNEL, "", kind, person_id=sender, up_to=until)]
    return []


def _attachment(attachment: dict[str, Any]) -> Attachment:
    kind, payload = clean(attachment.get("type")), part(attachment, "payload")
    place = part(payload, "coordinates")
    url = payload.get("url")
    return Attachment(
        "sticker" if "sticker_id" in payload else KINDS.get(kind, "file"),
        url=clean(url) or None,
        name=clean(attachment.get("title"))[:200] or None,
        latitude=number(place.get("lat")),
        longitude=number(place.get("long")),
    )


def _time(event: dict[str, Any]) -> datetime | None:
    return _moment(event.get("timestamp"))


def _moment(milliseconds: object) -> datetime | None:
    found = number(milliseconds)
    return None if found is None else moment(found / 1000)
