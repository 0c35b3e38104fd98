"""What Slack missed while it could not be reached, and what we missed of Slack."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.cases import OPEN_STATES
from bot.store.log import insert_ignoring, now
from bot.store.tables import cases, desk_jobs, platform_tokens

# Kept with the tokens: the moment up to which the threads have been read back.
_READ = "slack:read_back"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


def threads(connection: Connection) -> Sequence[Row[Any]]:
    """Returns the open cases that have a thread: `id`, `slack_channel`, `slack_ts`."""
    columns = (cases.c.id, cases.c.slack_channel, cases.c.slack_ts)
    has_thread = cases.c.slack_channel.is_not(None) & cases.c.slack_ts.is_not(None)
    query = sa.select(*columns).where(cases.c.state.in_(OPEN_STATES), has_thread)
    return connection.execute(query.order_by(cases.c.id)).all()


def read_until(connection: Connection) -> datetime:
    """Returns the moment up to which all threads have been read back; long ago at first."""
    query = sa.select(platform_tokens.c.until).where(platform_tokens.c.name == _READ)
    return connection.execute(query).scalar_one_or_none() or _LONG_AGO


def set_read_until(connection: Connection, at: datetime) -> None:
    """Notes that all threads have been read back up to a moment."""
    insert_ignoring(connection, platform_tokens, {"name": _READ, "value": "", "until": at})
    mine = platform_tokens.c.name == _READ
    connection.execute(sa.update(platform_tokens).where(mine).values(until=at))


def waiting_after(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """Returns the posts of a job's case that wait behind it, oldest first."""
    behind = [desk_jobs.c.case_id == row.case_id, desk_jobs.c.id > row.id]
    query = sa.select(desk_jobs).where(*behind, desk_jobs.c.state == "queued")
    return connection.execute(query.order_by(desk_jobs.c.id)).all()


def fold(
    connection: Connection,
    row: Row[Any],
    others: Collection[int],
    kind: str,
    payload: dict[str, Any],
) -> Row[Any]:
    """Makes a claimed post say what others would have said, and ends those.

    Args:
        connection: An open transaction.
        row: The post.
        others: The numbers of the posts that it stands for from now on.
        kind: What it is now.
        payload: What it says now.
    """
    connection.execute(
        sa.update(desk_jobs)
        .where(desk_jobs.c.id.in_(others))
        .values(state="done", reason=f"shown with job {row.id}")
    )
    mine = desk_jobs.c.id == row.id
    connection.execute(sa.update(desk_jobs).where(mine).values(kind=kind, payload=payload))
    return connection.execute(sa.select(desk_jobs).where(mine)).one()


def hurry(connection: Connection) -> int:
    """Makes every post due that waits for another try; returns how many."""
    late = [desk_jobs.c.state == "queued", desk_jobs.c.attempts > 0]
    result = connection.execute(
        sa.update(desk_jobs).where(*late, desk_jobs.c.not_before > now()).values(not_before=None)
    )
    return int(result.rowcount)


def has_post(connection: Connection, case_id: int, kind: str) -> bool:
    """Tells whether a post of this kind waits for a case."""
    mine = [desk_jobs.c.case_id == case_id, desk_jobs.c.kind == kind]
    query = sa.select(desk_jobs.c.id).where(*mine, desk_jobs.c.state == "queued").limit(1)
    return connection.execute(query).first() is not None


def behind(connection: Connection, since: datetime) -> int:
    """Returns how many posts wait, where one of those that were tried is older than a moment."""
    waits = desk_jobs.c.state.in_(("queued", "working"))
    stuck = [waits, desk_jobs.c.attempts > 0, desk_jobs.c.at < since]
    if connection.execute(sa.select(desk_jobs.c.id).where(*stuck).limit(1)).first() is None:
        return 0
    query = sa.select(sa.func.count()).select_from(desk_jobs).where(waits)
    return int(connection.execute(query).scalar_one())
