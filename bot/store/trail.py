"""The audit trail of cases, as clocks and people read it; `cases.audit` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.tables import case_events


def events(connection: Connection, case_id: int) -> Sequence[Row[Any]]:
    """Returns the audit trail of a case, oldest first."""
    return connection.execute(_TRAIL, {"wanted": case_id}).all()


def events_of(connection: Connection, of: Iterable[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """Returns the audit trails of cases, each oldest first."""
    query = sa.select(case_events).where(case_events.c.case_id.in_(list(of)))
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(case_events.c.id)):
        found.setdefault(row.case_id, []).append(row)
    return found


def has_event(connection: Connection, case_id: int, what: str, detail: str) -> bool:
    """Tells whether exactly this stands in the trail of a case."""
    query = sa.select(case_events.c.id).where(
        case_events.c.case_id == case_id,
        case_events.c.what == what,
        case_events.c.detail == detail,
    )
    return connection.execute(query.limit(1)).first() is not None


# Built once: building it costs more than running it.
_TRAIL = (
    sa.select(case_events)
    .where(case_events.c.case_id == sa.bindparam("wanted"))
    .order_by(case_events.c.id)
)
