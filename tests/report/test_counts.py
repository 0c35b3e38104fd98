"""The tables of docs/corpus.md are those of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ROOT
from report.counts import BEGIN, END, PAGE, Counted, corpus, page, tables


def test_the_page_has_the_counts_of_the_files() -> None:
    written = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page(written) == written, "the examples have changed: run make fmt"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with three examples and one question in each set."""
    nlu = tmp_path / "data" / "nlu"
    nlu.mkdir(parents=True)
    (nlu / "shop.yml").write_text(
        "nlu:\n- intent: faq/shop\n  metadata: {language: zh, style: mixed}\n  examples: |\n"
        "    - shop在哪\n- intent: faq/shop\n  examples: |\n    - gift shop\n    - 商店\n",
        encoding="utf-8",
    )
    (tmp_path / "tests" / "nlu").mkdir(parents=True)
    for name in ("dev", "dev_2", "test"):
        (tmp_path / "tests" / "nlu" / f"{name}.yml").write_text(
            "questions:\n- {text: a, topic: out_of_scope, language: zh-Hant, style: weather}\n",
            encoding="utf-8",
        )
    return tmp_path


def test_each_text_is_counted_with_what_its_row_tells(root: Path) -> None:
    assert list(corpus(root)) == [
        Counted("shop", "zh", "mixed", "train"),
        Counted("shop", "en", "", "train"),
        Counted("shop", "zh", "", "train"),
        Counted("out_of_scope", "zh", "weather", "dev"),
        Counted("out_of_scope", "zh", "weather", "dev_2"),
        Counted("out_of_scope", "zh", "weather", "test"),
    ]


def test_tables_count_by_topic_style_and_kind(root: Path) -> None:
    text = tables(corpus(root))
    assert "| `shop` | 1 | 2 | 0 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| `mixed` | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| not told | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| `weather` | 0 | 0 | 0 | 1 | 0 | 1 | 0 | 1 |" in text
    assert text.count("| **all** | 1 | 2 | 0 | 0 | 0 | 0 | 0 | 0 |") == 1


def test_only_the_tables_of_a_page_change(root: Path) -> None:
    written = page(f"before\n{BEGIN}old\n{END}after\n", root)
    assert written.startswith(f"before\n{BEGIN}\n| Topic |")
    assert written.endswith(f"\n{END}after\n")
    assert page(written, root) == written
