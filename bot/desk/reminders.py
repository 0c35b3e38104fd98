"""When somebody is told that a promise is about to break, or has broken, and who; pure.

An alarm rings once, in desk hours only, and never for a clock that does not run: not in a closed
case, and not while the visitor is waited for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.content.calendar import Calendar
from bot.content.desk_routing import Department
from bot.content.desk_sections import CHANNEL, DEPARTMENT, OWNER, Promises
from bot.desk.promises import Clock, reached
from bot.desk.timeline import Run


@dataclass(frozen=True)
class Alarm:
    """Something to tell staff at an instant.

    Args:
        at: When, within desk hours; in UTC like `due_at`.
        key: What it is known by, the same however often it is computed.
        kind: Of the clock: "first_reply", "next_reply" or "resolution".
        due_at: When the promise breaks or broke.
        step: The row of `desk.escalation`, counted from 1; 0 for the reminder before.
        tell: "owner", "department", "channel", and Slack ids or names.
    """

    at: datetime
    key: str
    kind: str
    due_at: datetime
    step: int
    tell: tuple[str, ...]

    @property
    def is_reminder(self) -> bool:
        """Whether the promise can still be kept."""
        return self.step == 0


@dataclass(frozen=True)
class Audience:
    """Who hears an alarm: people by their Slack ids or names, and whether the whole channel."""

    people: tuple[str, ...]
    channel: bool


def alarms(
    case: str | int, found: Iterable[Clock], calendar: Calendar, promises: Promises
) -> tuple[Alarm, ...]:
    """Returns the reminder and the escalation of every running clock, the earliest first.

    Args:
        case: What the case is known by, for the keys.
        found: Its clocks, as `clocks` returns them.
        calendar: When the desk is staffed.
        promises: How long before and after a breach somebody is told, and who.
    """
    rung = [alarm for clock in found for alarm in _alarms(case, clock, calendar, promises)]
    return tuple(sorted(rung, key=lambda alarm: (alarm.at, alarm.key)))


def ringing(
    waiting: Iterable[Alarm], sent: Collection[str], calendar: Calendar, at: datetime
) -> tuple[Alarm, ...]:
    """Returns the alarms to tell now: fallen due, not sent, and worth saying.

    What fell due while the program was down is told late, but not at night, and nobody is
    reminded of a promise that has broken.
    """
    if not calendar.is_open(at):
        return ()
    fallen = (alarm for alarm in waiting if alarm.at <= at and alarm.key not in sent)
    return tuple(alarm for alarm in fallen if not (alarm.is_reminder and alarm.due_at <= at))


def audience(tell: Iterable[str], owner: str | None, department: Department | None) -> Audience:
    """Returns who hears an alarm: without an owner the department, without people the channel."""
    people: list[str] = []
    channel = False
    for name in tell:
        if name == OWNER and owner:
            people.append(owner)
        elif name in (OWNER, DEPARTMENT) and department is not None and department.people:
            people += department.people
        elif name in (OWNER, DEPARTMENT, CHANNEL):
            channel = True
        else:
            people.append(name)
    return Audience(tuple(dict.fromkeys(people)), channel)


def _alarms(
    case: str | int, clock: Clock, calendar: Calendar, promises: Promises
) -> Iterator[Alarm]:
    target, due_at = clock.target, clock.due_at
    if not clock.is_running or target is None or due_at is None:
        return
    name = _name(case, clock, calendar, target)
    for step, after, tell in _steps(promises, target):
        at = reached(calendar, clock.runs, target + after)
        rings = None if at is None else _in_hours(calendar, at)
        if rings is not None:
            yield Alarm(rings, f"{name}:{step}", clock.kind, due_at, step, tell)


def _steps(
    promises: Promises, target: timedelta
) -> Iterator[tuple[int, timedelta, tuple[str, ...]]]:
    before = timedelta(minutes=promises.reminder_minutes)
    # A promise that is no longer than the reminder would be reminded of as it is made.
    if timedelta() < before < target:
        yield 0, -before, (OWNER,)
    for step, row in enumerate(promises.escalation, start=1):
        yield step, timedelta(minutes=row.after), row.tell


def _name(case: str | int, clock: Clock, calendar: Calendar, target: timedelta) -> str:
    """The case, the clock and when it was first due: a pause moves the instant, not the name."""
    due = reached(calendar, [Run(clock.started_at, None)], target) or clock.started_at
    return f"{case}:{clock.kind}:{due:%Y%m%dT%H%M%S}"


def _in_hours(calendar: Calendar, at: datetime) -> datetime | None:
    opening = at if calendar.is_open(at) else calendar.next_opening(at)
    return None if opening is None else opening.astimezone(timezone.utc)
