"""The reader of the museum's facts: what is wrong is refused with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.museum import load_museum
from bot.errors import ContentError

from .facts import GOOD, loaded

# What is replaced in GOOD, by what, the line of the complaint, and words of it.
WRONG = {
    "time zone": ("Europe/London", "Europe/Londn", 2, "not a time zone"),
    "no time zone": ("time_zone: Europe/London\n", "", 1, "time_zone is missing"),
    "day name": ("    wed: ", "    wen: ", 8, "wen is not a day"),
    "missing day": ('    wed: "10:00-17:30"\n', "", 6, "wed is missing"),
    "bad time": ('fri: "10:00-20:30"', 'fri: "10:00-20:70"', 10, "no clock shows"),
    "a number for hours": ('fri: "10:00-20:30"', "fri: 24", 10, "24 holds no hours"),
    "reversed hours": ('fri: "10:00-20:30"', 'fri: "20:30-10:00"', 10, "ends before it begins"),
    "overlapping hours": ("13:00, 14:00", "14:00, 13:00", 7, "overlaps"),
    "unknown key": ("last_entry_minutes: 45", "last_entry: 45", 13, "unknown key last_entry"),
    "no minutes": ("last_entry_minutes: 45", "last_entry_minutes: soon", 13, "whole number"),
    "no Chinese reason": (", zh: 圣诞节", "", 15, "reason has no Chinese text"),
    "no English name": ("en: Silk, ", "", 25, "name has no English text"),
    "no Chinese plain fact": ("Test Museum, zh: 测试博物馆", "Test Museum", 1, "no Chinese text"),
    "every": ("every: 12-25", "every: 25-12", 15, "every: month must be"),
    "reversed dates": ("to: 2027-01-15", "to: 2026-01-15", 16, "before it begins"),
    "bad date": ("date: 2026-12-28", "date: 28/12/2026", 17, "not a date"),
    "no date": ("date: 2026-12-28, ", "", 17, "needs date"),
    "two dates": ("date: 2026-12-28, ", "date: 2026-12-28, every: 12-28, ", 17, "needs date"),
    "misspelt exception": ("date: 2026-12-28", "day: 2026-12-28", 17, "unknown key day"),
    "exhibition reversed": ("to: 2027-02-21", "to: 2026-02-21", 27, "before it begins"),
    "exhibition without room": ("    room: {en: Hall, zh: 特展厅}\n", "", 25, "lacks room"),
    "exhibition price": ("{adult: 14}", "{adult: much}", 29, "no numbers"),
    "exhibitions no list": ("promise_minutes: {web: 15", "promise_minutes: {web: x", 46, "web"),
    "no default promise": (", default: 120", "", 46, "default is missing"),
    "department": ("{id: access, name: Access}", "Access", 48, "no mapping"),
    "bad indentation": ("  week:\n", "   week:\n", 5, "not valid YAML"),
    "twice the same key": ("prices:\n", "name: x\nprices:\n", 18, "not valid YAML"),
}


@pytest.mark.parametrize(("old", "new", "line", "problem"), WRONG.values(), ids=WRONG)
def test_a_wrong_fact_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    assert old in GOOD
    with pytest.raises(ContentError) as caught:
        loaded(tmp_path, GOOD.replace(old, new, 1))
    assert problem in caught.value.problem
    assert caught.value.place == f"{tmp_path / 'museum.yml'}:{line}"
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "opening: [\n"])
def test_a_file_without_facts_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError, match=r"museum\.yml:\d"):
        loaded(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "museum.yml"
    path.write_bytes(b"name: \xff\xfe")
    with pytest.raises(ContentError, match="not UTF-8"):
        load_museum(path)
