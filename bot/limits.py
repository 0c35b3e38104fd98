"""What one platform message may hold, in the platform's own unit, and how to cut to fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

Measure = Callable[[str], int]


def characters(text: str) -> int:
    """Counts Unicode code points."""
    return len(text)


def utf16_units(text: str) -> int:
    """Counts UTF-16 code units, as JavaScript, Meta and Telegram do: most emoji count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """Counts UTF-8 bytes, as WeChat does: a Chinese character counts three times."""
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Limits:
    """What one message of a channel can hold.

    Args:
        length: Of a text, in units of `measure`.
        measure: Counts as the platform does.
        choices: The most buttons.
        label: Of a button, in units of `measure`.
        with_choices: Of a text that has buttons, where that is less.
        passive_seconds: For so long after a visitor's message its answer may travel in the
            response to the webhook; until then it is not sent in any other way.
        edits: Whether a message that was sent can be changed.
        deletes: Whether a message that was sent can be taken away.
    """

    length: int
    measure: Measure = characters
    choices: int = 3
    label: int = 20
    with_choices: int | None = None
    passive_seconds: float = 0.0
    edits: bool = False
    deletes: bool = False


# What closes a quotation or a bracket stays with what it closes, and what opens one with the rest.
_CLOSING = "’”」』）)】》〉〕］｝]}»›"
_CLOSERS = re.escape(_CLOSING)
_NEVER_FIRST = frozenset(_CLOSING + "，、。；：！？…·～％,.;:!?%°")
_NEVER_LAST = frozenset("‘“「『（(【《〈〔［｛[{«‹£$€¥￥#@")
# Where a text may be cut, best first. A sign of ASCII ends something only before a space or a
# character of another script: 10:30, 1,024 and a.example stay whole.
_GAPS = (re.compile(r"\n\s*\n"), re.compile(r"\n"))
_SENTENCE = re.compile(
    rf"""[。！？…]+[{_CLOSERS}"']*|[.]+[{_CLOSERS}"']*(?=\s)|[!?]+[{_CLOSERS}"']*(?=[^!-~])"""
)
_CLAUSE = re.compile(rf"[，、；：]|[,;:][{_CLOSERS}]*(?=[^!-~])")
_SPACE = re.compile(r"\s")
_LINK = re.compile(r"https?://[!-~]+")


def split(text: str, limits: Limits) -> list[str]:
    """Cuts a text into parts that each fit; never inside a character or a link.

    A part ends at the best place in its second half; a sentence stays whole where it can.
    """
    parts: list[str] = []
    rest = text.strip()
    while limits.measure(rest) > limits.length:
        end = _best_cut(rest, _fitting(rest, limits))
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [part for part in [*parts, rest] if part]


def split_for_choices(text: str, limits: Limits) -> list[str]:
    """As `split`, with a last part that leaves room for the buttons under it."""
    parts = split(text, limits)
    room = limits.length if limits.with_choices is None else limits.with_choices
    if not parts or limits.measure(parts[-1]) <= room:
        return parts
    return [*parts[:-1], *split(parts[-1], replace(limits, length=room))]


def shorten(text: str, most: int, measure: Measure = characters) -> str:
    """Returns the text, ended with "…" where it would not fit."""
    if measure(text) <= most:
        return text
    end = _fitting(text, Limits(most - measure("…"), measure))
    return text[:end].rstrip() + "…"


def _fitting(text: str, limits: Limits) -> int:
    low, high = 0, min(len(text), limits.length)
    while low < high:
        middle = (low + high + 1) // 2
        if limits.measure(text[:middle]) <= limits.length:
            low = middle
        else:
            high = middle - 1
    return max(1, _whole_character(text, low))


def _whole_character(text: str, end: int) -> int:
    """Moves a cut back so that an emoji sequence or an accented letter stays in one piece."""
    start = end
    while 0 < end < len(text) and _continues(text, end):
        end -= 1
    return end if end > 0 else start


def _continues(text: str, index: int) -> bool:
    joined = "\u200d" in (text[index], text[index - 1])
    # Accents, variation selectors and the frame of a keycap.
    mark = unicodedata.category(text[index]).startswith("M")
    skin = 0x1F3FB <= ord(text[index]) <= 0x1F3FF
    tag = 0xE0020 <= ord(text[index]) <= 0xE007F
    return bool(joined or mark or skin or tag) or _inside_flag(text, index)


def _inside_flag(text: str, index: int) -> bool:
    """Tells whether a cut here would part the two letters that make a flag."""
    start = index
    while start and _is_flag_letter(text[start - 1]):
        start -= 1
    return _is_flag_letter(text[index]) and (index - start) % 2 == 1


def _is_flag_letter(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _best_cut(text: str, longest: int) -> int:
    """Returns the best place to cut, in the second half of what fits if there is any.

    Rather than a sentence is cut, a part may be as short as a quarter.
    """
    links = [link.span() for link in _LINK.finditer(text)]
    for begin, end in links:
        if 0 < begin < longest < end:
            longest = begin
    half, quarter = longest // 2, longest // 4
    gaps = [(_starts(gap, text, longest), half) for gap in _GAPS]
    sentences = _ends(_SENTENCE, text, longest)
    clauses, spaces = _ends(_CLAUSE, text, longest), _starts(_SPACE, text, longest)
    ways = [*gaps, (sentences, half), (sentences, quarter), (clauses, half), (spaces, half)]
    anywhere = list(range(1, longest + 1))
    for places, least in [*ways, (anywhere, half), (anywhere, quarter)]:
        for place in reversed(places):
            if place > least and _is_good(text, place, links):
                return place
    return longest


def _starts(gap: re.Pattern[str], text: str, longest: int) -> list[int]:
    return [found.start() for found in gap.finditer(text, 0, longest + 1)]


def _ends(pattern: re.Pattern[str], text: str, longest: int) -> list[int]:
    # What follows is looked at too: a sign may end something just where the text has to end.
    found = (match.end() for match in pattern.finditer(text, 0, longest + 2))
    return [end for end in found if end <= longest]


def _is_good(text: str, end: int, links: list[tuple[int, int]]) -> bool:
    """Tells whether nothing that belongs together is parted by a cut here."""
    if end >= len(text):
        return True
    if any(begin < end < until for begin, until in links) or _continues(text, end):
        return False
    last, first = text[end - 1], text[end]
    if first.isspace():
        return True
    word = "!" <= last <= "~" and "!" <= first <= "~"
    counted = last.isdecimal() and not first.isascii()
    parted = word or counted or last == first == "—"
    return not (parted or first in _NEVER_FIRST or last in _NEVER_LAST)
