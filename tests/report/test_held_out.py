"""Held-out questions are only those that nothing in the making of the model has seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from report.held_out import examples, held_out

NLU = """\
version: "3.1"
nlu:
- intent: faq/shop
  metadata: {language: en, style: keyword}
  examples: |
    - gift shop
    - any postcards
- intent: faq/shop
  examples: |
    - 商店
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two examples and some questions."""
    (tmp_path / "data" / "nlu" / "faq").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "faq" / "shop.yml").write_text(NLU, encoding="utf-8")
    (tmp_path / "tests" / "nlu").mkdir(parents=True)
    texts = {
        "dev": ["Gift shop?", "do you sell books"],
        "test": ["Do you sell books", "fridge", "卖书吗"],
        "dev_2": ["卖书吗?"],
    }
    for name, asked in texts.items():
        rows = [{"text": t, "topic": "shop", "language": "en", "style": "txt"} for t in asked]
        path = tmp_path / "tests" / "nlu" / f"{name}.yml"
        path.write_text(yaml.safe_dump({"questions": rows}), encoding="utf-8")
    return tmp_path


def test_examples_of_all_rows_are_read(root: Path) -> None:
    assert list(examples(root)) == ["gift shop", "any postcards", "商店"]


def test_what_was_seen_is_left_out_and_counted(root: Path) -> None:
    found = held_out(root)
    assert [question.text for question in found["dev"].questions] == ["do you sell books"]
    assert [question.text for question in found["test"].questions] == ["fridge"]
    assert {name: each.seen for name, each in found.items()} == {"dev": 1, "dev_2": 0, "test": 2}
