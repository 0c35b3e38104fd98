"""What failed for good with no case whose thread could say so, and until when staff know of it.

The moment up to which staff were told is kept with the tokens, under "losses"; one process at a
time moves it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.log import insert_ignoring, now
from bot.store.tables import Moment, cases, desk_events, desk_jobs, messages, platform_tokens

_NAME = "losses"
# What is older is no news; and whoever starts Docent anew is not told of last year.
RECENT = timedelta(days=1)
# What failed this moment may not be committed yet: it is told of with the next look.
COMMITTED = timedelta(seconds=5)
DESK = "desk"


@dataclass(frozen=True)
class Loss:
    """So many messages of one channel, or posts of the desk, the last of them for this reason."""

    channel: str
    count: int
    reason: str


def untold(connection: Connection, pause: timedelta) -> Sequence[Loss]:
    """Returns what was lost since staff were told, and notes that they are told now.

    Nothing within `pause` of the last time: a platform that is away for hours is one piece of
    news, and not one for each visitor.
    """
    mark, upto = _mark(connection), now() - COMMITTED
    if now() < mark + pause:
        return ()
    found = since(connection, mark, upto)
    if found:
        mine = platform_tokens.c.name == _NAME
        connection.execute(sa.update(platform_tokens).where(mine).values(until=upto))
    return found


def since(
    connection: Connection, moment: datetime, upto: datetime | None = None
) -> Sequence[Loss]:
    """Returns what was lost after a moment, within a day, and until another, or until now."""
    first = max(moment, now() - RECENT)
    between = (sa.literal(first, Moment()), sa.literal(upto or now(), Moment()))
    unsent = _unsent(connection, between)
    losses = [Loss(channel, int(count), reason or "") for channel, count, reason in unsent]
    unposted = sum(_unseen(connection, table, between) for table in (desk_jobs, desk_events))
    return [*losses, Loss(DESK, unposted, "")] if unposted else losses


def _unsent(connection: Connection, between: tuple[Any, Any]) -> Sequence[Any]:
    """Counts messages to visitors whose failing no thread tells: see `Casework.reply_failed`."""
    failed = sa.func.coalesce(messages.c.done_at, messages.c.at)
    is_told = sa.exists().where(cases.c.open_key == messages.c.conversation_id)
    query = (
        sa.select(messages.c.channel, sa.func.count(), sa.func.max(messages.c.reason))
        .where(messages.c.state == "dead", messages.c.direction == "out")
        .where(failed > between[0], failed <= between[1])
        .where(messages.c.case_id.is_(None), ~is_told)
        .group_by(messages.c.channel)
    )
    return connection.execute(query.order_by(messages.c.channel)).all()


def _unseen(connection: Connection, table: sa.Table, between: tuple[Any, Any]) -> int:
    """Counts posts and events of the desk that failed and belong to no case."""
    only = [table.c.case_id.is_(None)] if "case_id" in table.c else []
    query = sa.select(sa.func.count()).select_from(table)
    query = query.where(table.c.state == "dead", *only)
    query = query.where(table.c.at > between[0], table.c.at <= between[1])
    return int(connection.execute(query).scalar_one())


def _mark(connection: Connection) -> datetime:
    """Returns until when staff know, and holds it; what was before the first look is old."""
    row = {"name": _NAME, "value": "", "until": now() - RECENT}
    insert_ignoring(connection, platform_tokens, row)
    mine = platform_tokens.c.name == _NAME
    query = sa.select(platform_tokens.c.until).where(mine).with_for_update()
    moment: datetime = connection.execute(query).scalar_one()
    return moment
