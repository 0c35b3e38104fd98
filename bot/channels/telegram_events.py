"""Reads Telegram's updates: messages, presses, edits, reactions, and groups that move.

Source: core.telegram.org/bots/api#update and the types that it names.

The JSON is read as it came. python-telegram-bot's own reading gives up on a whole update over one
part that lacks a field, and with it a visitor's words would be lost; the tests hold the two
readings together.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from bot.channels.payload import clean, dicts, moment, part, text_of
from bot.channels.telegram_content import attachments_of, full_name, is_service
from bot.channels.telegram_groups import Me, is_group, is_meant, words_of
from bot.errors import BadRequest
from bot.messages import Edited, Event, Inbound, Moved, Reacted

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
# What the Start button sends, alone, in a group, or with what a link to the bot carried:
# core.telegram.org/bots/features#deep-linking.
_START = re.compile(r"/start(?:@\w+)?(?:\s|$)")


def read_update(update: dict[str, Any], me: Me) -> list[Event]:
    """Returns what one update says; nothing for kinds that are none of ours.

    Raises:
        BadRequest: It has no number: it is no update.
    """
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= 1 << 63:
        raise BadRequest("the body has no update_id")
    if message := part(update, "message"):
        return _told(number, message, me)
    if query := part(update, "callback_query"):
        return _pressed(number, query)
    if edited := part(update, "edited_message"):
        return _edited(edited, me)
    if reaction := part(update, "message_reaction"):
        return _reacted(reaction)
    _note_membership(part(update, "my_chat_member"))
    return []


def query_of(update: dict[str, Any]) -> str:
    """Returns the id by which a pressed button is answered, or ""."""
    return clean(part(update, "callback_query").get("id"))[:200]


def _told(number: int, message: dict[str, Any], me: Me) -> list[Event]:
    person_id = _chat_of(message)
    for key in ("migrate_to_chat_id", "migrate_from_chat_id"):
        if other := text_of(message.get(key)):
            to = key == "migrate_to_chat_id"
            old, new = (person_id, other) if to else (other, person_id)
            return [Moved(CHANNEL, old, new)] if old and new else []
    if not person_id or not _is_question(message, me):
        return []
    text = clean(words_of(message, me))
    told = _inbound(
        number,
        message,
        part(message, "from"),
        text,
        attachments=attachments_of(message),
        sent_at=moment(message.get("date")),
        message_id=_name_of(message),
        means="greeting" if _START.match(text) else None,
    )
    return [told]


def _is_question(message: dict[str, Any], me: Me) -> bool:
    """Tells whether a person wrote this to us."""
    if part(message, "from").get("is_bot") is True or is_service(message):
        return False
    if message.get("is_automatic_forward") is True:
        # A channel's post that Telegram itself copied into the channel's group.
        return False
    return is_meant(message, me) if is_group(part(message, "chat")) else True


def _pressed(number: int, query: dict[str, Any]) -> list[Event]:
    # A message that is too old to be shown still has its chat and number.
    message, data = part(query, "message"), clean(query.get("data"))[:64]
    person_id = _chat_of(message)
    if not person_id or not data or part(query, "from").get("is_bot") is True:
        return []
    label = _label(message, data)
    return [_inbound(number, message, part(query, "from"), label, choice=data)]


def _inbound(
    number: int, message: dict[str, Any], sender: dict[str, Any], text: str, **more: Any
) -> Inbound:
    return Inbound(
        CHANNEL,
        _chat_of(message),
        str(number),
        text,
        name=full_name(sender),
        locale=_locale(clean(sender.get("language_code"))),
        position=number,
        place=_place(message),
        **more,
    )


def _edited(message: dict[str, Any], me: Me) -> list[Event]:
    person_id, name = _chat_of(message), _name_of(message)
    if not person_id or not name or part(message, "from").get("is_bot") is True:
        return []
    at = moment(message.get("edit_date"))
    return [Edited(CHANNEL, person_id, name, clean(words_of(message, me)), at)]


def _reacted(reaction: dict[str, Any]) -> list[Event]:
    person_id, name = _chat_of(reaction), _name_of(reaction)
    if not person_id or not name:
        return []
    given = [_emoji(each) for each in dicts(reaction.get("new_reaction"))]
    return [Reacted(CHANNEL, person_id, name, given[-1] if given else "")]


def _emoji(reaction: dict[str, Any]) -> str:
    # Only ordinary emoji are told; a custom one is a picture, a paid one Telegram's star.
    usual = {"custom_emoji": "custom emoji", "paid": "⭐"}
    return clean(reaction.get("emoji")) or usual.get(clean(reaction.get("type")), "?")


def _note_membership(change: dict[str, Any]) -> None:
    status = clean(part(change, "new_chat_member").get("status"))
    chat = _chat_of(change)
    if status not in ("kicked", "left") or not chat:
        return
    if is_group(part(change, "chat")):
        logger.info(
            "the bot was removed from a group", extra={"conversation": f"{CHANNEL}:{chat}"}
        )
    else:
        logger.info("a visitor blocked the bot", extra={"conversation": f"{CHANNEL}:{chat}"})


def _chat_of(message: dict[str, Any]) -> str:
    """Returns the id of a chat with one person or a group, or ""; channels are for reading."""
    chat = part(message, "chat")
    number = chat.get("id")
    if chat.get("type") == "channel" or not isinstance(number, int):
        return ""
    return text_of(number)


def _name_of(message: dict[str, Any]) -> str | None:
    """Returns how the log knows a message: numbers alone are used again in every chat."""
    chat, number = _chat_of(message), text_of(message.get("message_id"))
    return f"{chat}:{number}" if chat and number else None


def _label(message: dict[str, Any], data: str) -> str:
    """Returns what stood on the pressed button, "" where the message is too old to be shown."""
    rows = part(message, "reply_markup").get("inline_keyboard")
    buttons = [b for row in (rows if isinstance(rows, list) else []) for b in dicts(row)]
    labels = [clean(b.get("text")) for b in buttons if b.get("callback_data") == data]
    return labels[0] if labels else ""


def _place(message: dict[str, Any]) -> dict[str, str]:
    """Returns where an answer belongs: in its topic, and in a group under what it answers."""
    found = {}
    thread, number = text_of(message.get("message_thread_id")), text_of(message.get("message_id"))
    # Groups without topics number threads of replies, which nothing can be sent to.
    if message.get("is_topic_message") is True and thread.isdigit():
        found["thread"] = thread
    if is_group(part(message, "chat")) and number.isdigit():
        found["reply_to"] = number
    return found


def _locale(code: str) -> str | None:
    """Returns Telegram's IETF tag as `bot.language` reads it, which goes by the region.

    Cantonese is read by people in Hong Kong; "zh-hans-mo" is Simplified, wherever that is.
    """
    tags = code.replace("_", "-").lower().split("-")
    for tag, locale in (("yue", "zh-HK"), ("hans", "zh-Hans"), ("hant", "zh-Hant")):
        if tag in tags:
            return locale
    return code[:35] or None
