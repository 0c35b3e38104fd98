"""Groups: whether a message is meant for the bot, and its words without the bot's name.

Source: core.telegram.org/bots/api#messageentity; offsets and lengths count UTF-16 units. A bot in
privacy mode hears little else (core.telegram.org/bots/features#privacy-mode), but an admin may let
it hear all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.payload import dicts, part

# core.telegram.org/bots/api#sendmessage: the rest of them is ignored.
MOST_ENTITIES = 100
_PAUSES = ",，:：;；、"
_ENDS = ".。!！?？…"


@dataclass(frozen=True)
class Me:
    """The bot: its id, and its username, which is "" until Telegram was asked."""

    id: int | None
    username: str = ""

    def is_named(self, name: str) -> bool:
        """Tells whether "@name" is the bot."""
        return bool(self.username) and name.casefold() == f"@{self.username}".casefold()


def is_group(chat: dict[str, Any]) -> bool:
    """Tells whether several people talk here; ids of groups are below zero."""
    number = chat.get("id")
    if isinstance(chat.get("type"), str):
        return chat["type"] in ("group", "supergroup")
    return isinstance(number, int) and number < 0


def is_meant(message: dict[str, Any], me: Me) -> bool:
    """Tells whether a message in a group names the bot or answers it."""
    if _spans(message, me):
        return True
    answered = part(message, "reply_to_message")
    # In a topic whatever answers nothing "answers" the message that opened it.
    opens = "forum_topic_created" in answered
    return me.id is not None and part(answered, "from").get("id") == me.id and not opens


def needs_name(message: dict[str, Any], me: Me) -> bool:
    """Tells whether Telegram must be asked who we are before this can be read."""
    if me.username or not is_group(part(message, "chat")):
        return False
    named = any(entity.get("type") in ("mention", "bot_command") for entity in _entities(message))
    return named or me.id is None


def words_of(message: dict[str, Any], me: Me) -> str:
    """Returns text or caption; in a group without the names by which the bot was called."""
    text = _text(message)
    if not is_group(part(message, "chat")):
        return text
    for start, end in sorted(set(_spans(message, me)), reverse=True):
        units = text.encode("utf-16-le", "surrogatepass")
        text = _joined(_decoded(units[: 2 * start]), _decoded(units[2 * end :]))
    return text


def _spans(message: dict[str, Any], me: Me) -> list[tuple[int, int]]:
    """Returns from where to where the bot is named, in UTF-16 units."""
    units = _text(message).encode("utf-16-le", "surrogatepass")
    found = []
    for entity in _entities(message):
        start, length = _whole(entity.get("offset")), _whole(entity.get("length"))
        piece = _decoded(units[2 * start : 2 * (start + length)])
        if entity.get("type") == "bot_command":
            # "/hours@docent_bot" leaves "/hours".
            command, _, name = piece.partition("@")
            if me.is_named(f"@{name}"):
                found.append((start + len(command), start + length))
        elif _is_me(entity, piece, me):
            found.append((start, start + length))
    return found


def _is_me(entity: dict[str, Any], piece: str, me: Me) -> bool:
    if entity.get("type") == "text_mention":
        return me.id is not None and part(entity, "user").get("id") == me.id
    return entity.get("type") == "mention" and me.is_named(piece)


def _joined(left: str, right: str) -> str:
    """Joins what stood around a name, without the pauses that set it off."""
    gap = left[-1:].isspace() or right[:1].isspace()
    left, right = left.rstrip(), right.lstrip()
    if not left:
        return right.lstrip(_PAUSES).lstrip()
    if not right or right[0] in _ENDS + _PAUSES:
        return left.rstrip(_PAUSES) + right
    return f"{left} {right}" if gap else left + right


def _text(message: dict[str, Any]) -> str:
    text = message.get("text", message.get("caption"))
    return text if isinstance(text, str) else ""


def _entities(message: dict[str, Any]) -> list[dict[str, Any]]:
    found = dicts(message.get("entities" if "text" in message else "caption_entities"))
    return found[:MOST_ENTITIES]


def _whole(value: object) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return min(max(int(value), 0), 1 << 20) if is_number else 0  # type: ignore[call-overload]


def _decoded(units: bytes) -> str:
    return units.decode("utf-16-le", "surrogatepass")
