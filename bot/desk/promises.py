"""What is promised in a case, and how each promise stands at any instant; pure.

The clocks run as `bot/desk/timeline.py` reads them, and only the staffed time of the desk's
calendar counts on them. A promise of no time at all is due at once, whatever the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.content.calendar import Calendar
from bot.content.desk_sections import KINDS
from bot.desk.timeline import Entry, Run, Story, stories


@dataclass(frozen=True)
class Targets:
    """Within how much staffed time each promise is to be kept, None for no promise."""

    first_reply: timedelta | None = None
    next_reply: timedelta | None = None
    resolution: timedelta | None = None

    def of(self, kind: str) -> timedelta | None:
        """The target of one kind of clock."""
        target: timedelta | None = getattr(self, kind)
        return target


@dataclass(frozen=True)
class Clock:
    """One promise as it stands at an instant; all times are in UTC.

    Args:
        kind: "first_reply", "next_reply" or "resolution".
        runs: When it was not stopped, oldest first.
        target: The staffed time within which it is to end, None where nothing is promised.
        elapsed: The staffed time that has passed on it.
        due_at: When its target is or was reached if it runs on; None without a target, and while
            it is stopped for the visitor within its target, because nobody knows when it goes on.
        is_breached: Whether it ran beyond `due_at`.
        met_at: When it ended as promised: by a reply, or by resolving.
        ended_at: When it ended, in whatever way.
    """

    kind: str
    runs: tuple[Run, ...]
    target: timedelta | None
    elapsed: timedelta
    due_at: datetime | None
    is_breached: bool
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether it counts, in desk hours at least; False when stopped or ended."""
        return self.runs[-1].end is None

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return self.runs[0].start


def clocks(
    timeline: Iterable[Entry], calendar: Calendar, targets: Targets, at: datetime
) -> tuple[Clock, ...]:
    """Returns every clock that a case has had by an instant, in the order in which they began.

    Args:
        timeline: What happened; entries after `at` are left out.
        calendar: When the desk is staffed.
        targets: What is promised for this case.
        at: The instant; aware, like all others.
    """
    now = _utc(at)
    known = (Entry(_utc(entry.at), entry.what) for entry in timeline)
    told = stories(entry for entry in known if entry.at <= now)
    return tuple(_clock(story, calendar, targets.of(story.kind), now) for story in told)


def nearest(found: Iterable[Clock]) -> Clock | None:
    """Returns the running clock that is due first, overdue ones included; None where none is."""
    best: tuple[datetime, int, Clock] | None = None
    for clock in found:
        if clock.is_running and clock.due_at is not None:
            each = (clock.due_at, KINDS.index(clock.kind), clock)
            best = each if best is None or each[:2] < best[:2] else best
    return None if best is None else best[2]


def reached(calendar: Calendar, runs: Sequence[Run], amount: timedelta) -> datetime | None:
    """Returns when a clock with these runs shows so much staffed time, in UTC.

    None where its runs end before, and where the calendar has no such time within 400 days.
    """
    for start, end in runs:
        passed = None if end is None else _staffed(calendar, start, end)
        if passed is None or amount <= passed:
            return _later(calendar, start, amount)
        amount -= passed
    return None


def _staffed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    return timedelta(minutes=calendar.minutes_between(start, end))


def _later(calendar: Calendar, start: datetime, amount: timedelta) -> datetime | None:
    try:
        return _utc(calendar.add_minutes(start, amount / timedelta(minutes=1)))
    except ValueError:
        return None


def _utc(at: datetime) -> datetime:
    # Python compares two times of one zone by the wall clock, which goes back once a year.
    return at.astimezone(timezone.utc)


def _clock(story: Story, calendar: Calendar, target: timedelta | None, at: datetime) -> Clock:
    passed = (_staffed(calendar, start, end or at) for start, end in story.runs)
    due_at = None if target is None else _due(story, calendar, target)
    return Clock(
        kind=story.kind,
        runs=tuple(story.runs),
        target=target,
        elapsed=sum(passed, timedelta()),
        due_at=due_at,
        is_breached=due_at is not None and _ran_beyond(story.runs, due_at, at),
        met_at=story.met_at,
        ended_at=story.ended_at,
    )


def _due(story: Story, calendar: Calendar, target: timedelta) -> datetime | None:
    if story.is_paused:
        return reached(calendar, story.runs, target)
    # What has ended is judged by when it would have been due, had it run on.
    return reached(calendar, [*story.runs[:-1], Run(story.runs[-1].start, None)], target)


def _ran_beyond(runs: Sequence[Run], due_at: datetime, at: datetime) -> bool:
    return any(max(start, due_at) < (end or at) for start, end in runs)
