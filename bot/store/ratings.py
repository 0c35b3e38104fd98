"""What is known of how content visitors were: asked when, answered how, and what else was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.cases import case
from bot.store.log import change_message
from bot.store.tables import case_events, cases, messages

_NEVER_LEFT = ("cancelled", "dead")
PRAISED = "praised"


def last_asked(connection: Connection, conversation_id: str, since: datetime) -> Row[Any] | None:
    """Returns the case about which a visitor was asked last, if not before a moment."""
    newest = (
        sa.select(cases.c.id)
        .where(cases.c.conversation_id == conversation_id, cases.c.rating_asked_at >= since)
        .order_by(cases.c.rating_asked_at.desc(), cases.c.id.desc())
        .limit(1)
    )
    found = connection.execute(newest).scalar_one_or_none()
    return None if found is None else case(connection, found)


def has_reply(connection: Connection, case_id: int) -> bool:
    """Tells whether staff wrote to the visitor in a case, and did not take all of it back."""
    reply = sa.select(messages.c.seq).where(
        messages.c.case_id == case_id,
        messages.c.direction == "out",
        messages.c.author == "staff",
        messages.c.state.not_in(_NEVER_LEFT),
    )
    return connection.execute(reply.limit(1)).first() is not None


def is_next_after(connection: Connection, row: Row[Any], moment: datetime) -> bool:
    """Tells whether a visitor's message is the first of its conversation since a moment."""
    between = sa.select(messages.c.seq).where(
        messages.c.conversation_id == row.conversation_id,
        messages.c.direction == "in",
        messages.c.seq < row.seq,
        messages.c.at > moment,
    )
    return row.at >= moment and connection.execute(between.limit(1)).first() is None


def rated_at(connection: Connection, case_id: int) -> datetime | None:
    """Returns when a visitor said how content they were, or None."""
    newest = sa.select(sa.func.max(case_events.c.at)).where(
        case_events.c.case_id == case_id, case_events.c.what == "rated"
    )
    moment: datetime | None = connection.execute(newest).scalar_one()
    return moment


def last_words(connection: Connection, case_id: int) -> Row[Any] | None:
    """Returns the last message that a visitor wrote in a case, or None."""
    newest = (
        sa.select(messages)
        .where(messages.c.case_id == case_id, messages.c.direction == "in")
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    return connection.execute(newest).one_or_none()


def unsent(connection: Connection, conversation_id: str) -> int:
    """Returns how many messages are on their way to a visitor."""
    waiting = sa.select(sa.func.count()).where(
        messages.c.conversation_id == conversation_id,
        messages.c.direction == "out",
        messages.c.state.in_(("queued", "sending", "waiting")),
    )
    return int(connection.execute(waiting).scalar_one())


def mark_praised(connection: Connection, row: Row[Any]) -> bool:
    """Notes that a message is shown as praise; False where it was before."""
    held = sa.select(messages.c.payload).where(messages.c.seq == row.seq).with_for_update()
    payload: dict[str, Any] = connection.execute(held).scalar_one()
    if payload.get(PRAISED):
        return False
    change_message(connection, row.seq, payload={**payload, PRAISED: True})
    return True
