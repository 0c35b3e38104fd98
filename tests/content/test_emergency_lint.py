"""The lint of the texts on emergencies: what is told, at which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.corpus_lint import Said
from bot.content.emergency_lint import lint_emergencies
from bot.content.example_rows import Example
from bot.nlu.emergency_texts import PATH


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a held-out emergency."""
    (tmp_path / "tests" / "nlu").mkdir(parents=True)
    rows = "questions:\n  - {kind: fire, text: Smoke here}\n"
    (tmp_path / "tests" / "nlu" / "urgent.yml").write_text(rows)
    (tmp_path / PATH).parent.mkdir(parents=True)
    return tmp_path


def told(root: Path, written: str) -> list[tuple[int, str]]:
    (root / PATH).write_text(written)
    examples = [
        Said("data/nlu/faq/shop.yml", Example("gift shop", 7, "faq/shop")),
        Said("data/nlu/faq/health_safety.yml", Example("she fell", 9, "faq/health_safety")),
    ]
    return [(each.line, each.message) for each in lint_emergencies(root, examples)]


def test_a_text_stands_on_one_side(root: Path) -> None:
    written = "fire: |\n  - 有濃煙\ncalm: |\n  - 有浓烟！\n  - gift shop\n"
    ((line, message),) = told(root, written)
    assert (line, message.partition(".")[0]) == (4, '"有浓烟！" stands under fire too, at line 2')


def test_a_held_out_text_is_refused(root: Path) -> None:
    ((line, message),) = told(root, "fire: |\n  - fire\n  - smoke here!\n")
    assert line == 3
    assert message.startswith('"smoke here!" is held out, at tests/nlu/urgent.yml:2.')


def test_an_emergency_is_no_example_of_another_topic(root: Path) -> None:
    ((line, message),) = told(root, "fire: |\n  - Gift shop\n")
    assert line == 2
    assert "is an example of faq/shop, at data/nlu/faq/shop.yml:7" in message


def test_what_cannot_be_read_is_told(root: Path) -> None:
    ((line, message),) = told(root, "flood: |\n  - water\n")
    assert line == 1
    assert "not one of threat, fire" in message
    assert lint_emergencies(root / "nowhere", []) == []
