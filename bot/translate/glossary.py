"""Words that are always translated the same way: names of exhibitions, places and services.

The terms come from `bot/content/glossary.py`: data/glossary.yml, and what museum.yml names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# For each language the words, first as they are written, then other spellings to recognise.
Term = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Found:
    """A term in a text: from where to where, and what it is."""

    start: int
    end: int
    term: Term


class Glossary:
    """Finds terms in texts of either language.

    Args:
        terms: Each term with its words in "en", "zh-Hans" and "zh-Hant".
    """

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._terms: dict[str, Term] = {}
        for term in terms:
            for words in (each for forms in term.values() for each in forms):
                self._terms.setdefault(folded(words), term)
        ordered = sorted(self._terms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole, ordered))) if ordered else None

    def find(self, text: str) -> Iterator[Found]:
        """Yields the terms of a text in order, the longest where several begin."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(_same_length(text)):
            yield Found(match.start(), match.end(), self._terms[match[0]])


def folded(words: str) -> str:
    """Returns words without case and accents, in the signs that most people type."""
    return _same_length(" ".join(words.split()))


def _same_length(text: str) -> str:
    """Folds each character to exactly one, so that places in the text stay what they are."""
    return "".join(map(_folded, text))


def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[0].lower()
    plain = "'" if plain in "’‘" else plain
    return " " if plain.isspace() and plain != "\n" else plain[:1]


def _whole(words: str) -> str:
    """Returns a pattern for whole words; Chinese has none, and may stand next to a letter."""
    pattern = re.escape(words)
    head = "(?<![a-z0-9])" if words[0].isascii() and words[0].isalnum() else ""
    tail = "(?![a-z0-9])" if words[-1].isascii() and words[-1].isalnum() else ""
    return head + pattern + tail
