"""The held-out questions, without those that were seen in the making of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.config import ROOT
from bot.content.likeness import bare
from report.results import Question

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
        asked = list(_questions(root / "tests" / "nlu" / f"{name}.yml"))
        fresh = [question for question in asked if bare(question.text) not in seen]
        found[name] = HeldOut(fresh, len(asked) - len(fresh))
        seen |= {bare(question.text) for question in asked}
    return found


def examples(root: Path = ROOT) -> Iterator[str]:
    """Yields the examples of all topics and service intents."""
    for path in sorted((root / "data" / "nlu").rglob("*.yml")):
        for row in _read(path)["nlu"]:
            yield from (line[2:] for line in row["examples"].splitlines())


def _questions(path: Path) -> Iterable[Question]:
    fields = ("text", "topic", "language", "style")
    return (Question(**{name: row[name] for name in fields}) for row in _read(path)["questions"])


def _read(path: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = yaml.load(
        path.read_text(encoding="utf-8"),
        yaml.CSafeLoader,
    )
    return found
