"""An opening calendar: weeks, exceptions and open minutes, without files and without a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from holidays import country_holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEARCH_DAYS = 400
_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


class Interval(NamedTuple):
    """An open stretch of one day in local wall-clock time; `closes` is the first closed minute."""

    opens: time
    closes: time


Hours = tuple[Interval, ...]


@dataclass(frozen=True)
class Bilingual:
    """A text in English and in Simplified Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class DayHours:
    """The hours of one day; no interval means closed, `special` that an exception set them."""

    open: Hours
    reason: Bilingual | None = None
    special: bool = False


@dataclass(frozen=True)
class SpecialDays:
    """An exception to the week for `first` to `last`, or for (month, day) `every` year."""

    hours: Hours
    first: date = date.min
    last: date = date.max
    every: tuple[int, int] | None = None
    reason: Bilingual | None = None

    def covers(self, day: date) -> bool:
        """Whether this exception decides the hours of `day`."""
        if self.every is not None:
            return (day.month, day.day) == self.every
        return self.first <= day <= self.last


def parse_hours(text: str) -> Hours:
    """The intervals of "closed" or "10:00-13:00, 14:00-17:00"; raises ValueError with the slip."""
    if text.strip() == "closed":
        return ()
    hours = tuple(_interval(part) for part in text.split(","))
    for before, after in pairwise(hours):
        if after.opens < before.closes:
            raise ValueError(f'"{text}" overlaps or is out of order')
    return hours


def _interval(text: str) -> Interval:
    match = _INTERVAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text.strip()}" is not a range of times')
    hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
    try:
        interval = Interval(time(hour, minute), time(end_hour, end_minute))
    except ValueError:
        raise ValueError(f'"{text.strip()}" holds a time that no clock shows') from None
    if interval.closes <= interval.opens:
        raise ValueError(f'"{text.strip()}" ends before it begins')
    return interval


def coming(weekday: int, day: date) -> date:
    """The first such weekday, Monday being 0, on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=shift) for shift in range((last - first).days + 1))


def days_of_month(number: int, first: date) -> Iterator[date]:
    """The days of that number in a month, in the year that begins with `first`."""
    return (day for day in days_between(first, first + timedelta(days=366)) if day.day == number)


@lru_cache(maxsize=64)
def feast(name: str, year: int) -> date | None:
    """The day of "Easter" or of a Chinese moon feast, None in years that nobody has computed."""
    if name == "Easter":
        days = country_holidays("GB", subdiv="ENG", years=year).get_named("Easter Monday")
        return min(days) - timedelta(days=1) if days else None
    days = country_holidays("CN", years=year, language="en_US").get_named(name, lookup="exact")
    return min(days, default=None)


def clock_words(at: time) -> Bilingual:
    """A local time as it is said: "5:30pm" and "17:30"."""
    if at in (time(0), time(12)):
        return Bilingual("noon" if at.hour else "midnight", f"{at:%H:%M}")
    minutes = f":{at:%M}" if at.minute else ""
    half = "am" if at.hour < 12 else "pm"
    return Bilingual(f"{at.hour % 12 or 12}{minutes}{half}", f"{at:%H:%M}")


def date_words(day: date) -> Bilingual:
    """A date as it is written: "21 February 2027" and "2027年2月21日"."""
    return Bilingual(f"{day.day} {day:%B %Y}", f"{day.year}年{day.month}月{day.day}日")


def hours_words(hours: Hours) -> Bilingual:
    """The intervals of a day as they are written: "10am–5:30pm" and "10:00–17:30"."""
    if not hours:
        return Bilingual("closed", "闭馆")
    pairs = [(clock_words(opens), clock_words(closes)) for opens, closes in hours]
    return Bilingual(
        ", ".join(f"{opens.en}–{closes.en}" for opens, closes in pairs),
        "、".join(f"{opens.zh}–{closes.zh}" for opens, closes in pairs),
    )


@dataclass(frozen=True)
class Calendar:
    """Seven days of hours, Monday first, with exceptions of which the first that fits wins.

    All questions take aware datetimes of any zone and all answers are in `zone`. Intervals are
    turned into instants before anything is compared or added, so a clock change costs no minute.
    """

    week: tuple[Hours, ...]
    exceptions: tuple[SpecialDays, ...]
    zone: ZoneInfo

    def hours_on(self, day: date) -> DayHours:
        """The hours of `day` and the reason where an exception decides them."""
        for row in self.exceptions:
            if row.covers(day):
                return DayHours(row.hours, row.reason, special=True)
        return DayHours(self.week[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        """Whether the doors are open at this instant; the closing minute itself is closed."""
        return self.closing_after(at) is not None

    def closing_after(self, at: datetime) -> datetime | None:
        """When the interval that is open at `at` ends, or None when it is closed then."""
        for start, end in self._spans_on(self._day(at)):
            if start <= at < end:
                return end.astimezone(self.zone)
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment at or after `at` when doors open, or None within 400 days."""
        for start, _ in self._spans_from(at):
            if start >= at:
                return start.astimezone(self.zone)
        return None

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """The open minutes from `start` to `end`, 0 when `end` is not later."""
        total = timedelta()
        day, last = self._day(start), self._day(end)
        while day <= last:
            for opens, closes in self._spans_on(day):
                total += max(timedelta(), min(closes, _utc(end)) - max(opens, _utc(start)))
            day += timedelta(days=1)
        return total / timedelta(minutes=1)

    def add_minutes(self, start: datetime, minutes: float) -> datetime:
        """The moment when `minutes` open minutes have passed since `start`.

        Raises:
            ValueError: The calendar holds fewer open minutes in the 400 days after `start`.
        """
        left = timedelta(minutes=minutes)
        if left <= timedelta():
            return start.astimezone(self.zone)
        for opens, closes in self._spans_from(start):
            begins = max(opens, _utc(start))
            if left <= closes - begins:
                return (begins + left).astimezone(self.zone)
            left -= closes - begins
        raise ValueError(f"fewer than {minutes:g} open minutes in {SEARCH_DAYS} days")

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _spans_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = self._day(at)
        for ahead in range(SEARCH_DAYS + 1):
            for span in self._spans_on(first + timedelta(days=ahead)):
                if span[1] > at:
                    yield span

    def _spans_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.hours_on(day).open:
            start = _utc(datetime.combine(day, opens, self.zone))
            end = _utc(datetime.combine(day, closes, self.zone))
            # An interval inside the hour that spring skips has no minutes on that day.
            if start < end:
                yield start, end


def _utc(at: datetime) -> datetime:
    return at.astimezone(timezone.utc)
