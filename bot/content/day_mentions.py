"""The days that a stretch of a text mentions, and how two mentions side by side become one.

"Sunday" beside "14th" is one day, "to" between two days is all between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.content.calendar import coming, days_between, days_of_month
from bot.content.day_words import SPAN_WORDS

LONGEST_RANGE = 31
_BESIDE = re.compile(r"[\s,()的]*(?:\b(?:the|on)\b)?[\s(]*", re.ASCII)
_THROUGH = re.compile(rf"\s*(?:{SPAN_WORDS})\s*(?:the\s+)?", re.ASCII)


@dataclass(frozen=True)
class Mention:
    """Days in order, none where they cannot be worked out, and the stretch that names them.

    `weekday` and `day_of_month` are kept where nothing else was said: another mention may decide.
    """

    dates: tuple[date, ...]
    weekday: int | None = None
    day_of_month: int | None = None
    start: int = 0
    end: int = 0


def of_month(number: int, today: date, weekday: int | None) -> Mention | None:
    """The next day of that number in a month, on that weekday where one is given."""
    if not 1 <= number <= 31:
        return None
    days = days_of_month(number, today)
    fits = (day for day in days if weekday is None or day.weekday() == weekday)
    found = next(fits, None)
    return Mention((found,) if found else (), weekday, number if weekday is None else None)


def dated(year: int | None, month: int, numbers: list[int], today: date) -> Mention:
    """The days of those numbers in a month, without a year the next that the calendar has."""
    for candidate in [year] if year else range(today.year, today.year + 9):
        try:
            days = tuple(date(candidate, month, number) for number in numbers)
        except ValueError:
            continue
        if year or days[-1] >= today:
            return Mention(days)
    return Mention(())


def joined(found: Iterable[Mention], text: str, today: date) -> list[Mention]:
    """The mentions of a text in order, with those that belong together made one."""
    mentions: list[Mention] = []
    for mention in sorted(found, key=lambda each: each.start):
        whole = _join(mentions[-1], mention, text, today) if mentions else None
        if whole is None:
            mentions.append(mention)
        else:
            mentions[-1] = replace(whole, start=mentions[-1].start, end=mention.end)
    return mentions


def _join(left: Mention, right: Mention, text: str, today: date) -> Mention | None:
    gap = text[left.end : right.start]
    between = gap.strip() == "and" and text[: left.start].rstrip().endswith("between")
    if _BESIDE.fullmatch(gap) and (left.weekday is None) != (right.weekday is None):
        day, other = (left, right) if left.weekday is not None else (right, left)
        if other.day_of_month is not None:
            return of_month(other.day_of_month, today, day.weekday)
        return other
    if (between or _THROUGH.fullmatch(gap)) and left.dates and right.dates:
        return _through(left, right)
    return None


def _through(left: Mention, right: Mention) -> Mention | None:
    first, last = left.dates[0], right.dates[-1]
    if right.weekday is not None:
        last = coming(right.weekday, first)
    elif right.day_of_month is not None:
        last = next(iter(days_of_month(right.day_of_month, first)), last)
    days = tuple(days_between(first, last))
    return Mention(days) if 0 < len(days) <= LONGEST_RANGE else None
