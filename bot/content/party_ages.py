"""The ages that a text names: "aged 4 and 12", "a ten year old", "under 5", 六十八岁, 七十多."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.content.numbers import HAN, WORDS, number

OLDEST = 120
# Stands in a text for what has been read.
READ = "\0"
_N = rf"(?:\d{{1,3}}|{WORDS})"
_HAN_N = rf"(?:\d{{1,3}}|{HAN})"
_COUNT = rf"(?:(?P<count>\d{{1,2}}|{WORDS}|an?) )?"
_LIST = rf"{_N}(?:\s*(?:,|and|&|/|or)\s*(?:and )?{_N})*"
# A number that goes on like this is a time, a price or a number of something else.
_ENDS = r"(?![\d:.%]?\d|\s*(?:am|pm|people|of us|tickets?|pounds?|quid|adults?|o'clock|months?|:))"
_ONE_OF_THEM = r"(?P<single>one|other|other one|eldest|oldest|youngest|elder|younger)"
_HAN_ONE_OF_THEM = r"(?P<single>大的|小的|老大|老二|另一个|其中一个)?"
_SHE_IS = r"(?:he'?s|she'?s|he is|she is|they'?re|they are)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_COUNT}(?P<ages>{_N})[- ]?(?:(?:years?|yrs?|yr)[- ]?olds?|y/?o'?s?)\b",
        rf"\b{_COUNT}(?P<months>{_N})[- ]?(?:months?|weeks?|mths?)[- ]?olds?\b",
        rf"\bunder[- ]?(?P<under>\d{{1,2}}|{WORDS})(?:'?s)?\b(?! (?:minutes|pounds|quid))",
        r"\bover[- ]?(?P<over>[5-9]\d|sixty|sixty-five|seventy)(?:'?s)?\b",
        r"(?P<over>[5-9]\d)(?:\+| (?:and|or) (?:over|above|older)\b)",
        rf"\b(?P<myself>i'?m|i am) (?P<ages>{_N})\b{_ENDS}",
        rf"\b{_SHE_IS} (?P<ages>{_LIST})\b{_ENDS}",
        rf"\b{_ONE_OF_THEM}(?:'?s| is)? (?P<ages>{_N})\b{_ENDS}",
        rf"\b(?:aged|ages?|age of|turning|turned) (?P<ages>{_LIST})\b{_ENDS}",
        rf"(?P<myself>我)?{_HAN_ONE_OF_THEM}(?:今年)?(?:(?P<count>\d{{1,2}}|{HAN})[个位名])?"
        rf"(?P<ages>{_HAN_N})[多几]?周?岁(?:(?P<below>以下|以内)|以上|半|多)?",
        r"(?P<months>\d{1,2}|[一二两三四五六七八九十]{1,2})个月大",
        r"(?P<ages>[五六七八九]十)多(?!块|元|镑|人|个|分|岁)",
    )
)
_BARE = re.compile(
    r"\s*(?:,|:|\()?\s*(?:(?:who'?s?|is|are|was|they'?re|both|all|now|'s|aged|ages)\s+)*\(?"
    rf"{_LIST}\b{_ENDS}"
)
_HAN_BARE = re.compile(
    r"[（(]?(?:今年|都|已经|才|刚|也|是|有|快)*(?:\d{2}|[一二三四五六七八九]十[一二三四五六七八九]?)"
    r"(?![\d个人张块元镑点月号位多岁])"
)
_NUMBER = re.compile(rf"\d{{1,3}}|{WORDS}|{HAN}")


@dataclass(frozen=True)
class Ages:
    """Ages that the stretch from `start` to `end` names, of `count` people each.

    `kind` is given where it says that too, `myself` where they are the writer's own.
    """

    ages: tuple[int, ...]
    start: int
    end: int
    count: int | None = None
    kind: str | None = None
    myself: bool = False


def find_ages(words: str) -> tuple[list[Ages], str]:
    """The ages of a plain text in order, and the text with what was read crossed out."""
    found: list[Ages] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(words):
            ages = None if READ in words[match.start() : match.end()] else _read(match)
            if ages is not None:
                found.append(ages)
                words = words[: ages.start] + READ * len(match[0]) + words[ages.end :]
    return sorted(found, key=lambda ages: ages.start), words


def bare_ages(rest: str) -> tuple[tuple[int, ...], int]:
    """The ages at the very beginning of a text, as after "kids", and where they end."""
    match = _BARE.match(rest) or _HAN_BARE.match(rest)
    if match is None:
        return (), 0
    values = _numbers(match[0])
    return (values, match.end()) if values and max(values) <= OLDEST else ((), 0)


def _read(match: re.Match[str]) -> Ages | None:
    groups = match.groupdict()
    count = 1 if groups.get("single") else number(groups.get("count") or "")
    values, kind = _values(groups)
    if not values or max(values) > OLDEST:
        return None
    myself = bool(groups.get("myself"))
    return Ages(values, match.start(), match.end(), count, kind, myself)


def _values(groups: dict[str, str | None]) -> tuple[tuple[int, ...], str | None]:
    if groups.get("months"):
        return (0,), "child"
    if text := groups.get("under"):
        return (max((number(text) or 1) - 1, 0),), "child"
    values = _numbers(groups.get("over") or groups.get("ages") or "")
    if groups.get("below"):
        values = tuple(max(value - 1, 0) for value in values)
    return values, None


def _numbers(text: str) -> tuple[int, ...]:
    found = (number(each) for each in _NUMBER.findall(text))
    return tuple(value for value in found if value is not None)
