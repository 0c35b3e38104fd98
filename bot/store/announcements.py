"""Announcements: who would hear one, its draft, and its way from draft to sent or taken back.

A draft is a row of desk_events that no worker takes up, because its state is a word of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store import log
from bot.store.cases import OPEN_STATES
from bot.store.tables import case_events, cases, conversations, desk_events, desk_jobs, messages

KIND = "announcement"
DRAFT, SENT, DROPPED, TAKEN_BACK = "draft", "sent", "dropped", "taken_back"
# SQLite takes at most 999 values in one statement where it is old.
_AT_ONCE = 500


def who_waits(connection: Connection) -> Sequence[Row[Any]]:
    """Returns the conversations with an open case: `id`, `channel`, `language`, `case_id`."""
    query = _PEOPLE.where(cases.c.id.is_not(None)).order_by(cases.c.id)
    return connection.execute(query).all()


def who_wrote(connection: Connection, since: datetime) -> Sequence[Row[Any]]:
    """Returns the conversations in which the visitor wrote since, with their open case if any."""
    query = _PEOPLE.where(conversations.c.last_in_at >= since)
    return connection.execute(query.order_by(conversations.c.last_in_at)).all()


def add_draft(connection: Connection, key: str, payload: dict[str, Any]) -> Row[Any]:
    """Keeps a draft; the same key twice is the same draft, as it was first."""
    row = {"key": f"{KIND}:{key}"[:200], "kind": KIND, "payload": payload, "at": log.now()}
    log.insert_ignoring(connection, desk_events, {**row, "state": DRAFT})
    return connection.execute(sa.select(desk_events).where(desk_events.c.key == row["key"])).one()


def find_draft(connection: Connection, number: int) -> Row[Any] | None:
    """Returns a draft, whatever became of it, or None."""
    query = sa.select(desk_events).where(desk_events.c.id == number, desk_events.c.kind == KIND)
    return connection.execute(query).one_or_none()


def move_draft(connection: Connection, number: int, before: str, state: str) -> bool:
    """Brings a draft from one state to another; False where it is not in the first.

    Of two that try at once one succeeds: the database compares and sets in one statement.
    """
    result = connection.execute(
        sa.update(desk_events)
        .where(
            desk_events.c.id == number,
            desk_events.c.kind == KIND,
            desk_events.c.state == before,
        )
        .values(state=state)
    )
    return bool(result.rowcount)


def change_draft(connection: Connection, number: int, payload: dict[str, Any]) -> None:
    """Sets what is kept of a draft."""
    connection.execute(
        sa.update(desk_events).where(desk_events.c.id == number).values(payload=payload)
    )


def take_back(connection: Connection, numbers: Sequence[int], reason: str) -> int:
    """Cancels those of these messages that have not left; returns how many."""
    taken = 0
    for start in range(0, len(numbers), _AT_ONCE):
        some = messages.c.seq.in_(numbers[start : start + _AT_ONCE])
        result = connection.execute(
            sa.update(messages)
            .where(some, messages.c.state == "queued")
            .values(state="cancelled", reason=reason, done_at=log.now())
        )
        taken += int(result.rowcount)
    return taken


def write_down(
    connection: Connection, case_ids: Sequence[int], actor: str, what: str, detail: str
) -> None:
    """Writes one line into the audit trail of each of these cases."""
    row = {"at": log.now(), "actor": actor, "what": what, "detail": detail}
    if case_ids:
        connection.execute(sa.insert(case_events), [{**row, "case_id": one} for one in case_ids])


def post_lines(
    connection: Connection, case_ids: Sequence[int], text: str, at_once: int, seconds: float
) -> None:
    """Lays out one line for the thread of each of these cases that has one.

    They belong to no case's queue and come one after another, so that what a visitor writes
    meanwhile is not shown after a hundred lines.

    Args:
        connection: An open transaction.
        case_ids: The cases.
        text: The line.
        at_once: How many are posted as soon as may be.
        seconds: How long each of the others waits for the one before.
    """
    rows = []
    for index, place in enumerate(_threads(connection, case_ids)):
        payload = {"channel": place.slack_channel, "thread_ts": place.slack_ts, "text": text}
        wait = timedelta(seconds=max(0, index + 1 - at_once) * seconds)
        job = {"kind": "line", "case_id": None, "payload": payload, "state": "queued"}
        rows.append({**job, "at": log.now(), "not_before": log.now() + wait if wait else None})
    if rows:
        connection.execute(sa.insert(desk_jobs), rows)


def _threads(connection: Connection, case_ids: Sequence[int]) -> Sequence[Row[Any]]:
    query = sa.select(cases.c.slack_channel, cases.c.slack_ts)
    shown = [cases.c.state.in_(OPEN_STATES), cases.c.slack_ts.is_not(None)]
    found: list[Row[Any]] = []
    for start in range(0, len(case_ids), _AT_ONCE):
        some = cases.c.id.in_(case_ids[start : start + _AT_ONCE])
        found += connection.execute(query.where(some, *shown).order_by(cases.c.id)).all()
    return found


_PEOPLE = sa.select(
    conversations.c.id,
    conversations.c.channel,
    sa.func.coalesce(conversations.c.language, cases.c.language).label("language"),
    conversations.c.acts,
    conversations.c.last_in_at,
    cases.c.id.label("case_id"),
).select_from(conversations.outerjoin(cases, cases.c.open_key == conversations.c.id))
