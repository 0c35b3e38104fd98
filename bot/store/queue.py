"""The log as a queue: messages are claimed, finished, or given back for another try.

A claim is an update of rows that it selects itself, so two workers never hold the same row; a row
whose worker died is free again when its lease ends, or at once when the only process starts anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store import echoes, kept, leaving
from bot.store.holding import OWN
from bot.store.log import now
from bot.store.tables import conversations, desk_events, desk_jobs, messages

LEASE = timedelta(seconds=60)
_FREE, _HELD = "queued", "working"


@dataclass(frozen=True)
class _Queue:
    """One queue's statements, built once: building them costs more than running them."""

    oldest: Any
    take: Any

    def claim(self, connection: Connection, **values: Any) -> Row[Any] | None:
        """Takes the oldest row that is due and blocked by no earlier one, or None."""
        at = now()
        found = connection.execute(self.oldest, {"due": at, **values}).one_or_none()
        if found is not None:
            connection.execute(self.take, {"taken": found[0], "until": at + LEASE})
        return found


def _queue(table: sa.Table, subject: str) -> _Queue:
    """Prepares a queue of the desk.

    Args:
        table: Where its rows lie; the first column numbers them.
        subject: The column whose rows of the same value keep their order.
    """
    key, earlier = next(iter(table.primary_key.columns)), table.alias("earlier")
    blocked = sa.exists().where(
        earlier.c[subject] == table.c[subject],
        earlier.c.state.in_((_FREE, _HELD)),
        earlier.c[key.name] < key,
    )
    due = table.c.not_before.is_(None) | (table.c.not_before <= sa.bindparam("due"))
    oldest = (
        sa.select(table)
        .where(table.c.state == _FREE, due, ~blocked)
        .order_by(key)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    take = (
        sa.update(table)
        .where(key == sa.bindparam("taken"))
        .values(state=_HELD, lease_until=sa.bindparam("until"), held_by=OWN)
    )
    return _Queue(oldest, take)


_JOBS = _queue(desk_jobs, "case_id")
_EVENTS = _queue(desk_events, "thread")

_SENT = (
    sa.update(messages)
    .where(
        messages.c.seq == sa.bindparam("taken"),
        # A list would be compiled anew each time.
        (messages.c.state == "sending") | (messages.c.state == "queued"),
    )
    .values(
        state="sent",
        platform_id=sa.bindparam("sent_as"),
        reason=None,
        lease_until=None,
        held_by=None,
        done_at=sa.bindparam("moment", type_=messages.c.done_at.type),
    )
)


def claim_leaving(
    connection: Connection, room: Mapping[str, int], talk: str | None = None
) -> list[Row[Any]]:
    """Takes messages to visitors that may be sent now, so many of each channel at the most.

    With `talk` only what belongs to this conversation.
    """
    at = now()
    return leaving.claim(connection, room, at, at + LEASE, talk)


def silence_bot(connection: Connection, conversation_id: str) -> int:
    """Takes back what the bot still wanted to say to a person; returns how many messages.

    A message that the outbox holds at this moment is left to it: it waits for the conversation,
    which we hold, and then sees who speaks. Were we to wait for it, neither would ever go on.
    """
    waiting = (
        sa.select(messages.c.seq)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.state == "queued",
            messages.c.author == "bot",
        )
        .with_for_update(skip_locked=True)
    )
    result = connection.execute(
        sa.update(messages)
        .where(messages.c.seq.in_(list(connection.execute(waiting).scalars())))
        .values(state="cancelled", reason=leaving.TAKEN_OVER, done_at=now())
    )
    return int(result.rowcount)


def claim_job(connection: Connection) -> Row[Any] | None:
    """Takes the oldest waiting post to the staff's thread; posts of one case keep their order."""
    return _JOBS.claim(connection)


def claim_event(connection: Connection) -> Row[Any] | None:
    """Takes the oldest Slack event that nobody has handled; those of a thread keep their order."""
    return _EVENTS.claim(connection)


def recover(
    connection: Connection, everything: bool, of_dead: Collection[int] | None = None
) -> int:
    """Gives back what a dead worker held; returns how many rows.

    Args:
        connection: An open transaction.
        everything: True when no other process can hold a lease (SQLite at start).
        of_dead: Only what these processes held, which are dead; leases do not matter then.
    """
    returned = 0
    for table, held, free in (
        (messages, "answering", "received"),
        (messages, "sending", "queued"),
        (desk_jobs, _HELD, _FREE),
        (desk_events, _HELD, _FREE),
    ):
        dead = table.c.state == held
        if of_dead is not None:
            dead &= table.c.held_by.in_(of_dead)
        elif not everything:
            dead &= table.c.lease_until < now()
        values: dict[str, Any] = {"state": free, "lease_until": None, "held_by": None}
        if table is desk_jobs:
            # Whoever takes it up must look first whether it was posted.
            values["reason"] = "the process ended while it was being posted"
        if held == "sending":
            # The platform may have taken it a moment before we died.
            values |= {"maybe_twice": True, "not_before": echoes.waits_until()}
        returned += connection.execute(sa.update(table).where(dead).values(**values)).rowcount
    if everything:
        echoes.wait_anew(connection)
    if returned:
        # Their places in the line of `bot.store.claiming` need not wait for the leases either.
        held = conversations.c.due_at > now()
        connection.execute(sa.update(conversations).where(held).values(due_at=now()))
    return returned


def retry(
    connection: Connection,
    table: sa.Table,
    key: int,
    free: str,
    seconds: float,
    reason: str,
    **values: Any,
) -> bool:
    """Gives one row back, to be tried again after so many seconds.

    Tells whether it did: a message that has ended meanwhile stays as it is.
    """
    column = next(iter(table.primary_key.columns))
    is_held = table.c.state.in_(("answering", "sending")) if table is messages else sa.true()
    given = connection.execute(
        sa.update(table)
        .where(column == key, is_held)
        .values(
            state=free,
            attempts=table.c.attempts + 1,
            not_before=now() + timedelta(seconds=seconds),
            reason=reason,
            **_let_go(table),
            **values,
        )
    )
    return bool(given.rowcount)


def note_sent(connection: Connection, seq: int, platform_id: str | None) -> bool:
    """Ends a message that its platform took; False where it has ended already.

    One that was given back meanwhile, because its lease was over, counts: it was sent.
    """
    values = {"taken": seq, "sent_as": platform_id, "moment": now()}
    return bool(kept.execute(connection, _SENT, values).rowcount)


def finish(connection: Connection, table: sa.Table, key: int, state: str, **values: Any) -> None:
    """Ends the work on one row."""
    column = next(iter(table.primary_key.columns))
    connection.execute(
        sa.update(table).where(column == key).values(state=state, **_let_go(table), **values)
    )


def _let_go(table: sa.Table) -> dict[str, None]:
    return {name: None for name in ("lease_until", "held_by") if name in table.c}


def add_job(
    connection: Connection, kind: str, case_id: int | None, payload: dict[str, Any]
) -> None:
    """Lays out one post to the staff's thread."""
    connection.execute(
        sa.insert(desk_jobs).values(
            kind=kind, case_id=case_id, payload=payload, state="queued", at=now()
        )
    )
