"""The rows of the content's examples and of the held-out questions, as they stand in the files.

For tools that need texts and labels alone; `bot.content` reads the same files with every line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT

Row = dict[str, Any]


def example_rows(root: Path = ROOT) -> Iterator[Row]:
    """Yields Rasa's rows of all files of data/nlu: an intent, its metadata and its examples.

    A file without them, such as emergencies.yml, is not about topics.
    """
    for path in sorted((root / "data" / "nlu").rglob("*.yml")):
        yield from _read(path).get("nlu", ())


def texts_of(row: Row) -> list[str]:
    """Returns the examples of a row, without what makes them a list."""
    return [line[2:] for line in row["examples"].splitlines()]


def question_rows(name: str, root: Path = ROOT) -> list[Row]:
    """Returns the rows of a set of held-out questions; none where there is no such set."""
    path = root / "tests" / "nlu" / f"{name}.yml"
    return _read(path)["questions"] if path.exists() else []


def _read(path: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found
