"""The page and the files of the report say what the figures say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fake import RESULTS

from report.figures import as_json, measure, speed
from report.page import page, table
from report.results import as_rows, from_rows

MEASURED = [measure("Docent", name, RESULTS, seen=2) for name in ("dev", "test")]
PAGE = page(MEASURED, {"shop": "Shop · 商店"}, "Made of a fake table.")


def row(name: str) -> list[str]:
    """The cells of the first row of the page that begins with a name."""
    found = re.search(rf"^\| {re.escape(name)} \|(.*)\|$", PAGE, re.M)
    assert found, name
    return [cell.strip() for cell in found[1].split("|")]


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("best topic right, in scope", "50.0"),
        ("right one among the best three", "83.3"),
        ("right answer at once", "50.0"),
        ("wrong answer at once", "16.7"),
        ("precision of answers, all texts", "60.0"),
        ("out of scope, answered", "25.0"),
        ("CPU ms a text, p95", "3.0"),
    ],
)
def test_the_overview_has_the_figures(name: str, share: str) -> None:
    assert row(name) == [share, share]


def test_groups_have_best_one_and_best_three() -> None:
    assert row("Simplified") == ["50.0 / 100.0", "50.0 / 100.0", "2+2"]
    assert row("`shop`") == ["33.3 / 100.0", "33.3 / 100.0", "Shop · 商店"]
    assert row("`sport`") == ["1 / 0 / 1", "1 / 0 / 1"]


def test_texts_of_the_test_questions_are_shown_nowhere() -> None:
    dev, test = (as_json(each) for each in MEASURED)
    assert all(pair["texts"] for pair in dev["confusions"])
    assert not any("texts" in pair for pair in test["confusions"])
    assert PAGE.count("## What is taken for what") == 1


def test_the_figures_are_plain_values() -> None:
    plain = json.loads(json.dumps(as_json(MEASURED[0])))
    assert (plain["overall"]["top1"], plain["seen"]) == (0.5, 2)
    assert plain["decisions"]["table"]["answer"] == {"right": 2, "wrong": 1, "out_of_scope": 1}


def test_results_come_back_from_a_file_as_they_were() -> None:
    assert from_rows(json.loads(json.dumps(as_rows(RESULTS)))) == RESULTS


def test_times_are_times_that_were_measured() -> None:
    found = speed([float(number) for number in range(1, 101)])
    assert (found.median, found.p95) == (50.0, 95.0)
    assert speed([]).median == 0.0


def test_a_table_keeps_its_columns() -> None:
    assert table(["a", "b"], [["x|y", 1]]) == "| a | b |\n| --- | --- |\n| x/y | 1 |"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_picture_of_the_page_is_drawn(tmp_path: Path) -> None:
    # matplotlib's own warnings, at its import, are none of ours to mend.
    from report.pictures import draw

    draw(MEASURED, tmp_path)
    named = set(re.findall(r"\]\((\w+\.png)\)", PAGE))
    assert {path.name for path in tmp_path.glob("*.png")} == named
    assert all(path.stat().st_size > 3000 for path in tmp_path.glob("*.png"))
