"""The strict reader of data/museum.yml: it complains with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content.calendar import (
    DAYS,
    Bilingual,
    Calendar,
    Hours,
    SpecialDays,
    date_words,
    hours_words,
    parse_hours,
)
from bot.content.sentences import place, read_yaml
from bot.errors import ContentError

_EXCEPTION_KEYS = ("date", "from", "to", "every", "hours", "reason")
# A quotation would outlive what stands there; the answers that compute with it look at the date.
_DATED = ("prices.table", "prices.categories", "closures", "notices")
_WHEN = {"date", "from", "to", "every"}
_HOURS_REMEDY = 'Write "closed", "10:00-17:30" or "10:00-13:00, 14:00-17:00"'


@dataclass(frozen=True)
class MuseumFile:
    """One file of facts; every reading raises ContentError at the line to mend."""

    path: Path

    def root(self) -> CommentedMap:
        """The keys of the whole file."""
        root = read_yaml(self.path)
        if not isinstance(root, CommentedMap):
            raise ContentError(f"{self.path}:1", "the file holds no facts", "Begin with name:")
        return root

    def facts(self, node: Any, prefix: str = "") -> Iterator[tuple[str, Bilingual]]:
        """Every fact below a node by its dotted path, as it is written in answers."""
        items = enumerate(node) if isinstance(node, CommentedSeq) else node.items()
        for key, value in items:
            path = f"{prefix}{key}"
            if path in _DATED:
                continue
            if isinstance(value, CommentedMap) and {"en", "zh"} & value.keys():
                yield path, self.bilingual(node, key)
            elif isinstance(value, CommentedMap | CommentedSeq):
                yield from self.facts(value, f"{path}.")
            elif value is not None and not isinstance(value, bool):
                yield path, _written(path, value)

    def section(self, root: CommentedMap, key: str, known: Collection[str]) -> CommentedMap:
        """The keys below a key, none but the known ones and bilingual texts."""
        node: CommentedMap = self.get(root, key, mapping, "Write its keys below it")
        for name, value in node.items():
            # Texts may stand beside what is computed with: opening.summary is one.
            is_text = isinstance(value, CommentedMap) and {"en", "zh"} <= value.keys()
            if name not in known and not is_text:
                remedy = f"Known are {', '.join(sorted(known))}, and bilingual texts"
                raise self.error(node, name, f"{key} has the unknown key {name}", remedy)
        return node

    def calendar(self, node: CommentedMap, key: str, zone: ZoneInfo) -> Calendar:
        """The week at a key, with the exceptions beside it."""
        week = self.get(node, key, mapping, "Write a line for each day")
        for day in week:
            if day not in DAYS:
                raise self.error(week, day, f"{day} is not a day", f"Write {', '.join(DAYS)}")
        hours = tuple(self.get(week, day, _hours, _HOURS_REMEDY) for day in DAYS)
        if not any(hours):
            raise self.error(node, key, f"{key} has no open day", "Give a day its hours")
        rows = self.rows(node, "exceptions") if "exceptions" in node else []
        return Calendar(hours, tuple(self._special(row) for row in rows), zone)

    def _special(self, row: CommentedMap) -> SpecialDays:
        for name in row:
            if name not in _EXCEPTION_KEYS:
                problem = f"an exception has the unknown key {name}"
                raise self.error(row, name, problem, f"Known are {', '.join(_EXCEPTION_KEYS)}")
        hours = self.get(row, "hours", _hours, _HOURS_REMEDY)
        reason = self.bilingual(row, "reason") if "reason" in row else None
        if set(row) & _WHEN == {"every"}:
            every = self.get(row, "every", _month_day, "Write month-day, such as 12-25")
            return SpecialDays(hours, every=every, reason=reason)
        return SpecialDays(hours, *self._special_range(row), reason=reason)

    def _special_range(self, row: CommentedMap) -> tuple[date, date]:
        when = set(row) & _WHEN
        if when == {"date"}:
            day = self.day(row, "date")
            return day, day
        if when != {"from", "to"}:
            problem = "an exception needs date, from and to, or every"
            raise self.error(row, next(iter(row)), problem, "Write exactly one of the three")
        return self.date_range(row)

    def date_range(self, row: CommentedMap) -> tuple[date, date]:
        """The dates at from and to, in this order."""
        first, last = self.day(row, "from"), self.day(row, "to")
        if last < first:
            problem = f"it ends on {last}, before it begins on {first}"
            raise self.error(row, "to", problem, "Put the earlier date first")
        return first, last

    def day(self, row: CommentedMap, key: str) -> date:
        """The date at a key."""
        day: date = self.get(row, key, _plain_date, "Write year-month-day: 2026-12-25")
        return day

    def bilingual(self, node: Any, key: Any) -> Bilingual:
        """The English and the Chinese text at a key, both of them there."""
        words = node[key]
        for language, name in (("en", "English"), ("zh", "Chinese")):
            text = words.get(language) if isinstance(words, CommentedMap) else None
            if not isinstance(text, str) or not text.strip():
                remedy = f"Write {{en: ..., zh: ...}} with {language} in it"
                raise self.error(node, key, f"{key} has no {name} text", remedy)
        return Bilingual(str(words["en"]).strip(), str(words["zh"]).strip())

    def rows(self, node: CommentedMap, key: str) -> list[CommentedMap]:
        """The rows of the list at a key, each with keys of its own."""
        rows = self.get(node, key, _sequence, f"Write {key}: and a list below it")
        for index, row in enumerate(rows):
            if not isinstance(row, CommentedMap) or not row:
                raise self.error(rows, index, f"a row of {key} is no mapping", "Write - key: ...")
        return list(rows)

    def get(self, node: CommentedMap, key: Any, read: Callable[[Any], Any], remedy: str) -> Any:
        """What `read` makes of the value at a key; its ValueError becomes the complaint."""
        if key not in node:
            raise ContentError(self._above(node), f"{key} is missing", remedy)
        try:
            return read(node[key])
        except ValueError as error:
            raise self.error(node, key, f"{key}: {error}", remedy) from error

    def _above(self, node: CommentedMap) -> str:
        return place(self.path, node, next(iter(node))) if node else f"{self.path}:1"

    def error(self, node: Any, key: Any, problem: str, remedy: str) -> ContentError:
        """The complaint about a key or an index."""
        return ContentError(place(self.path, node, key), problem, remedy)


def _written(path: str, value: Any) -> Bilingual:
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, float):
        text = amount(value) if "price" in path else f"{value:g}"
    else:
        text = str(value).strip()
    if path.startswith(("opening.week.", "desk.hours.")):
        return hours_words(_hours(text))
    return Bilingual(text, text)


def amount(value: float) -> str:
    """A price as it is written, without its currency: "14" and "2.50"."""
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}"


def _typed(kind: type, problem: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise ValueError(problem)
        return value

    return read


mapping = _typed(CommentedMap, "not a group of keys")
some_text = _typed(str, "not a text")
_sequence = _typed(CommentedSeq, "not a list")


def minutes(value: Any) -> int:
    """A whole number of minutes."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value} is not a whole number of minutes")
    return int(value)


def days(value: Any) -> int:
    """A whole number of days."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value} is not a whole number of days")
    return int(value)


def time_zone(value: Any) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(str(value))
    except (OSError, LookupError) as error:
        raise ValueError(f"{value} is not a time zone") from error


def prices(value: Any) -> dict[str, float]:
    """Prices by visitor, none where it is free."""
    if value == "free":
        return {}
    if not isinstance(value, CommentedMap) or not all(
        isinstance(price, int | float) and not isinstance(price, bool) and price >= 0
        for price in value.values()
    ):
        raise ValueError("not free and no numbers by visitor")
    return {str(visitor): float(price) for visitor, price in value.items()}


def _hours(value: Any) -> Hours:
    if not isinstance(value, str):
        raise ValueError(f"{value} holds no hours")
    return parse_hours(value)


def _plain_date(value: Any) -> date:
    if type(value) is not date:
        raise ValueError(f"{value} is not a date")
    return value


def _month_day(value: Any) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", str(value))
    if match is None:
        raise ValueError(f"{value} is not a month and a day")
    day = date(2024, int(match[1]), int(match[2]))
    return day.month, day.day
