"""Cases told line by line, for the tests of what is promised in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.calendar import Calendar, SpecialDays, parse_hours
from bot.desk.promises import Clock, Targets, clocks
from bot.desk.timeline import Entry, Happened

LONDON = ZoneInfo("Europe/London")
# 23 November 2026 is a Monday.
WEEKDAYS = "mon tue wed thu fri"


def desk(
    hours: str = "09:00-17:00",
    days: str = WEEKDAYS,
    *special: SpecialDays,
    zone: str = "Europe/London",
) -> Calendar:
    """A calendar with the same hours on each of these days."""
    named = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = tuple(parse_hours(hours) if day in days.split() else () for day in named)
    return Calendar(week, special, ZoneInfo(zone))


OFFICE = desk()
HOUR = Targets(timedelta(hours=1), timedelta(hours=1), timedelta(hours=8))


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """An instant as "11-23 10:00", in the winter of 2026."""
    year = 2026 if text >= "06" else 2027
    return datetime.fromisoformat(f"{year}-{text}").replace(tzinfo=zone)


def story(text: str) -> list[Entry]:
    """A timeline from lines such as "11-23 10:00 opened"."""
    rows = [line.strip().rpartition(" ") for line in text.splitlines() if line.strip()]
    return [Entry(at(when), Happened(what)) for when, _, what in rows]


def seen(
    text: str, when: str, calendar: Calendar = OFFICE, targets: Targets = HOUR
) -> dict[str, Clock]:
    """The last clock of each kind at an instant."""
    return {clock.kind: clock for clock in clocks(story(text), calendar, targets, at(when))}


def minutes(clock: Clock) -> float:
    """What a clock shows."""
    return clock.elapsed / timedelta(minutes=1)
