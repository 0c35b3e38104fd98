"""Replies that staff changed after writing them: their parts, and what the visitor reads now.

A change of what was sent is a row of the outbox itself, so that order, retries and restarts hold
for it too; its payload names what it changes, as one of EDITS, DELETES or CORRECTS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row
from bot.store.log import now
from bot.store.tables import messages

# The platform changes the message; takes it away; or gets a new one that corrects it.
EDITS, DELETES, CORRECTS = "edits", "deletes", "corrects"
# What a reply that was cut to its channel is held together by: the first message's number.
PART_OF = "part_of"
# Of a reply of staff. A text that is cut into more is no reply that anybody edits.
MOST_PARTS = 50

_WAITS = ("queued", "waiting")


def is_change(row: Row[Any]) -> bool:
    """Tells whether a row of the outbox is no message of its own but changes another one."""
    return bool(row.payload.get(EDITS) or row.payload.get(DELETES))


def changed_by(row: Row[Any]) -> int | None:
    """Returns the number of the message that a row changes or corrects, None for others."""
    found = [row.payload.get(name) for name in (EDITS, DELETES, CORRECTS)]
    return next((int(number) for number in found if number), None)


def parts(connection: Connection, first: Row[Any]) -> list[Row[Any]]:
    """Returns the messages of a reply in order, those aside that were taken back."""
    later = connection.execute(
        sa.select(messages)
        .where(
            messages.c.conversation_id == first.conversation_id,
            messages.c.seq > first.seq,
            messages.c.author_id == first.author_id,
            messages.c.direction == "out",
        )
        .order_by(messages.c.seq)
        .limit(MOST_PARTS)
    )
    rest = [row for row in later if row.payload.get(PART_OF) == first.seq]
    return [first, *(row for row in rest if row.state != "cancelled")]


def waiting_changes(connection: Connection, seqs: Sequence[int]) -> list[Row[Any]]:
    """Returns the changes of these messages that have not left yet, oldest first."""
    if not seqs:
        return []
    found = connection.execute(
        sa.select(messages)
        .where(
            messages.c.conversation_id.in_(
                sa.select(messages.c.conversation_id).where(messages.c.seq.in_(seqs))
            ),
            messages.c.seq > min(seqs),
            messages.c.state.in_(_WAITS),
        )
        .order_by(messages.c.seq)
    )
    return [row for row in found if changed_by(row) in seqs]


def replace(connection: Connection, seq: int, **values: Any) -> bool:
    """Rewords a message that has not left yet; False where it has."""
    result = connection.execute(
        sa.update(messages)
        .where(messages.c.seq == seq, messages.c.state.in_(_WAITS))
        .values(**values)
    )
    return bool(result.rowcount)


def reads(row: Row[Any]) -> str | None:
    """Returns what a message says now, None where it was taken away."""
    return row.versions[-1]["text"] if row.versions else str(row.text)


def revise(connection: Connection, seq: int, text: str | None) -> None:
    """Keeps what a message says now beside what it said when it was sent."""
    row = connection.execute(
        sa.select(messages.c.versions).where(messages.c.seq == seq).with_for_update()
    ).one()
    versions = [*(row.versions or []), {"at": now().isoformat(), "text": text}]
    connection.execute(sa.update(messages).where(messages.c.seq == seq).values(versions=versions))


def replying(connection: Connection, case_id: int, person_id: str, since: Any) -> Row[Any] | None:
    """Returns the newest reply of somebody else in a case that waits, or that was laid since."""
    return connection.execute(
        sa.select(messages)
        .where(
            messages.c.case_id == case_id,
            messages.c.direction == "out",
            messages.c.author == "staff",
            messages.c.author_id != person_id,
            messages.c.state.in_(("queued", "sending", "sent")),
            messages.c.state.in_(("queued", "sending")) | (messages.c.at >= since),
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
    ).first()
