"""The held-out questions, without those that were seen in the making of the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import ROOT
from bot.content.corpus_lint import HELD_OUT
from bot.content.likeness import bare
from report.results import Question
from report.texts import Row, example_rows, question_rows, texts_of


@dataclass(frozen=True)
class HeldOut:
    """One set of questions, and how many more it has that were seen before."""

    questions: list[Question]
    seen: int


def held_out(root: Path = ROOT) -> dict[str, HeldOut]:
    """Returns the sets of tests/nlu, without what was seen before.

    Seen are examples, and the questions of the sets before; case, width, spaces and
    punctuation do not count.
    """
    seen = {bare(text) for text in examples(root)}
    found: dict[str, HeldOut] = {}
    for name in HELD_OUT:
        asked = [_question(row) for row in question_rows(name, root)]
        fresh = [question for question in asked if bare(question.text) not in seen]
        found[name] = HeldOut(fresh, len(asked) - len(fresh))
        seen |= {bare(question.text) for question in asked}
    return found


def examples(root: Path = ROOT) -> Iterator[str]:
    """Yields the examples of all topics and service intents."""
    for row in example_rows(root):
        yield from texts_of(row)


def _question(row: Row) -> Question:
    return Question(**{name: row[name] for name in ("text", "topic", "language", "style")})
