"""How many examples and questions there are: the tables of docs/corpus.md.

`make fmt` writes them anew, a test holds them to the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT
from bot.content.corpus_lint import HELD_OUT
from bot.content.example_rows import OUT_OF_SCOPE, PLAIN, STYLES
from bot.content.topics import is_chinese_example
from report.page import table
from report.texts import example_rows, question_rows, texts_of

PAGE = "docs/corpus.md"
BEGIN, END = "<!-- counts: make fmt -->\n", "<!-- /counts -->\n"
KEPT_FOR = ("train", *HELD_OUT)


@dataclass(frozen=True)
class Counted:
    """One text of the corpus; `kept_for` is "train" or a set of questions."""

    topic: str
    language: str
    style: str
    kept_for: str


def corpus(root: Path = ROOT) -> Iterator[Counted]:
    """Yields all examples and held-out questions; a row that tells no style has none."""
    for row in example_rows(root):
        topic = row["intent"].removeprefix("faq/")
        told = row.get("metadata") or {}
        for text in texts_of(row):
            language = "zh" if is_chinese_example(text) else "en"
            yield Counted(topic, told.get("language", language), told.get("style", ""), "train")
    for name in HELD_OUT:
        for row in question_rows(name, root):
            language = "en" if row["language"] == "en" else "zh"
            yield Counted(row["topic"], language, row["style"], name)


def tables(texts: Iterable[Counted]) -> str:
    """Returns the three tables: by topic, by style, and by kind of what is out of scope."""
    all_texts = list(texts)
    inside = [each for each in all_texts if each.topic != OUT_OF_SCOPE]
    outside = [each for each in all_texts if each.topic == OUT_OF_SCOPE]
    styles = list(dict.fromkeys((*STYLES["zh"], PLAIN, "")))
    kinds = sorted({each.style for each in outside})
    return "\n".join(
        (
            _table("Topic", sorted({each.topic for each in all_texts}), all_texts, "topic"),
            _table("Style", styles, inside, "style"),
            _table(f"Kind of `{OUT_OF_SCOPE}`", kinds, outside, "style"),
        )
    )


def _table(title: str, names: list[str], texts: list[Counted], field: str) -> str:
    columns = [(kept_for, language) for kept_for in KEPT_FOR for language in STYLES]
    counts = {column: Counter(_of(texts, field, *column)) for column in columns}
    head = [title, "English", "Chinese", *(f"{name}, {it}" for name in HELD_OUT for it in STYLES)]
    rows = [
        [f"`{name}`" if name else "not told", *(counts[column][name] for column in columns)]
        for name in names
    ]
    sums = [sum(counts[column].values()) for column in columns]
    return table(head, [*rows, ["**all**", *sums]]) + "\n"


def _of(texts: list[Counted], field: str, kept_for: str, language: str) -> Iterator[str]:
    for each in texts:
        if (each.kept_for, each.language) == (kept_for, language):
            yield getattr(each, field)


def page(text: str, root: Path = ROOT) -> str:
    """Returns a page with its tables as the files have it."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{tables(corpus(root))}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Writes the tables of docs/corpus.md anew."""
    path = ROOT / PAGE
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.load(
        path.read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    return found


if __name__ == "__main__":
    main()
