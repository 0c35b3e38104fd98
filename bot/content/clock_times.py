"""The time of day that a text names: "after 7", "until half past eight", 七点以后, 晚上八点半."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.content.day_words import counted
from bot.content.numbers import number
from bot.nlu.text import normal

NOON, MIDNIGHT = 12 * 60, 24 * 60
_HOUR_WORDS = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR = rf"(?P<hour>{_HOUR_WORDS})"
_HALF = r"\s*(?P<half>[ap]\.?m\b\.?)"
_CUE = (
    r"(?P<cue>after|past|at|by|from|until|till|til|'til|before|around|about|beyond|close at"
    r"|shut at|open at)"
)
_COUNTED = (
    r"(?!\s*(?:[-/.:]?\d|st\b|nd\b|rd\b|th\b|%|£|\$|€|people|persons?|of us|adults?|kids?|child|"
    r"stud|senior|year|yr|month|week|day|hour|hr|min|pound|quid|ticket|jan|feb|mar|apr|may|jun|"
    r"jul|aug|sep|oct|nov|dec|岁|个|人|月|日|号))"
)
_UNTIL = re.compile(r"(?:until|till|til|'til|up to|to|-|–)\s*$|(?:到|至)\s*$")
_HAN_HALF = (
    r"(?P<half>凌晨|清晨|早上|上午|早晨|中午|下午|午后|傍晚|晚上|夜里|夜间|今晚|明晚|晚间|晚|早)?"
)


@dataclass(frozen=True)
class Clock:
    """A minute of the day; not `sure` where "7" may be morning or evening.

    With `until` the question is whether the doors stay open as long as that.
    """

    minute: int
    sure: bool = False
    until: bool = False

    def by_day(self) -> Clock:
        """Read as people mean it who come by day: 1 to 7, and every end, are after noon."""
        if self.until:
            return self.by_evening()
        late = not self.sure and 60 <= self.minute < 8 * 60
        return replace(self, minute=self.minute + NOON) if late else self

    def by_evening(self) -> Clock:
        """Read as people mean it who ask about an evening."""
        late = not self.sure and 60 <= self.minute < NOON
        return replace(self, minute=self.minute + NOON) if late else self


def find_clock(text: str) -> Clock | None:
    """The first time of day that a text names, or None. "12" is noon unless night is said."""
    words = normal(text)
    found = [
        (match.start(), clock)
        for pattern in _PATTERNS
        for match in pattern.finditer(words)
        if (clock := _read(match)) is not None
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _read(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    if groups.get("name"):
        minute = NOON if groups["name"] in ("noon", "midday", "正午") else MIDNIGHT
        return Clock(minute, sure=True, until=_is_until(match))
    hour, minute_of_hour = _hour(match["hour"]), _minute(groups)
    if hour is None or hour > 24 or minute_of_hour is None or minute_of_hour > 59:
        return None
    total = min(hour * 60 + minute_of_hour, MIDNIGHT)
    if groups.get("to"):
        total -= 2 * minute_of_hour
    return _of_half(total, _half(match), until=_is_until(match)) if total >= 0 else None


def _of_half(total: int, half: str, *, until: bool) -> Clock:
    if half == "night" and NOON <= total < NOON + 60:
        return Clock(total + NOON, sure=True, until=until)
    if half in ("pm", "night"):
        return Clock(total + NOON if total < NOON else total, sure=True, until=until)
    if half == "am":
        return Clock(total - NOON if NOON <= total < NOON + 60 else total, True, until)
    return Clock(total, sure=not 60 <= total < NOON, until=until)


def _hour(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return number(text) if text.isascii() else counted(text)


def _minute(groups: dict[str, str | None]) -> int | None:
    text = groups.get("minute")
    if text:
        named = {"half": 30, "quarter": 15, "半": 30, "一刻": 15, "三刻": 45}
        return named[text] if text in named else counted(text.rstrip("分"))
    return 30 if groups.get("bare_half") else 0


def _half(match: re.Match[str]) -> str:
    given = (match.groupdict().get("half") or "").replace(".", "").strip()
    if given in ("am", "pm"):
        return given
    if given:
        early = given in ("凌晨", "清晨", "早上", "上午", "早晨", "早")
        return "am" if early else "pm" if given in ("中午", "下午", "午后", "傍晚") else "night"
    after = match.string[match.end() : match.end() + 24]
    if re.search(r"in the morning|\bmorning\b", after):
        return "am"
    return "pm" if re.match(r"\s*(?:in the (?:after|even)|tonight|at night)", after) else ""


def _is_until(match: re.Match[str]) -> bool:
    cue = match.groupdict().get("cue") or ""
    return cue in ("until", "till", "til", "'til") or bool(
        _UNTIL.search(match.string[max(match.start() - 8, 0) : match.start()])
    )


_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"\b(?P<minute>half|quarter) (?:past |(?P<to>to )){_HOUR}\b(?:{_HALF})?",
        rf"\b(?P<bare_half>half) {_HOUR}\b(?:{_HALF})?(?! (?:price|term|off))",
        rf"(?<![\d£$€.:/]){_HOUR}(?:[:.](?P<minute>[0-5]\d))?{_HALF}",
        rf"(?<![\d£$€.:/]){_HOUR}\s*(?:o'? ?clock|ish\b)(?:{_HALF})?",
        r"(?<![\d£$€.:/])(?P<hour>\d{1,2})[:：](?P<minute>[0-5]\d)(?![\d:])",
        rf"\b{_CUE} (?:about |around |like )?{_HOUR}(?:\.(?P<minute>[0-5]\d))?\b{_COUNTED}",
        r"\b(?P<name>noon|midday|midnight)\b",
        r"(?P<name>正午|半夜|午夜)",
        rf"{_HAN_HALF}\s*(?:(?<=[周期拜][一二三四五六日天])|(?<![\d一二三四五六七八九十]))"
        r"(?P<hour>\d{1,2}|十[一二]?|二十[一二三四]?|[一二两三四五六七八九])"
        r"(?:点(?!心|儿?[的钱票呢])|时(?![间候]))钟?"
        r"(?P<minute>半|一刻|三刻|[0-5]?\d分?|[二三四五]?十[一-九]?分?)?",
    )
)
