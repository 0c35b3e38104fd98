"""The sentences of tests/fixtures/translation, and which of their pieces a translation keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from bot.config import ROOT
from bot.translate import Interpreter


@dataclass(frozen=True)
class Sentence:
    """A sentence, who reads it, and what must stand in its translation."""

    text: str
    to: str
    kept: tuple[str, ...]


@lru_cache(maxsize=1)
def sentences() -> tuple[Sentence, ...]:
    """Returns all of them, those in English once for each script."""
    path = ROOT / "tests" / "fixtures" / "translation" / "sentences.yml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_sentence(row) for rows in found.values() for row in rows)


def _sentence(row: dict[str, Any]) -> Sentence:
    kept = tuple(row["kept"])
    if "text" in row:
        return Sentence(row["text"], row["to"], kept)
    return Sentence(row.get("en") or row["zh"], "zh-Hans" if "en" in row else "en", kept)


@dataclass
class Tally:
    """How sentences fared: translated or not, and the pieces that are missing."""

    translated: int = 0
    original: int = 0
    pieces: int = 0
    lost: list[tuple[str, str, str]] | None = None


async def tally(interpreter: Interpreter) -> Tally:
    """Sends every sentence through; a sentence that stays as it was loses nothing."""
    found = Tally(lost=[])
    assert found.lost is not None
    for sentence in sentences():
        text = await read(interpreter, sentence)
        if text is None:
            found.original += 1
            continue
        found.translated += 1
        found.pieces += len(sentence.kept)
        folded = text.casefold()
        missing = [piece for piece in sentence.kept if piece.casefold() not in folded]
        found.lost += [(sentence.text, piece, text) for piece in missing]
    return found


async def read(interpreter: Interpreter, sentence: Sentence) -> str | None:
    """Returns what the reader reads, None for the original with a notice."""
    if sentence.to == "en":
        heard = await interpreter.to_staff(sentence.text, "zh-Hans")
        assert heard.state in ("translated", "original_sent"), sentence
        return heard.text
    source = interpreter.language_of(sentence.text)
    assert source is not None
    assert source != sentence.to, sentence
    found = await interpreter.translate(sentence.text, source, sentence.to)
    return None if found is None else found.text
