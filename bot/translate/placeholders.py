"""Placeholders that stand for what must not be translated, and finding them again.

No shape survives every engine: neural ones drop codes that they have never seen and join or
double brackets. So there are two shapes that fail on different engines, each is found again in
the ways in which engines write it, and whoever uses one counts that each came back once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One way to write placeholders; `first` keeps its numbers apart from those of the text."""

    written: str
    pattern: re.Pattern[str]
    first: int = 0

    def of(self, number: int) -> str:
        """Returns the placeholder with a number, counted from 0."""
        return self.written.format(self.first + number)

    def number(self, match: re.Match[str]) -> int:
        """Returns the number, counted from 0, of a placeholder that was found."""
        return int(unicodedata.normalize("NFKC", match[1])) - self.first


# Like a product code: engines hold it for a name. Case and full width may change.
CODE = Shape("ZQ{}X", re.compile(r"[ZzＺｚ][QqＱｑ]\s?(\d{1,3})\s?[XxＸｘ]"))
# Like a footnote: engines with small vocabularies, which spell codes wrong, keep brackets.
NOTE = Shape("[{}]", re.compile(r"[\[［【〔]\s?(9\d\d|９[０-９]{2})\s?[\]］】〕]"), first=900)
SHAPES = (CODE, NOTE)
MOST = 90


def usable(text: str) -> Sequence[Shape]:
    """Returns the shapes that a text does not hold already."""
    return [shape for shape in SHAPES if not shape.pattern.search(text)]


def without_placeholders(text: str) -> str:
    """Returns a text with a space for each placeholder."""
    for shape in SHAPES:
        text = shape.pattern.sub(" ", text)
    return text


def put_back(text: str, shape: Shape, words: Sequence[str], spaced: bool) -> str | None:
    """Returns a text with words for its placeholders.

    Args:
        text: The engine's answer.
        shape: How the placeholders were written.
        words: What each of them stands for, in the order of their numbers.
        spaced: The language of the text puts spaces between words.

    Returns:
        None where a placeholder is missing, came twice, or was never given.
    """
    matches = list(shape.pattern.finditer(text))
    if sorted(map(shape.number, matches)) != list(range(len(words))):
        return None
    parts, end = [], 0
    for match in matches:
        parts.append(text[end : match.start()])
        parts.append(words[shape.number(match)])
        end = match.end()
    return _joined([*parts, text[end:]], spaced)


def _joined(parts: Sequence[str], spaced: bool) -> str:
    """Joins text and pieces; in English, words that the engine ran together are set apart."""
    whole = ""
    for part in parts:
        if spaced and whole and part and _is_word(whole[-1]) and _is_word(part[0]):
            whole += " "
        whole += part
    return whole


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "£$€¥"
