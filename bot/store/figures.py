"""What waits, how long already, and what is dead: counted in the database, for a scrape or a look.

Cheap with tens of thousands of rows waiting: the indexes on (state, key) lead to them, and nothing
that has ended is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.cases import OPEN_STATES, UNCLAIMED
from bot.store.file_table import files
from bot.store.log import now
from bot.store.tables import cases, desk_events, desk_jobs, messages

INBOX, OUTBOX, JOBS, EVENTS, FILES = "inbox", "outbox", "desk_jobs", "desk_events", "files"
QUEUES = (INBOX, OUTBOX, JOBS, EVENTS, FILES)
# What is dead is shown for so long.
RECENT = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """How many rows of a queue wait for one channel, and since when the oldest is due.

    `in_hand` of them somebody works on. A queue that knows no channels has "" for it.
    """

    queue: str
    channel: str
    rows: int
    in_hand: int
    since: datetime | None

    @property
    def seconds(self) -> float:
        """How long the oldest has been due, 0 where none waits or it is due later."""
        return 0.0 if self.since is None else max(0.0, (now() - self.since).total_seconds())


@dataclass(frozen=True)
class Cases:
    """The open cases: how many by state and priority, and since when the oldest has no owner."""

    counts: dict[tuple[str, str], int]
    unclaimed_since: datetime | None


def waiting(connection: Connection) -> list[Waiting]:
    """Returns what waits in every queue; one row for each channel in which something waits."""
    return [
        *_waiting(connection, INBOX, messages, "received", "answering", messages.c.channel),
        *_waiting(connection, OUTBOX, messages, "queued", "sending", messages.c.channel),
        *_waiting(connection, JOBS, desk_jobs, "queued", "working"),
        *_waiting(connection, EVENTS, desk_events, "queued", "working"),
        *_waiting(connection, FILES, files, "waiting", "fetching"),
    ]


def _waiting(
    connection: Connection,
    queue: str,
    table: sa.Table,
    free: str,
    held: str,
    channel: Any = None,
) -> Sequence[Waiting]:
    # What was tried and is tried again is as old as it is; what was to wait at first is not.
    first_due = sa.func.coalesce(table.c.not_before, table.c.at)
    due = sa.case((table.c.attempts == 0, first_due), else_=table.c.at)
    label = sa.literal("") if channel is None else channel
    rows = connection.execute(
        sa.select(
            label.label("channel"),
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((table.c.state == held, 1), else_=0)), 0),
            sa.func.min(sa.type_coerce(due, table.c.at.type)),
        )
        .where(table.c.state.in_((free, held)))
        .group_by(sa.literal_column("1") if channel is None else channel)
    ).all()
    return [Waiting(queue, row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def dead(connection: Connection) -> dict[str, int]:
    """Returns how much of each queue has failed for good within a day."""
    since = now() - RECENT
    inbound, outbound = messages.c.direction == "in", messages.c.direction == "out"
    return {
        INBOX: _dead(connection, messages, since, inbound),
        OUTBOX: _dead(connection, messages, since, outbound),
        JOBS: _dead(connection, desk_jobs, since),
        EVENTS: _dead(connection, desk_events, since),
        FILES: _dead(connection, files, since, state="failed"),
    }


def reasons(connection: Connection) -> list[tuple[str, str]]:
    """Returns why messages to visitors failed for good within a day: a channel, a reason."""
    failed = (messages.c.state == "dead") & (messages.c.direction == "out")
    query = sa.select(messages.c.channel, messages.c.reason).distinct()
    query = query.where(failed, messages.c.at > now() - RECENT, messages.c.reason.is_not(None))
    rows = connection.execute(query.order_by(messages.c.channel, messages.c.reason).limit(5))
    return [(channel, reason) for channel, reason in rows]


def _dead(
    connection: Connection, table: sa.Table, since: datetime, *only: Any, state: str = "dead"
) -> int:
    failed = sa.select(sa.func.count()).select_from(table)
    query = failed.where(table.c.state == state, table.c.at > since, *only)
    return int(connection.execute(query).scalar_one())


def open_cases(connection: Connection) -> Cases:
    """Returns how many cases are open, and since when the oldest waits for somebody."""
    counts = connection.execute(
        sa.select(cases.c.state, cases.c.priority, sa.func.count())
        .where(cases.c.state.in_(OPEN_STATES))
        .group_by(cases.c.state, cases.c.priority)
    )
    oldest = sa.select(sa.func.min(cases.c.opened_at)).where(cases.c.state.in_(UNCLAIMED))
    found = {(state, priority): int(count) for state, priority, count in counts}
    return Cases(found, connection.execute(oldest).scalar_one())


def clock(connection: Connection) -> datetime:
    """Returns what time the database takes it to be; that of this machine for SQLite."""
    if connection.dialect.name == "sqlite":
        return now()
    at: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return at
