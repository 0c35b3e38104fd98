"""One text through an engine, with everything in it that must survive held out of its hands.

Lines, list marks and the emoji around a line never reach the engine. Protected pieces travel as
placeholders, each of which must come back once; where an engine loses them in every shape it is
asked without, and every piece must then stand in its answer letter for letter.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.language import base
from bot.translate.engines import Translation, Translator
from bot.translate.glossary import Glossary
from bot.translate.placeholders import MOST, Shape, put_back, usable
from bot.translate.protected import EMOJI, Piece, between, find, kept

_MARK = re.compile(
    r"\s*(?:[-*–—>]\s+|[•·●]\s*|\d{1,2}[.)]\s+|\d{1,2}[、．]\s*|[①-⑳]\s*|[（(]\d{1,2}[)）]\s*)?"
    rf"(?:{EMOJI.pattern}\s*)*"
)
_TAIL = re.compile(rf"(?:\s*{EMOJI.pattern})*\s*$")
# What is made of terms and numbers alone.
BY_GLOSSARY = "glossary"


@dataclass(frozen=True)
class Line:
    """A line: what stands around its words, its words, and the pieces in them."""

    head: str
    words: str
    tail: str
    pieces: Sequence[Piece]

    @property
    def needs_engine(self) -> bool:
        """Whether anything is left to translate beside the pieces."""
        return any(each.isalpha() for each in between(self.words, self.pieces))

    def with_pieces(self, form: Callable[[int, Piece], str]) -> str:
        """Returns the words with something else for each piece."""
        parts, end = [], 0
        for number, piece in enumerate(self.pieces):
            parts += [self.words[end : piece.start], form(number, piece)]
            end = piece.end
        return "".join([*parts, self.words[end:]])


def lines_of(text: str, target: str, glossary: Glossary) -> list[Line]:
    """Returns the lines of a text, taken apart for a translation."""
    return [_line(line, target, glossary) for line in text.split("\n")]


def _line(line: str, target: str, glossary: Glossary) -> Line:
    mark = _MARK.match(line)
    begin = mark.end() if mark else 0
    tail = _TAIL.search(line, begin)
    end = tail.start() if tail else len(line)
    words = line[begin:end]
    return Line(line[:begin], words, line[end:], find(words, target, glossary))


class Wording:
    """Translates with one engine and one glossary.

    Args:
        translator: The engine.
        glossary: The terms.
        finish: What is done to the words of an engine for a reader of a language.
    """

    def __init__(
        self, translator: Translator, glossary: Glossary, finish: Callable[[str, str], str]
    ) -> None:
        self._translator = translator
        self._glossary = glossary
        self._finish = finish

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Returns the translation of a text with every protected piece in it, or None."""
        lines = lines_of(text, target, self._glossary)
        asked = [line for line in lines if line.needs_engine]
        engine, found = BY_GLOSSARY, dict[int, str]()
        if asked:
            answer = await self._tried(asked, source, target)
            if answer is None:
                return None
            engine, worded = answer
            found = {id(line): words for line, words in zip(asked, worded, strict=True)}
        parts = (
            line.head + found.get(id(line), line.with_pieces(lambda _, p: p.shown)) + line.tail
            for line in lines
        )
        return Translation("\n".join(parts), target, engine)

    async def _tried(
        self, lines: Sequence[Line], source: str, target: str
    ) -> tuple[str, Sequence[str]] | None:
        """Tries one shape of placeholders after another, then none at all."""
        for shape in _shapes(lines):
            asked = [_masked(line, shape) for line in lines]
            answer = await self._ask(asked, source, target)
            if answer is None:
                return None
            engine, worded = answer
            whole = [
                _restored(self._finish(words, target), line, shape, target)
                for words, line in zip(worded, lines, strict=True)
            ]
            restored = [words for words in whole if words is not None]
            if len(restored) == len(lines):
                return engine, restored
        return None

    async def _ask(
        self, texts: Sequence[str], source: str, target: str
    ) -> tuple[str, Sequence[str]] | None:
        """Asks for all lines with one question, or for each where the engine joins them."""
        whole = await self._translator.translate("\n".join(texts), source, target)
        if whole is None:
            return None
        parts = [part.strip() for part in whole.text.strip().split("\n")]
        if len(parts) == len(texts) and all(parts):
            return whole.engine, parts
        if len(texts) == 1:
            return whole.engine, [" ".join(part for part in parts if part)]
        each = await asyncio.gather(
            *(self._translator.translate(text, source, target) for text in texts)
        )
        found = [" ".join(one.text.split("\n")) for one in each if one is not None]
        return (whole.engine, found) if len(found) == len(texts) else None


def _shapes(lines: Sequence[Line]) -> list[Shape | None]:
    most = max(len(line.pieces) for line in lines)
    if not most:
        return [None]
    if most > MOST:
        return [None]
    return [*usable("\n".join(line.words for line in lines)), None]


def _masked(line: Line, shape: Shape | None) -> str:
    if shape is None:
        return line.words
    return line.with_pieces(lambda number, _: shape.of(number))


def _restored(answer: str, line: Line, shape: Shape | None, target: str) -> str | None:
    """Returns an answer with its pieces in it, None where one is missing or came twice."""
    if shape is None:
        return kept(answer, line.pieces)
    english = base(target) == "en"
    words = [piece.shown for piece in line.pieces]
    if english:
        words = [_opening(answer, shape, n, piece) for n, piece in enumerate(line.pieces)]
    return put_back(answer, shape, words, spaced=english)


def _opening(answer: str, shape: Shape, number: int, piece: Piece) -> str:
    """Returns a term with a capital letter where it opens a sentence."""
    if not piece.term:
        return piece.shown
    for match in shape.pattern.finditer(answer):
        before = answer[: match.start()].rstrip()
        if shape.number(match) == number and (not before or before[-1] in ".!?"):
            return piece.shown[:1].upper() + piece.shown[1:]
    return piece.shown
