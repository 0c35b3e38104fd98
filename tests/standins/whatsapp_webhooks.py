"""The other direction of WhatsApp: webhooks of every kind, built as Meta does.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference.
They are signed and posted as Messenger's are: ``sign``, ``post_webhook`` and ``handshake``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

from .messenger import encode, handshake, post_webhook, sign
from .wire import JsonDict

__all__ = ["encode", "handshake", "post_webhook", "sign"]

ACCOUNT_ID, NUMBER_ID, NUMBER = "104300000000001", "106200000000001", "442079460000"
_numbers = count(1)


def new_wamid() -> str:
    """Return a message id that no other event has."""
    return f"wamid.DOCENT{time.time_ns():X}{next(_numbers):X}="


def scoped_id(phone: str) -> str:
    """Return the business-scoped id of whoever has this number, always the same."""
    digest = hashlib.sha256(phone.encode()).hexdigest()
    return f"GB.{int(digest[:16], 16)}"


def contact(phone: str | None, name: str = "Mei Lin", user_id: str | None = None) -> JsonDict:
    """Build what a webhook says of its sender; without a number only the scoped id."""
    known: JsonDict = {"profile": {"name": name}, "user_id": user_id or scoped_id(phone or "")}
    return known if phone is None else {**known, "wa_id": phone}


def message(phone: str | None, kind: str, mid: str | None = None, **around: Any) -> JsonDict:
    """Build what all kinds of message share; the kind's own object follows by keyword."""
    stamp = str(int(around.pop("at", None) or time.time()))
    user_id = around.pop("user_id", None) or scoped_id(phone or "")
    sender: JsonDict = {"from_user_id": user_id}
    if phone is not None:
        sender = {"from": phone, **sender}
    return {**sender, "id": mid or new_wamid(), "timestamp": stamp, "type": kind, **around}


def text(phone: str | None, words: str, mid: str | None = None, **around: Any) -> JsonDict:
    """Build a text."""
    return message(phone, "text", mid, text={"body": words}, **around)


def button(phone: str, label: str, payload: str, mid: str | None = None) -> JsonDict:
    """Build the tap on a quick reply of a template."""
    return _tap(phone, "button", mid, {"payload": payload, "text": label})


def button_reply(phone: str, title: str, choice: str, mid: str | None = None) -> JsonDict:
    """Build the tap on a reply button."""
    content = {"type": "button_reply", "button_reply": {"id": choice, "title": title}}
    return _tap(phone, "interactive", mid, content)


def list_reply(phone: str, title: str, choice: str, mid: str | None = None) -> JsonDict:
    """Build the choice of a row."""
    content = {"type": "list_reply", "list_reply": {"id": choice, "title": title}}
    return _tap(phone, "interactive", mid, content)


def _tap(phone: str, kind: str, mid: str | None, content: JsonDict) -> JsonDict:
    """Build a tap; it names the message that carried what was tapped."""
    context = {"from": NUMBER, "id": "wamid.TAPPED"}
    return message(phone, kind, mid, context=context, **{kind: content})


def media(phone: str, kind: str, mid: str | None = None, **about: Any) -> JsonDict:
    """Build a file; ``kind`` is the attachment's kind in Docent's words."""
    mimes = {"image": "image/jpeg", "video": "video/mp4", "sticker": "image/webp"}
    name = {"voice": "audio", "file": "document"}.get(kind, kind)
    content = {
        "id": "1003383421387256",
        "mime_type": mimes.get(kind, "audio/ogg; codecs=opus" if name == "audio" else ""),
        "sha256": "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=",
        **about,
    }
    if name == "audio":
        content["voice"] = kind == "voice"
    if name == "document":
        content |= {"filename": "信 letter.pdf", "mime_type": "application/pdf"}
    return message(phone, name, mid, **{name: content})


def location(phone: str, mid: str | None = None) -> JsonDict:
    """Build a place."""
    place = {"latitude": 51.5194, "longitude": -0.127, "name": "Great Court", "address": "London"}
    return message(phone, "location", mid, location=place)


def cards(phone: str, names: Sequence[str] = ("李梅",), mid: str | None = None) -> JsonDict:
    """Build contacts that somebody passed on."""
    people = [{"name": {"formatted_name": name, "first_name": name}} for name in names]
    return message(phone, "contacts", mid, contacts=people)


def reaction(phone: str, to: str, emoji: str | None = "👍", mid: str | None = None) -> JsonDict:
    """Build an emoji on a message; without one it is taken back."""
    content = {"message_id": to} if emoji is None else {"message_id": to, "emoji": emoji}
    return message(phone, "reaction", mid, reaction=content)


def edit(phone: str, of: str, words: str, mid: str | None = None) -> JsonDict:
    """Build that a text says something else now."""
    now = {"type": "text", "text": {"body": words}}
    return message(phone, "edit", mid, edit={"original_message_id": of, "message": now})


def revoke(phone: str, of: str, mid: str | None = None) -> JsonDict:
    """Build that a message was taken back."""
    return message(phone, "revoke", mid, revoke={"original_message_id": of})


def changed_number(phone: str, to: str, mid: str | None = None) -> JsonDict:
    """Build that a person has a new number; it comes without a contact."""
    system = {"body": f"User Mei changed from {phone} to {to}", "wa_id": to}
    return message(phone, "system", mid, system={**system, "type": "user_changed_number"})


def changed_user_id(before: str, now: str, mid: str | None = None) -> JsonDict:
    """Build that a person whose number is hidden has a new one, and so a new id."""
    ids = {"previous_user_id": before, "user_id": now}
    about = {"body": "User Mei changed", **ids, "type": "user_changed_user_id"}
    return message(None, "system", mid, user_id=now, system=about)


def unsupported(phone: str, kind: str = "poll", mid: str | None = None) -> JsonDict:
    """Build what the API cannot carry."""
    error = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    details = {"error_data": {"details": "Message type is currently not supported."}}
    about = {"errors": [error | details], "unsupported": {"type": kind}}
    return message(phone, "unsupported", mid, **about)


def order(phone: str, mid: str | None = None) -> JsonDict:
    """Build an order from a catalogue."""
    item = {"product_retailer_id": "tote", "quantity": 1, "item_price": 12, "currency": "GBP"}
    content = {"catalog_id": "194800000000001", "text": "", "product_items": [item]}
    return message(phone, "order", mid, order=content)


def status(
    mid: str,
    told: str,
    phone: str = "447700900123",
    code: int | None = None,
    data: str | None = None,
) -> JsonDict:
    """Build what became of a message of ours; ``code`` says why it failed.

    ``data`` is what the message carried as biz_opaque_callback_data.
    """
    stamp = str(int(time.time()))
    found: JsonDict = {"id": mid, "status": told, "timestamp": stamp, "recipient_id": phone}
    if data is not None:
        found["biz_opaque_callback_data"] = data
    if code is not None:
        words = {"title": "Failed", "message": "Failed", "error_data": {"details": "Failed."}}
        found["errors"] = [{"code": code, **words}]
    return found


def value(
    messages: Sequence[JsonDict] = (),
    statuses: Sequence[JsonDict] = (),
    contacts: Sequence[JsonDict] = (),
    number_id: str = NUMBER_ID,
) -> JsonDict:
    """Build what one change is about."""
    metadata = {"display_phone_number": NUMBER, "phone_number_id": number_id}
    found: JsonDict = {"messaging_product": "whatsapp", "metadata": metadata}
    people = contacts or senders(messages)
    for name, items in (("contacts", people), ("messages", messages), ("statuses", statuses)):
        if items:
            found[name] = list(items)
    return found


def senders(messages: Sequence[JsonDict]) -> list[JsonDict]:
    """Build what a webhook says of the people in it, once each; system messages name nobody."""
    known = {
        each["from_user_id"]: contact(each.get("from"), user_id=each["from_user_id"])
        for each in messages
        if each["type"] != "system"
    }
    return list(known.values())


def batch(*values: JsonDict, field: str = "messages", per_entry: int | None = None) -> JsonDict:
    """Build a webhook body, its changes in entries of ``per_entry`` (all in one, as a rule)."""
    size = per_entry or max(len(values), 1)
    changes = [{"value": each, "field": field} for each in values]
    groups = [changes[start : start + size] for start in range(0, len(changes), size)]
    entries = [{"id": ACCOUNT_ID, "changes": group} for group in groups]
    return {"object": "whatsapp_business_account", "entry": entries}


def webhook(*messages: JsonDict, **around: Any) -> JsonDict:
    """Build a body of messages alone."""
    return batch(value(messages, **around))


def receipts(*statuses: JsonDict) -> JsonDict:
    """Build a body of statuses alone; Meta names the people as for messages."""
    people = [contact(each["recipient_id"]) for each in statuses]
    return batch(value(statuses=statuses, contacts=people))
