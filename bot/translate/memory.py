"""What was translated before and what people corrected, kept by whoever has a database.

Texts are kept with numbered blanks for what changes from visitor to visitor, so that a wording
serves for another time, reference or exhibition as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.translate.glossary import Glossary
from bot.translate.wording import lines_of

# Numbers of one figure: no piece of a text is one, so none is taken for a blank.
MOST_BLANKS = 10
_BLANK = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True)
class Remembered:
    """A wording from the memory: for which text, and how it reads."""

    original: str
    text: str


class Memory(Protocol):
    """Keeps translations; never raises, and answers None where it cannot look."""

    async def recall(self, texts: Sequence[str], source: str, target: str) -> Remembered | None:
        """Returns the best wording for one of the texts, those of people before an engine's."""

    async def keep(self, original: str, source: str, target: str, text: str, engine: str) -> None:
        """Keeps an engine's wording that was used, and counts its use."""

    async def correct(self, original: str, source: str, target: str, text: str, by: str) -> None:
        """Keeps a person's wording in the place of every other."""


class NoMemory:
    """Remembers nothing."""

    async def recall(self, texts: Sequence[str], source: str, target: str) -> Remembered | None:
        """Returns None."""
        return None

    async def keep(self, original: str, source: str, target: str, text: str, engine: str) -> None:
        """Forgets it."""

    async def correct(self, original: str, source: str, target: str, text: str, by: str) -> None:
        """Forgets it."""


class Translated(Protocol):
    """A text beside its translation."""

    @property
    def original(self) -> str:
        """What was written."""

    @property
    def text(self) -> str:
        """What is read."""

    @property
    def language(self) -> str:
        """The reader's."""


def templates(text: str, target: str, glossary: Glossary) -> Mapping[str, Sequence[str]]:
    """Returns under which texts a wording may be kept, each with what fills its blanks."""
    found: dict[str, Sequence[str]] = {text: ()}
    template, words = _template(text, target, glossary)
    if words and not _BLANK.search(text):
        found[template] = words
    return found


def filled(wording: str, words: Sequence[str]) -> str:
    """Returns a wording with its blanks filled."""
    return _BLANK.sub(lambda blank: words[int(blank[1])], wording) if words else wording


def learnt(said: Translated, glossary: Glossary) -> tuple[str, str]:
    """Returns under which text a wording is kept, and the wording.

    It has blanks where each changing piece stands in it exactly once; else it serves for exactly
    this text.
    """
    template, words = _template(said.original, said.language, glossary)
    wording = said.text
    alike = len(set(words)) < len(words) or len(words) > MOST_BLANKS
    if alike or _BLANK.search(said.original + wording):
        return said.original, said.text
    for number, word in sorted(enumerate(words), key=lambda each: -len(each[1])):
        if wording.count(word) != 1:
            return said.original, said.text
        wording = wording.replace(word, f"{{{number}}}")
    return template, wording


def _template(text: str, target: str, glossary: Glossary) -> tuple[str, list[str]]:
    words: list[str] = []
    lines = []
    for line in lines_of(text, target, glossary):
        first = len(words)
        words += [piece.shown for piece in line.pieces]
        blanks = line.with_pieces(lambda n, _, first=first: f"{{{first + n}}}")  # type: ignore[misc]
        lines.append(line.head + blanks + line.tail)
    return "\n".join(lines), words
