"""The lists that staff work from: overdue, mine, open, and what somebody looks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.cases import CLAIMED, OPEN_STATES, UNCLAIMED
from bot.store.tables import cases, conversations, messages

OVERDUE, MINE, OPEN = "overdue", "mine", "open"
# How many cases a list names unless told; it says how many more there are.
MOST = 30
_ESCAPE = "#"

_CASES = sa.select(
    cases, conversations.c.name, conversations.c.channel, conversations.c.person_id
).join(conversations, cases.c.conversation_id == conversations.c.id)


@dataclass(frozen=True)
class Counts:
    """How many cases are open, and of those unclaimed, overdue, somebody's own, and both."""

    open: int = 0
    unclaimed: int = 0
    overdue: int = 0
    mine: int = 0
    mine_overdue: int = 0

    @property
    def in_lists(self) -> tuple[int, int, int]:
        """How many stand in each list of a `Sheet`."""
        own = self.mine - self.mine_overdue
        return self.overdue, own, self.open - self.overdue - own


@dataclass(frozen=True)
class Sheet:
    """What lies on somebody's desk; each case stands in the first list that it belongs to."""

    counts: Counts
    overdue: Sequence[Any]
    mine: Sequence[Any]
    rest: Sequence[Any]


def sheet(
    connection: Connection,
    at: datetime,
    owner_id: str,
    department: str | None = None,
    limit: int = MOST,
) -> Sheet:
    """Returns the open cases as one person sees them.

    Args:
        connection: An open transaction.
        at: The moment by which a promise is overdue.
        owner_id: Whose desk it is.
        department: Only cases of this one, or of all.
        limit: How many cases of each list; the counts are of all.
    """
    late, own = _is_late(at), _is_own(owner_id)
    return Sheet(
        counts(connection, at, owner_id, department),
        _listed(connection, [late], department, _by_promise(), limit),
        _listed(connection, [~late, own], department, _by_promise(), limit),
        _listed(connection, [~late, ~own], department, _unclaimed_first(), limit),
    )


def counts(
    connection: Connection, at: datetime, owner_id: str, department: str | None = None
) -> Counts:
    """Returns how many open cases there are of each kind."""
    found = connection.execute(
        _within(
            sa.select(
                sa.func.count(),
                _sum(cases.c.state.in_(UNCLAIMED)),
                _sum(_is_late(at)),
                _sum(_is_own(owner_id)),
                _sum(sa.and_(_is_own(owner_id), _is_late(at))),
            ),
            department,
        )
    ).one()
    return Counts(*(int(number or 0) for number in found))


def listed(
    connection: Connection,
    which: str,
    at: datetime,
    owner_id: str,
    department: str | None = None,
    limit: int = MOST,
) -> Sequence[Row[Any]]:
    """Returns one list: `overdue` and `mine` by promise, `open` with what nobody has first."""
    if which == OVERDUE:
        return _listed(connection, [_is_late(at)], department, _by_promise(), limit)
    if which == MINE:
        return _listed(connection, [_is_own(owner_id)], department, _by_promise(), limit)
    return _listed(connection, [], department, _unclaimed_first(), limit)


def find(
    connection: Connection, words: Sequence[Sequence[str]], limit: int = MOST
) -> Sequence[Row[Any]]:
    """Returns cases, open or closed, in which every word is found; open ones first, then newest.

    Looked through are the visitor's name, what they wrote in the case and its translation.

    Args:
        connection: An open transaction.
        words: For each word the ways in which it may be written; upper case does not count.
        limit: How many cases at most.
    """
    if not words:
        return []
    every = [sa.or_(*(_holds(form) for form in forms)) for forms in words]
    is_open = sa.case((cases.c.state.in_(OPEN_STATES), 0), else_=1)
    query = _CASES.where(*every).order_by(is_open, cases.c.id.desc()).limit(limit)
    return connection.execute(query).all()


def tail(connection: Connection, case: Row[Any], count: int) -> Sequence[Row[Any]]:
    """Returns the last messages of a case's conversation that are no notes, oldest first."""
    query = (
        sa.select(messages)
        .where(
            messages.c.conversation_id == case.conversation_id,
            messages.c.direction != "note",
            messages.c.state != "cancelled",
        )
        .order_by(messages.c.seq.desc())
        .limit(count)
    )
    return list(reversed(connection.execute(query).all()))


def _listed(
    connection: Connection,
    only: Sequence[Any],
    department: str | None,
    order: Sequence[Any],
    limit: int,
) -> Sequence[Row[Any]]:
    query = _within(_CASES.where(*only), department).order_by(*order).limit(limit)
    return connection.execute(query).all()


def _within(query: Any, department: str | None) -> Any:
    query = query.where(cases.c.state.in_(OPEN_STATES))
    return query if department is None else query.where(cases.c.department == department)


def _is_late(at: datetime) -> Any:
    return sa.and_(cases.c.due_at.is_not(None), cases.c.due_at < at)


def _is_own(owner_id: str) -> Any:
    # Negated, a comparison with NULL is neither true nor false.
    owned = sa.func.coalesce(cases.c.owner_id, "") == owner_id
    return sa.and_(cases.c.state.in_(CLAIMED), owned)


def _by_promise() -> list[Any]:
    """Urgent ones first, then what is due first; what promises nothing comes last."""
    urgent = sa.case((cases.c.priority == "urgent", 0), else_=1)
    return [urgent, cases.c.due_at.is_(None), cases.c.due_at, cases.c.id]


def _unclaimed_first() -> list[Any]:
    return [sa.case((cases.c.state.in_(UNCLAIMED), 0), else_=1), *_by_promise()]


def _sum(condition: Any) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _holds(word: str) -> Any:
    """The condition under which a case speaks of something."""
    said = (
        sa.select(messages.c.seq)
        .where(
            messages.c.case_id == cases.c.id,
            messages.c.direction == "in",
            _like(messages.c.text, word),
        )
        .exists()
    )
    # JSON holds what is not ASCII as \uXXXX.
    told = sa.cast(cases.c.details, sa.Text)
    return sa.or_(
        _like(conversations.c.name, word),
        _like(cases.c.question, word),
        _like(cases.c.translation["text"].as_string(), word),
        _like(told, json.dumps(word)[1:-1]),
        said,
    )


def _like(column: Any, word: str) -> Any:
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return column.ilike(f"%{word}%", escape=_ESCAPE)
