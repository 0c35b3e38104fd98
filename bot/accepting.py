"""A visitor's message on its way into the log: in which language it is, and what of it fits."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from bot.language import settle
from bot.messages import Inbound
from bot.store import Connection, log, windows
from bot.windows import MESSAGE

# What the log has room for: ids of people and messages, names.
LONGEST_ID = 200


def accept(connection: Connection, message: Inbound) -> bool:
    """Writes one message to the log; False where it was there before, or is nobody's."""
    if len(message.person_id) > LONGEST_ID:
        return False
    message = _holdable(message)
    pinned = log.pinned_language(connection, message.conversation_id)
    language = settle(message.text, pinned, message.locale)
    seq = log.accept(connection, message, language, _payload(message))
    if seq is None:
        return False
    if message.act == MESSAGE:
        windows.release(connection, message.conversation_id)
    return True


def _holdable(message: Inbound) -> Inbound:
    """Returns a message whose names fit their columns; no platform sends longer ones."""
    position = message.position
    return replace(
        message,
        platform_id=_short(message.platform_id),
        message_id=message.message_id and _short(message.message_id),
        name=message.name and message.name[:LONGEST_ID],
        position=position if position is None or abs(position) < 1 << 63 else None,
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ID else hashlib.sha256(name.encode()).hexdigest()


def _payload(message: Inbound) -> dict[str, Any]:
    """Returns what of a message is no words, as the log keeps it."""
    found: dict[str, Any] = {}
    if message.choice is not None:
        found["choice"] = message.choice
    if message.means is not None:
        found["means"] = message.means
    if message.place:
        found["place"] = dict(message.place)
    if message.attachments:
        found["attachments"] = [
            {name: value for name, value in vars(each).items() if value is not None}
            for each in message.attachments
        ]
    return found
