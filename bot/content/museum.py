"""The museum's facts from data/museum.yml: read once, checked kindly, quoted in both languages."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from opencc import OpenCC
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

logger = logging.getLogger(__name__)

QUOTE = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？])")
_EXHIBITION_KEYS = ("name", "from", "to", "room", "price", "link")
_HOURS_REMEDY = 'Write "closed", "10:00-17:30" or "10:00-13:00, 14:00-17:00"'
# OpenCC's own phrase list for Taiwan (s2twp) is made for computing: it turns 证明文件 into
# "proof files" and 感谢支持 into "thanks for the technical support". So only characters are
# converted, and these words, which mean one thing in a museum.
_LOCAL_WORDS = {
    "網絡": "網路",
    "視頻": "影片",
    "信息": "資訊",
    "短信": "簡訊",
    "鏈接": "連結",
    "打印": "列印",
    "出租車": "計程車",
}


@dataclass(frozen=True)
class Exhibition:
    """A temporary exhibition, open from `first` to `last` inclusive; no price means free."""

    name: Bilingual
    first: date
    last: date
    room: Bilingual
    prices: Mapping[str, float]
    link: str

    def is_on(self, day: date) -> bool:
        """Whether the exhibition runs on `day`."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Department:
    """A part of the museum that staff pass cases to."""

    id: str
    name: str


@dataclass(frozen=True)
class Museum:
    """Everything that museum.yml says, typed where answers compute with it."""

    time_zone: ZoneInfo
    opening: Calendar
    last_entry_minutes: int
    desk: Calendar
    departments: tuple[Department, ...]
    exhibitions: tuple[Exhibition, ...]
    promises: Mapping[str, int]
    facts: Mapping[str, Bilingual]
    path: Path

    def promise_minutes(self, channel: str) -> int:
        """The minutes of desk time within which a first reply is promised on a channel."""
        return self.promises.get(channel, self.promises["default"])

    def fact_paths(self) -> frozenset[str]:
        """Every path that an answer may quote in double square brackets."""
        return frozenset(self.facts)

    def fact(self, path: str, language: str) -> str:
        """The fact in 'en', 'zh-Hans' or 'zh-Hant'; raises ContentError for an unknown path."""
        if path not in self.facts:
            raise ContentError(str(self.path), f"no fact {path}", "Add it or mend the quotation")
        return in_language(self.facts[path], language)

    def unknown_facts(self, text: str) -> tuple[str, ...]:
        """The quoted paths of a text that museum.yml does not hold, in order."""
        return tuple(path for path in QUOTE.findall(text) if path not in self.facts)

    def fill(self, text: str, language: str) -> str:
        """The text with every [[path]] replaced by the fact; the words around it stay as they are.

        A sentence that quotes an unknown fact is left out and logged: a visitor is better served
        by a shorter answer than by "it costs £" or by brackets. The result may be empty.
        """
        if self.unknown_facts(text):
            text = "\n".join(self._known_part(line) for line in text.split("\n")).strip()
        return QUOTE.sub(lambda match: in_language(self.facts[match[1]], language), text)

    def _known_part(self, line: str) -> str:
        unknown = self.unknown_facts(line)
        if not unknown:
            return line
        logger.warning("sentence left out", extra={"unknown_facts": unknown})
        parts = _SENTENCE_END.split(line)
        return "".join(part for part in parts if not self.unknown_facts(part)).strip()


@lru_cache(maxsize=4096)
def to_traditional(text: str) -> str:
    """Simplified Chinese as it is written in Taiwan; other text passes unchanged."""
    converted: str = _converter().convert(text)
    for word, local in _LOCAL_WORDS.items():
        converted = converted.replace(word, local)
    return converted


@lru_cache(maxsize=1)
def _converter() -> Any:
    return OpenCC("s2tw")


def in_language(words: Bilingual, language: str) -> str:
    """The side of a bilingual text for 'en', 'zh-Hans' (or 'zh') or 'zh-Hant'."""
    if not language.startswith("zh"):
        return words.en
    return to_traditional(words.zh) if language == "zh-Hant" else words.zh


def load_museum(path: Path) -> Museum:
    """The museum of a YAML file; raises ContentError naming file, line and remedy."""
    root = read_yaml(path)
    if not isinstance(root, CommentedMap):
        raise ContentError(f"{path}:1", "the file holds no facts", "Begin with name:")
    return _Loader(path).museum(root)


@dataclass(frozen=True)
class _Loader:
    """Turns the YAML of one file into facts and complains with its lines."""

    path: Path

    def museum(self, root: CommentedMap) -> Museum:
        zone = self._get(root, "time_zone", _zone, "Write a name such as Europe/London")
        opening = self._section(root, "opening", {"week", "exceptions", "last_entry_minutes"})
        parts = {"hours", "exceptions", "promise_minutes", "departments"}
        desk = self._section(root, "desk", parts)
        return Museum(
            time_zone=zone,
            opening=self._calendar(opening, "week", zone),
            last_entry_minutes=self._get(opening, "last_entry_minutes", _count, "Write minutes"),
            desk=self._calendar(desk, "hours", zone),
            departments=tuple(self._department(row) for row in self._rows(desk, "departments")),
            exhibitions=tuple(self._exhibition(row) for row in self._rows(root, "exhibitions")),
            promises=self._promises(desk),
            facts=dict(self._facts(root, "")),
            path=self.path,
        )

    def _facts(self, node: Any, prefix: str) -> Iterator[tuple[str, Bilingual]]:
        items = enumerate(node) if isinstance(node, CommentedSeq) else node.items()
        for key, value in items:
            path = f"{prefix}{key}"
            if isinstance(value, CommentedMap) and {"en", "zh"} & value.keys():
                yield path, self._bilingual(node, key)
            elif isinstance(value, CommentedMap | CommentedSeq):
                yield from self._facts(value, f"{path}.")
            elif value is not None and not isinstance(value, bool):
                yield path, _written(path, value)

    def _section(self, root: CommentedMap, key: str, known: set[str]) -> CommentedMap:
        node: CommentedMap = self._get(root, key, _mapping, "Write its keys below it")
        for name, value in node.items():
            # Texts may stand beside what is computed with: opening.summary is one.
            is_text = isinstance(value, CommentedMap) and {"en", "zh"} <= value.keys()
            if name not in known and not is_text:
                remedy = f"Known are {', '.join(sorted(known))}, and bilingual texts"
                raise self._error(node, name, f"{key} has the unknown key {name}", remedy)
        return node

    def _calendar(self, node: CommentedMap, key: str, zone: ZoneInfo) -> Calendar:
        week = self._get(node, key, _mapping, "Write a line for each day")
        for day in week:
            if day not in DAYS:
                raise self._error(week, day, f"{day} is not a day", f"Write {', '.join(DAYS)}")
        hours = tuple(self._get(week, day, _hours, _HOURS_REMEDY) for day in DAYS)
        if not any(hours):
            raise self._error(node, key, f"{key} has no open day", "Give a day its hours")
        rows = self._rows(node, "exceptions") if "exceptions" in node else []
        return Calendar(hours, tuple(self._special(row) for row in rows), zone)

    def _special(self, row: CommentedMap) -> SpecialDays:
        for name in row:
            if name not in ("date", "from", "to", "every", "hours", "reason"):
                remedy = "Known are date, from, to, every, hours, reason"
                raise self._error(row, name, f"an exception has the unknown key {name}", remedy)
        hours = self._get(row, "hours", _hours, _HOURS_REMEDY)
        reason = self._bilingual(row, "reason") if "reason" in row else None
        when = set(row) & {"date", "from", "to", "every"}
        if when == {"every"}:
            every = self._get(row, "every", _month_day, "Write month-day, such as 12-25")
            return SpecialDays(hours, every=every, reason=reason)
        if when == {"date"}:
            day = self._date(row, "date")
            return SpecialDays(hours, day, day, reason=reason)
        if when != {"from", "to"}:
            problem = "an exception needs date, from and to, or every"
            raise self._error(row, next(iter(row)), problem, "Write exactly one of the three")
        return SpecialDays(hours, *self._date_range(row), reason=reason)

    def _exhibition(self, row: CommentedMap) -> Exhibition:
        for key in _EXHIBITION_KEYS:
            if key not in row:
                problem = f"an exhibition lacks {key}"
                raise self._error(row, next(iter(row)), problem, f"Add {key}:")
        first, last = self._date_range(row)
        return Exhibition(
            name=self._bilingual(row, "name"),
            first=first,
            last=last,
            room=self._bilingual(row, "room"),
            prices=self._get(row, "price", _prices, "Write free or {adult: 14, student: 9}"),
            link=self._get(row, "link", _text, "Write the address of its page"),
        )

    def _department(self, row: CommentedMap) -> Department:
        remedy = "Write {id: access, name: Access}"
        return Department(
            self._get(row, "id", _text, remedy), self._get(row, "name", _text, remedy)
        )

    def _promises(self, desk: CommentedMap) -> Mapping[str, int]:
        remedy = "Write minutes for each channel, and for default"
        node = self._get(desk, "promise_minutes", _mapping, remedy)
        self._get(node, "default", _count, remedy)
        return {str(channel): self._get(node, channel, _count, remedy) for channel in node}

    def _date_range(self, row: CommentedMap) -> tuple[date, date]:
        first, last = self._date(row, "from"), self._date(row, "to")
        if last < first:
            problem = f"it ends on {last}, before it begins on {first}"
            raise self._error(row, "to", problem, "Put the earlier date first")
        return first, last

    def _date(self, row: CommentedMap, key: str) -> date:
        day: date = self._get(row, key, _plain_date, "Write year-month-day: 2026-12-25")
        return day

    def _bilingual(self, node: Any, key: Any) -> Bilingual:
        words = node[key]
        for language, name in (("en", "English"), ("zh", "Chinese")):
            text = words.get(language) if isinstance(words, CommentedMap) else None
            if not isinstance(text, str) or not text.strip():
                remedy = f"Write {{en: ..., zh: ...}} with {language} in it"
                raise self._error(node, key, f"{key} has no {name} text", remedy)
        return Bilingual(str(words["en"]).strip(), str(words["zh"]).strip())

    def _rows(self, node: CommentedMap, key: str) -> list[CommentedMap]:
        rows = self._get(node, key, _sequence, f"Write {key}: and a list below it")
        for index, row in enumerate(rows):
            if not isinstance(row, CommentedMap) or not row:
                raise self._error(rows, index, f"a row of {key} is no mapping", "Write - key: ...")
        return list(rows)

    def _get(self, node: CommentedMap, key: Any, read: Callable[[Any], Any], remedy: str) -> Any:
        if key not in node:
            raise ContentError(self._above(node), f"{key} is missing", remedy)
        try:
            return read(node[key])
        except ValueError as error:
            raise self._error(node, key, f"{key}: {error}", remedy) from error

    def _above(self, node: CommentedMap) -> str:
        return place(self.path, node, next(iter(node))) if node else f"{self.path}:1"

    def _error(self, node: Any, key: Any, problem: str, remedy: str) -> ContentError:
        return ContentError(place(self.path, node, key), problem, remedy)


def _written(path: str, value: Any) -> Bilingual:
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, float) and not value.is_integer():
        text = f"{value:.2f}" if "price" in path else f"{value:g}"
    elif isinstance(value, float):
        text = str(int(value))
    else:
        text = str(value).strip()
    if path.startswith(("opening.week.", "desk.hours.")):
        return hours_words(_hours(text))
    return Bilingual(text, text)


def _typed(kind: type, problem: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise ValueError(problem)
        return value

    return read


_mapping = _typed(CommentedMap, "not a group of keys")
_sequence = _typed(CommentedSeq, "not a list")
_text = _typed(str, "not a text")


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value} is not a whole number of minutes")
    return int(value)


def _hours(value: Any) -> Hours:
    if not isinstance(value, str):
        raise ValueError(f"{value} holds no hours")
    return parse_hours(value)


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (OSError, LookupError) as error:
        raise ValueError(f"{value} is not a time zone") from error


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


def _prices(value: Any) -> dict[str, float]:
    if value == "free":
        return {}
    if not isinstance(value, CommentedMap) or not all(
        isinstance(price, int | float) and not isinstance(price, bool) and price >= 0
        for price in value.values()
    ):
        raise ValueError("not free and no numbers by visitor")
    return {str(visitor): float(price) for visitor, price in value.items()}
