"""The held-out questions, without those that were seen in the making of the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import ROOT
from bot.content.likeness import bare
from report.results import Question
from report.texts import Row, example_rows, question_rows, texts_of

SETS = ("dev", "test")


@dataclass(frozen=True)
class HeldOut:
    """One set of questions, and how many more it has that were seen before."""

    questions: list[Question]
    seen: int


def held_out(root: Path = ROOT) -> dict[str, HeldOut]:
    """Returns the sets of tests/nlu, "dev" first, without what was seen before.

    Seen are examples, and for "test" the questions of "dev" too; case, width, spaces and
    punctuation do not count.
    """
    seen = {bare(text) for text in examples(root)}
    found: dict[str, HeldOut] = {}
    for name in SETS:
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
