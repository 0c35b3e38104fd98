"""What the web desk asks of the log beside the lists that Slack shows as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.cases import CLOSED_STATES, case
from bot.store.log import now
from bot.store.tables import cases, messages

# Ours: whoever did nothing for so long is not offered as a colleague any more.
LATELY = timedelta(days=30)


def newest_closed(connection: Connection, limit: int) -> list[Row[Any]]:
    """Returns the cases that were closed last, the last one first."""
    query = sa.select(cases.c.id).where(cases.c.state.in_(CLOSED_STATES))
    newest = query.order_by(cases.c.closed_at.desc(), cases.c.id.desc()).limit(limit)
    return [case(connection, number) for number in connection.execute(newest).scalars()]


def next_refs(connection: Connection, case_id: int) -> list[str]:
    """Returns the references of the cases that the same visitor opened after one."""
    query = sa.select(cases.c.ref).where(cases.c.previous_id == case_id)
    return list(connection.execute(query.order_by(cases.c.id)).scalars())


def colleagues(connection: Connection) -> Sequence[tuple[str, str]]:
    """Returns the ids and names of staff who wrote or had a case lately, by name."""
    since = now() - LATELY
    wrote = sa.select(messages.c.author_id, messages.c.author_name).where(
        messages.c.author == "staff", messages.c.author_id.is_not(None), messages.c.at >= since
    )
    owned = sa.select(cases.c.owner_id, cases.c.owner).where(
        cases.c.owner_id.is_not(None), cases.c.opened_at >= since
    )
    known = {str(key): str(name or key) for key, name in connection.execute(wrote.union(owned))}
    return sorted(known.items(), key=lambda each: (each[1].casefold(), each[0]))
