"""Longer stretches that a text asks about: a month, a part of one, a season, a year."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.day_words import HAN_NUMBER, counted, month_number, plain

_MONTH_NAMES = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_PART_WORDS = (
    r"(?P<part>early|late|mid|beginning|start|middle|end|first week|last week)"
    r"[ -](?:of |in )?(?:the )?"
)
_PART = rf"(?:{_PART_WORDS})?"
_HAN_PART = r"(?P<part>上旬|中旬|下旬|初|中|底|末)?"
# The first and the last day of a part of a month; 0 is its last day.
_PARTS = {
    **dict.fromkeys(("early", "beginning", "start", "初", "上旬"), (1, 10)),
    "first week": (1, 7),
    "last week": (25, 0),
    **dict.fromkeys(("mid", "middle", "中", "中旬"), (11, 20)),
    **dict.fromkeys(("late", "end", "底", "末", "下旬"), (21, 0)),
}
_SEASONS = {
    r"\bspring\b(?! festival)|春[天季]|开春": (3, 5),
    r"\bsummer holidays?\b|暑[假期]": (7, 8),
    r"\bsummer\b|夏[天季]": (6, 8),
    r"\bautumn\b|\bin the fall\b|秋[天季]": (9, 11),
    r"\bwinter\b|冬[天季]": (12, 2),
}


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def covers(self, first: date, last: date) -> bool:
        """Whether something that lasts from `first` to `last` shares a day with this."""
        return first <= self.last and last >= self.first

    def is_month(self, today: date) -> bool:
        """Whether this is a calendar month, or what is left of the present one."""
        same = (self.first.year, self.first.month) == (self.last.year, self.last.month)
        return same and self.first in (today, self.first.replace(day=1)) and _ends(self.last)


def find_period(text: str, today: date) -> Period | None:
    """The stretch of more than some days that a text asks about, from `today` on, or None."""
    words = plain(text)
    for pattern, read in _RULES:
        match = pattern.search(words)
        period = read(match, today) if match else None
        if period is not None and period.last >= today:
            return Period(max(period.first, today), period.last)
    return None


def _ends(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _month(year: int, month: int) -> Period:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return Period(date(year, month, 1), after - timedelta(days=1))


def _part(period: Period, part: str | None) -> Period:
    if not part:
        return period
    first, last = _PARTS[part]
    end = period.first.replace(day=last) if last else period.last
    return Period(period.first.replace(day=first), end)


def _relative_month(match: re.Match[str], today: date) -> Period:
    ahead = 1 if match["when"] in ("next", "下", "下个") else 0
    return _part(_month(today.year, today.month + ahead), match["part"])


def _named_month(match: re.Match[str], today: date) -> Period | None:
    name = match["month"]
    month = month_number(name) if name[0].isascii() and name[0].isalpha() else counted(name)
    if not 1 <= month <= 12:
        return None
    year = _year(match, today)
    if year is None:
        year = today.year + (month < today.month)
    return _part(_month(year, month), match["part"])


def _year(match: re.Match[str], today: date) -> int | None:
    given = match["year"]
    if not given:
        return None
    if given.isdigit():
        return int(given)
    return today.year + (given in ("next", "明"))


def _of_year(match: re.Match[str], today: date) -> Period:
    year = today.year + (match["when"] in ("next", "明"))
    if match["part"] in ("end", "底", "末"):
        return _month(year, 12)
    return Period(date(year, 1, 1), date(year, 12, 31))


def _whole_year(match: re.Match[str], today: date) -> Period:
    year = int(match["year"] or match["han"])
    return Period(date(year, 1, 1), date(year, 12, 31))


def _season(months: tuple[int, int]) -> Callable[[re.Match[str], date], Period]:
    def read(match: re.Match[str], today: date) -> Period:
        for year in (today.year - 1, today.year, today.year + 1):
            last = _month(year + (months[1] < months[0]), months[1]).last
            if last >= today:
                break
        return Period(date(year, months[0], 1), last)

    return read


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (rf"\b{_PART}(?P<when>this|next|the) month\b(?!')", _relative_month),
        (rf"(?P<when>下个?|这个?|本|当)月{_HAN_PART}", _relative_month),
        (r"(?<![月\d一二三四五六七八九十])(?P<when>)月(?P<part>初|中|底|末)", _relative_month),
        (
            rf"(?:(?P<year>20\d\d|今|明)年?的?)?(?P<month>{HAN_NUMBER})月份?{_HAN_PART}(?![\d一二三四五六七八九十])",
            _named_month,
        ),
        (
            rf"\b(?:in|for|during|until|till|by|of|around|throughout|from|over|next|this|{_PART_WORDS})"
            rf"\s*(?P<month>{_MONTH_NAMES})\b(?!\s*\d{{1,2}}\b)(?:,?\s*(?P<year>20\d\d|next))?",
            _named_month,
        ),
        (
            rf"\b(?P<part>)(?P<month>(?!may\b|mar\b|march\b|sept?\b|dec\b|jan\b)(?:{_MONTH_NAMES}))\b"
            r"(?!\s*\d{1,2}\b)(?:,?\s*(?P<year>20\d\d|next))?",
            _named_month,
        ),
        (r"\b(?:(?P<part>end|rest) of )?(?:the )?(?P<when>this|next|the) year\b(?!')", _of_year),
        (r"(?P<when>今|明)?年(?P<part>底|末)", _of_year),
        (r"(?P<when>今|明)年(?P<part>内)?", _of_year),
        (r"\b(?:in|of|for|about|during) (?P<year>20\d\d)\b|(?P<han>20\d\d)年", _whole_year),
        *((pattern, _season(months)) for pattern, months in _SEASONS.items()),
    )
)
