"""What a visitor asks, read from one text or from two: the question before and a follow-up.

Two texts are two lines. What the last line names wins; what it leaves open, the rest says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from bot.content.clock_times import Clock, find_clock
from bot.content.dates import DayQuestion, find_day
from bot.content.periods import Period, find_period

T = TypeVar("T")


@dataclass(frozen=True)
class When:
    """The time that is asked about: `now`, `days` from today on, or a longer `period`.

    None of them: the question is general, or with `unclear` about a day that is not known.
    `by_weekday` is true where days were named by nothing but their weekday.
    """

    now: bool = False
    days: tuple[date, ...] = ()
    period: Period | None = None
    unclear: bool = False
    by_weekday: bool = False


def newest(text: str, read: Callable[[str], T | None]) -> T | None:
    """What `read` finds in the last line of a text, or else in the lines before it."""
    *before, last = text.strip().splitlines() or [""]
    return read(last) or (read(" ".join(before)) if before else None) or None


def asked_when(text: str, now: datetime) -> When:
    """The time that a text asks about; days that have passed count as none."""
    return newest(text, lambda line: _when(line, now)) or When()


def asked_clock(text: str) -> Clock | None:
    """The time of day that a text names."""
    return newest(text, find_clock)


def _when(line: str, now: datetime) -> When | None:
    question = find_day(line, now)
    days = tuple(day for day in question.dates if day >= now.date())
    if question.kind == "now":
        return When(now=True)
    if days:
        return When(days=days, by_weekday=question.by_weekday)
    period = find_period(line, now.date()) if question.kind == "general" else None
    if period is not None:
        return When(period=period)
    return _rest(question)


def _rest(question: DayQuestion) -> When | None:
    if question.kind == "unclear":
        return When(unclear=True)
    # A day that has passed was named all the same: the line before must not speak for it.
    return When(by_weekday=True) if question.dates else None


def a_week_later(days: tuple[date, ...]) -> tuple[date, ...]:
    """The same weekdays of the week after."""
    return tuple(day + timedelta(days=7) for day in days)
