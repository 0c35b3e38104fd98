"""A case with all that belongs to it, as the web desk shows it: promises, relations, its trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.channels.desk_shown import case_of, page, show_case, version, window
from bot.desk.clock import DeskClock
from bot.desk.people import URGENT
from bot.desk.promises import Clock
from bot.desk.timeline import timeline_of
from bot.store import Connection, Row, cases, desk_reads, log, trail
from bot.windows import Window

_AFTER_ALL = 2**62


def read_case(
    connection: Connection, ref: str, clock: DeskClock, known: Mapping[str, Window | None]
) -> dict[str, Any]:
    """Returns a case with the newest page of what was said; raises BadRequest."""
    found = case_of(connection, ref)
    return {
        "case": {
            **show_case(found),
            "reason": found.reason,
            "understood": found.understood or [],
            "window": window(connection, found, known),
            "clocks": _clocks(connection, found, clock),
            "next": desk_reads.next_refs(connection, found.id),
            "rating_words": found.rating_words,
        },
        **page(connection, found.conversation_id, _AFTER_ALL),
        "version": version(connection),
    }


def read_older(connection: Connection, ref: str, before: int) -> dict[str, Any]:
    """Returns the page of what was said before a message; raises BadRequest."""
    return page(connection, case_of(connection, ref).conversation_id, before)


def read_trail(connection: Connection, ref: str) -> list[dict[str, Any]]:
    """Returns who did what in a case, and why, oldest first; raises BadRequest."""
    rows = trail.events(connection, case_of(connection, ref).id)
    return [
        {"at": cases.in_iso(row.at), "actor": row.actor, "what": row.what, "detail": row.detail}
        for row in rows
    ]


def _clocks(connection: Connection, case: Row[Any], clock: DeskClock) -> list[dict[str, Any]]:
    """Returns each promise as it stands: the last clock of each kind that has a target."""
    entries = timeline_of(trail.events(connection, case.id))
    at = max([log.now(), *(entry.at for entry in entries)])
    found = clock.clocks(entries, case.channel, at, case.priority == URGENT)
    return [_shown(each) for each in _last_of_each(found).values() if each.target is not None]


def _last_of_each(found: Iterable[Clock]) -> dict[str, Clock]:
    return {each.kind: each for each in found}


def _shown(clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "due_at": _iso(clock.due_at),
        "met_at": _iso(clock.met_at),
        "ended_at": _iso(clock.ended_at),
        "running": clock.is_running,
        "broken": clock.is_breached,
    }


def _iso(at: datetime | None) -> str | None:
    return cases.in_iso(at)
