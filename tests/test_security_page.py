"""SECURITY.md names tests that there are, and settings that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.variables import SETTINGS

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


def test_it_names_tests() -> None:
    assert len(NAMED) > 15


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_test_that_it_names_exists(file: str, test: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert not test or f"def {test}(" in text


def test_each_attacker_has_something_that_is_tested() -> None:
    table = PAGE.partition("## Who may attack")[2].partition("## What is left open")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    assert [row for row in rows if "`tests/" not in row.split("|")[4]] == []


def test_the_files_and_settings_that_it_names_exist() -> None:
    names = {setting.name for setting in SETTINGS}
    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE)) <= names
    for path in re.findall(r"`((?:audit|data|models)/[\w.]*)`", PAGE):
        assert Path(ROOT / path).exists()
