"""Reads WhatsApp's webhooks: messages, taps, edits, reactions, people who moved, and receipts.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/
messages, one page a kind (edit, revoke, system, unsupported, status and so on), and
.../whatsapp/business-scoped-user-ids for people whose number is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.echoes import Marks
from bot.channels.payload import clean, dicts, moment, number, part, text_of
from bot.channels.whatsapp_errors import code_of, explain
from bot.messages import Attachment, Edited, Event, Inbound, Moved, Reacted, Receipt

CHANNEL = "whatsapp"
MEDIA = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "document": "file",
    "sticker": "sticker",
}
# A voice message of ours would be "played"; that says no less than "read".
RECEIPTS = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read"}
RECEIPTS["failed"] = "failed"
# The older name of the first is customer_changed_number.
MOVES = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
# While Meta does not tell edits as such, they come as an unsupported message of this type.
UNSEEN_CHANGES = ("edit", "revoke")


@dataclass(frozen=True)
class Media(Attachment):
    """A file that lies with Meta; by its SHA-256 whoever fetches it knows that it is whole."""

    sha256: str | None = None


def read_change(change: dict[str, Any], phone_number_id: str, marks: Marks) -> list[Event]:
    """Returns what one change says; nothing where it is about another number or subject."""
    value = part(change, "value")
    ours = text_of(part(value, "metadata").get("phone_number_id")) == phone_number_id
    # History, echoes of the business app and what another app answers have fields of their own.
    if not ours or change.get("field", "messages") != "messages":
        return []
    contacts = dicts(value.get("contacts"))
    events = [e for each in dicts(value.get("messages")) for e in _message(each, contacts)]
    return events + [e for each in dicts(value.get("statuses")) for e in _receipt(each, marks)]


def _message(message: dict[str, Any], contacts: list[dict[str, Any]]) -> list[Event]:
    kind, mid = clean(message.get("type")), clean(message.get("id"))[:200]
    if kind == "system":
        return _moved(message, part(message, "system"))
    contact = _contact(message, contacts)
    person = _person(message, contact)
    # In a group several people speak; Docent answers one.
    if not person or not mid or message.get("group_id"):
        return []
    if kind in ("edit", "revoke"):
        return _changed(message, person, part(message, kind))
    if kind == "reaction":
        return _reacted(person, part(message, "reaction"))
    content = _content(kind, message)
    if content is None:
        return []
    name = clean(part(contact, "profile").get("name"))[:200] or None
    sent_at = moment(message.get("timestamp"))
    return [Inbound(CHANNEL, person, mid, name=name, sent_at=sent_at, **content)]


def _contact(message: dict[str, Any], contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns whose message this is, of the people that the webhook names."""
    for mine, theirs in (("from", "wa_id"), ("from_user_id", "user_id")):
        wanted = text_of(message.get(mine))
        for contact in contacts:
            if wanted and text_of(contact.get(theirs)) == wanted:
                return contact
    return contacts[0] if len(contacts) == 1 else {}


def _person(message: dict[str, Any], contact: dict[str, Any]) -> str:
    """Returns the number, or the business-scoped id of a person who hides it behind a username."""
    known = (
        message.get("from"),
        contact.get("wa_id"),
        message.get("from_user_id"),
        contact.get("user_id"),
    )
    return _first(*known)


def _first(*ids: object) -> str:
    found = next((text for each in ids if (text := text_of(each))), "")
    return found if len(found) <= 200 else ""


def _content(kind: str, message: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the text, choice and attachments of a message, or None where it is none."""
    about = part(message, kind)
    if kind == "text":
        return {"text": clean(about["body"])} if isinstance(about.get("body"), str) else None
    if kind == "button":
        return _tapped(about.get("text"), about.get("payload"))
    if kind == "interactive":
        reply = part(about, "button_reply") or part(about, "list_reply")
        return _tapped(reply.get("title"), reply.get("id")) if reply else None
    if kind in MEDIA:
        return {"text": clean(about.get("caption")), "attachments": (_media(kind, about),)}
    if kind == "location":
        return {"text": "", "attachments": (_place(about),)}
    if kind == "contacts":
        cards = tuple(_card(each) for each in dicts(message.get("contacts")))
        return {"text": "", "attachments": cards or (Attachment("contact"),)}
    if kind in ("unsupported", "unknown") and not _is_unseen_change(message):
        # A poll, an event and the like: the visitor hears that it cannot be read.
        return {"text": "", "attachments": (Attachment("file"),)}
    return None


def _tapped(title: object, choice: object) -> dict[str, Any]:
    return {"text": clean(title), "choice": clean(choice)[:256] or None}


def _media(kind: str, about: dict[str, Any]) -> Media:
    # Meta's address of a file lives for minutes and wants the token; the id lasts, so it is kept.
    return Media(
        "voice" if kind == "audio" and about.get("voice") is True else MEDIA[kind],
        id=text_of(about.get("id")) or None,
        name=clean(about.get("filename"))[:200] or None,
        mime=clean(about.get("mime_type"))[:200] or None,
        sha256=clean(about.get("sha256"))[:100] or None,
    )


def _place(about: dict[str, Any]) -> Attachment:
    return Attachment(
        "location",
        name=(clean(about.get("name")) or clean(about.get("address")))[:200] or None,
        latitude=number(about.get("latitude")),
        longitude=number(about.get("longitude")),
    )


def _card(about: dict[str, Any]) -> Attachment:
    name = clean(part(about, "name").get("formatted_name"))[:200]
    return Attachment("contact", name=name or None)


def _is_unseen_change(message: dict[str, Any]) -> bool:
    return part(message, "unsupported").get("type") in UNSEEN_CHANGES


def _changed(message: dict[str, Any], person: str, change: dict[str, Any]) -> list[Event]:
    mid, at = clean(change.get("original_message_id"))[:200], moment(message.get("timestamp"))
    if not mid:
        return []
    if message["type"] == "revoke":
        return [Edited(CHANNEL, person, mid, None, at)]
    now = part(change, "message")
    kind = clean(now.get("type"))
    # Only a text or a caption can be edited.
    content = _content(kind, now) if kind in ("text", *MEDIA) else None
    return [] if content is None else [Edited(CHANNEL, person, mid, content["text"], at)]


def _reacted(person: str, reaction: dict[str, Any]) -> list[Event]:
    mid = clean(reaction.get("message_id"))[:200]
    # Without an emoji it was taken back.
    return [Reacted(CHANNEL, person, mid, clean(reaction.get("emoji")))] if mid else []


def _moved(message: dict[str, Any], system: dict[str, Any]) -> list[Event]:
    """Returns that a person has another number; a new number also means a new scoped id."""
    if system.get("type") not in MOVES:
        return []
    before = _first(
        message.get("from"),
        system.get("customer"),
        system.get("previous_user_id"),
        message.get("from_user_id"),
    )
    now = _first(system.get("wa_id"), system.get("new_wa_id"), system.get("user_id"))
    return [Moved(CHANNEL, before, now)] if before and now and before != now else []


def _receipt(status: dict[str, Any], marks: Marks) -> list[Event]:
    mid = clean(status.get("id"))[:200]
    told = RECEIPTS.get(clean(status.get("status")))
    if not mid or told is None:
        return []
    people = (status.get("recipient_id"), status.get("recipient_user_id"))
    person, row = marks.read(status.get("biz_opaque_callback_data"), people) or ("", None)
    if told != "failed":
        return [Receipt(CHANNEL, mid, told, person_id=person, row=row)]
    error = next(iter(dicts(status.get("errors"))), {})
    trouble = explain(code_of(error))
    # What Meta gave up later is not tried again by itself.
    step = trouble.next_step or ("Send it again." if trouble.passing else "")
    return [Receipt(CHANNEL, mid, told, trouble.reason, step, person_id=person, row=row)]
