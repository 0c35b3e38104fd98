"""A visitor's message on its way into the log: in which language it is, and what of it fits."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from typing import Any

from bot import pacing
from bot.language import settle
from bot.messages import Inbound
from bot.nlu.emergencies import emergency
from bot.store import Connection, Row, log, windows
from bot.windows import MESSAGE

logger = logging.getLogger(__name__)

# What the log has room for: ids of people and messages, names.
LONGEST_ID = 200


@dataclass(frozen=True)
class Accepted:
    """A message that is in the log now.

    `is_over` says that it came too fast and is not answered, `is_told` that its writer is to be
    told so, `releases` that words for them waited for it, which may leave now.
    """

    conversation_id: str
    seq: int
    language: str
    is_over: bool
    is_told: bool
    releases: bool


def accept(connection: Connection, message: Inbound, a_minute: int = 0) -> Accepted | None:
    """Writes one message to the log; None where it was there before, or is nobody's.

    Args:
        connection: An open transaction.
        message: The message.
        a_minute: How many messages of one visitor are answered in a minute; 0 for all.
    """
    if len(message.person_id) > LONGEST_ID:
        return None
    message = _holdable(message)
    known = log.known(connection, message.conversation_id)
    language = settle(message.text, known and known.language, message.locale)
    arrival = _arrival(message, known, a_minute)
    counted: dict[str, Any] = {"arrivals": dict(arrival.counted)} if a_minute else {}
    ended = pacing.TOO_FAST if arrival.is_over else None
    seq = log.accept(
        connection, message, language, _payload(message), known, ended=ended, **counted
    )
    if seq is None:
        return None
    about = {"conversation": message.conversation_id, "seq": seq, "channel": message.channel}
    logger.info("a message was accepted", extra=about)
    talk = message.conversation_id
    releases = message.act == MESSAGE and windows.release(connection, talk) > 0
    return Accepted(talk, seq, language, arrival.is_over, arrival.is_told, releases)


def _arrival(message: Inbound, known: Row[Any] | None, a_minute: int) -> pacing.Arrival:
    """Counts a message; whoever has a person, or an emergency, never comes too fast."""
    if not a_minute:
        return pacing.Arrival({})
    arrival = pacing.arrived(known and known.arrivals, log.now(), a_minute)
    if not arrival.is_over:
        return arrival
    is_heard = known is not None and known.speaker in log.WITH_PERSON
    if is_heard or emergency(message.text) is not None:
        return replace(arrival, is_over=False, is_told=False)
    return arrival


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
