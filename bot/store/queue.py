"""The log as a queue: messages are claimed, finished, or given back for another try.

A claim is an update of rows that it selects itself, so two workers never hold the same row; a row
whose worker died is free again when its lease ends, or at once when the only process starts anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.log import HUMAN, now
from bot.store.tables import conversations, desk_events, desk_jobs, messages

LEASE = timedelta(seconds=60)


def claim_inbound(connection: Connection) -> Row[Any] | None:
    """Takes the oldest waiting message whose conversation has none before it, or None."""
    earlier = messages.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.conversation_id == messages.c.conversation_id,
        earlier.c.direction == "in",
        earlier.c.state.in_(("received", "answering")),
        earlier.c.seq < messages.c.seq,
    )
    waiting = (messages.c.direction == "in") & _due(messages, "received") & ~blocked
    return _claim(connection, messages, messages.c.seq, waiting, "answering")


def claim_outbound(connection: Connection, channels: Sequence[str]) -> Row[Any] | None:
    """Takes the oldest message to a visitor of these channels that may be sent now, or None.

    Messages of one conversation leave in order. Who speaks is checked here, in the same
    transaction that takes the row: what the bot wrote before a person took over is not sent after.
    """
    earlier = messages.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.conversation_id == messages.c.conversation_id,
        earlier.c.direction == "out",
        earlier.c.state.in_(("queued", "sending")),
        earlier.c.seq < messages.c.seq,
    )
    waiting = (
        (messages.c.direction == "out")
        & messages.c.channel.in_(channels)
        & _due(messages, "queued")
        & ~blocked
    )
    _silence_bot(connection)
    return _claim(connection, messages, messages.c.seq, waiting, "sending")


def claim_job(connection: Connection) -> Row[Any] | None:
    """Takes the oldest waiting post to the staff's thread; posts of one case keep their order."""
    earlier = desk_jobs.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.case_id == desk_jobs.c.case_id,
        earlier.c.state.in_(("queued", "working")),
        earlier.c.id < desk_jobs.c.id,
    )
    waiting = _due(desk_jobs, "queued") & ~blocked
    return _claim(connection, desk_jobs, desk_jobs.c.id, waiting, "working")


def claim_event(connection: Connection) -> Row[Any] | None:
    """Takes the oldest Slack event that nobody has handled; events are handled one by one."""
    earlier = desk_events.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.state.in_(("queued", "working")), earlier.c.id < desk_events.c.id
    )
    waiting = _due(desk_events, "queued") & ~blocked
    return _claim(connection, desk_events, desk_events.c.id, waiting, "working")


def recover(connection: Connection, everything: bool) -> int:
    """Gives back what a dead worker held; returns how many rows.

    Args:
        connection: An open transaction.
        everything: True when no other process can hold a lease (SQLite at start).
    """
    returned = 0
    for table, held, free in (
        (messages, "answering", "received"),
        (messages, "sending", "queued"),
        (desk_jobs, "working", "queued"),
        (desk_events, "working", "queued"),
    ):
        dead = table.c.state == held
        if not everything:
            dead &= table.c.lease_until < now()
        values: dict[str, Any] = {"state": free, "lease_until": None}
        if table is desk_jobs:
            # Whoever takes it up must look first whether it was posted.
            values["reason"] = "the process ended while it was being posted"
        if held == "sending":
            # The platform may have taken it a moment before we died.
            values["maybe_twice"] = True
        returned += connection.execute(sa.update(table).where(dead).values(**values)).rowcount
    return returned


def retry(
    connection: Connection, table: sa.Table, key: int, free: str, seconds: float, reason: str
) -> None:
    """Gives one row back, to be tried again after so many seconds."""
    column = next(iter(table.primary_key.columns))
    connection.execute(
        sa.update(table)
        .where(column == key)
        .values(
            state=free,
            lease_until=None,
            attempts=table.c.attempts + 1,
            not_before=now() + timedelta(seconds=seconds),
            reason=reason,
        )
    )


def finish(connection: Connection, table: sa.Table, key: int, state: str, **values: Any) -> None:
    """Ends the work on one row."""
    column = next(iter(table.primary_key.columns))
    connection.execute(
        sa.update(table).where(column == key).values(state=state, lease_until=None, **values)
    )


def add_job(
    connection: Connection, kind: str, case_id: int | None, payload: dict[str, Any]
) -> None:
    """Lays out one post to the staff's thread."""
    connection.execute(
        sa.insert(desk_jobs).values(
            kind=kind, case_id=case_id, payload=payload, state="queued", at=now()
        )
    )


def depths(connection: Connection) -> dict[str, int]:
    """Returns how many rows wait in each queue."""
    counts = connection.execute(
        sa.select(messages.c.state, sa.func.count())
        .where(messages.c.state.in_(("received", "answering", "queued", "sending")))
        .group_by(messages.c.state)
    ).all()
    return {state: int(count) for state, count in counts}


def _due(table: sa.Table, state: str) -> Any:
    return (table.c.state == state) & (
        table.c.not_before.is_(None) | (table.c.not_before <= now())
    )


def _claim(
    connection: Connection, table: sa.Table, key: Any, waiting: Any, held: str
) -> Row[Any] | None:
    found = connection.execute(
        sa.select(table).where(waiting).order_by(key).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if found is not None:
        connection.execute(
            sa.update(table).where(key == found[0]).values(state=held, lease_until=now() + LEASE)
        )
    return found


def _silence_bot(connection: Connection) -> None:
    human = sa.select(conversations.c.id).where(conversations.c.speaker == HUMAN)
    connection.execute(
        sa.update(messages)
        .where(
            messages.c.state == "queued",
            messages.c.author == "bot",
            messages.c.conversation_id.in_(human),
        )
        .values(state="cancelled", reason="a person took over", done_at=now())
    )
