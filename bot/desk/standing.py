"""How the promises of all open cases stand, counted by the kind of their clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.content.museum import Museum
from bot.desk.clock import DeskClock
from bot.desk.people import URGENT
from bot.desk.promises import Clock
from bot.desk.timeline import timeline_of
from bot.store import Connection, cases, log, trail

# Well in time, within the reminder's minutes of being due, and broken.
KEPT, NEAR, PAST = "kept", "near", "past"


def standings(connection: Connection, museum: Museum) -> Mapping[tuple[str, str], int]:
    """Returns how many running clocks of open cases are in time, near their promise and past it.

    Args:
        connection: An open transaction.
        museum: Its desk hours, promises and how long before a breach staff are reminded.
    """
    clock, at = DeskClock(museum), log.now()
    near = timedelta(minutes=museum.promises.reminder_minutes)
    going = cases.running(connection)
    trails = trail.events_of(connection, [case.id for case in going])
    found: Counter[tuple[str, str]] = Counter()
    for case in going:
        entries = timeline_of(trails.get(case.id, ()))
        for each in clock.clocks(entries, case.channel, at, case.priority == URGENT):
            if each.is_running and each.due_at is not None:
                found[each.kind, _standing(each, near, at)] += 1
    return found


def _standing(clock: Clock, near: timedelta, at: datetime) -> str:
    assert clock.due_at is not None
    if clock.is_breached or clock.due_at <= at:
        return PAST
    assert clock.target is not None
    return NEAR if clock.target - clock.elapsed <= near else KEPT
