"""The museum's facts from data/museum.yml: read once, checked kindly, quoted in both languages."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from opencc import OpenCC

from bot.content import desk_routing, desk_sections, museum_file, museum_sections
from bot.content.calendar import Bilingual, Calendar
from bot.content.desk_routing import Department, RoutingRow
from bot.content.desk_sections import FIRST_REPLY, Promises
from bot.content.facts import Facts, clock_of
from bot.content.museum_file import MuseumFile
from bot.content.price_table import PriceTable
from bot.content.programme import Closures, Exhibition, Notice
from bot.errors import ContentError

logger = logging.getLogger(__name__)

QUOTE = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？])")
_OPENING_KEYS = ("week", "exceptions", "last_entry_minutes")
_ROUTING_KEYS = ("departments", "routing", "praise_channel")
_DESK_KEYS = ("hours", "exceptions", *desk_sections.KEYS, *_ROUTING_KEYS)
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
class Museum:
    """Everything that museum.yml says, typed where answers compute with it."""

    time_zone: ZoneInfo
    opening: Calendar
    last_entry_minutes: int
    desk: Calendar
    departments: tuple[Department, ...]
    exhibitions: tuple[Exhibition, ...]
    prices: PriceTable
    closures: Closures
    notices: tuple[Notice, ...]
    promises: Promises
    routes: tuple[RoutingRow, ...]
    facts: Mapping[str, Bilingual]
    path: Path
    praise_channel: str | None = None

    def exhibition_prices(self, exhibition: Exhibition, day: date) -> Mapping[str, float] | None:
        """What an exhibition costs on a day, empty where free, None where that is not known."""
        if not exhibition.standard:
            return exhibition.prices
        row = self.prices.row_on(day)
        return None if row is None else row.exhibition

    def promise_minutes(self, channel: str) -> int:
        """The minutes of desk time within which a first reply is promised on a channel."""
        return self.promises.minutes(FIRST_REPLY, channel) or 0

    def department_for(self, reason: str) -> str:
        """The id of the department that gets the cases of a reason; else the first one."""
        told = {"reason": reason}
        fitting = (row.department for row in self.routes if row.fits(told))
        return next(fitting, self.departments[0]).id

    @property
    def routing(self) -> Mapping[str, str]:
        """The department of each reason that the routing table names."""
        named = (row.conditions.get("reason", ()) for row in self.routes)
        return {reason: self.department_for(reason) for group in named for reason in group}

    @property
    def slack_channels(self) -> frozenset[str]:
        """The Slack channels of departments and of rows of the routing table."""
        own = {each.slack_channel for each in self.departments}
        return frozenset(filter(None, own | {row.slack_channel for row in self.routes}))

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
    file = MuseumFile(path)
    root = file.root()
    zone = file.get(root, "time_zone", museum_file.time_zone, "Write a name such as Europe/London")
    opening = file.section(root, "opening", _OPENING_KEYS)
    desk = file.section(root, "desk", _DESK_KEYS)
    prices = museum_sections.price_table(file, root)
    departments = desk_routing.departments(file, desk)
    return Museum(
        time_zone=zone,
        opening=file.calendar(opening, "week", zone),
        last_entry_minutes=file.get(
            opening, "last_entry_minutes", museum_file.minutes, "Write minutes"
        ),
        desk=file.calendar(desk, "hours", zone),
        departments=departments,
        exhibitions=museum_sections.exhibitions(file, root, prices),
        prices=prices,
        closures=museum_sections.closures(file, root),
        notices=museum_sections.notices(file, root),
        promises=desk_sections.promises(file, desk),
        routes=desk_routing.routing(file, desk, departments),
        facts=Facts(dict(file.facts(root)), prices, clock_of(zone)),
        path=path,
        praise_channel=desk_routing.praise_channel(file, desk),
    )
