"""The reader of the dated sections: what is wrong is refused with file, line and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.content.museum import load_museum
from bot.errors import ContentError

from .told import CITY, HARBOUR, house

# What is replaced in HARBOUR, by what, a line of the text that is complained of, and the problem.
WRONG = {
    "no currency": ('currency: "£"\n', "", "name:", "currency is missing"),
    "no categories": ("  categories:\n", "  sorts:\n", "  sorts:", "categories is missing"),
    "nobody adult": (
        "who: [adult]",
        "who: [member]",
        "  categories:",
        "no category is for adults",
    ),
    "unknown kind": ("who: [adult]", "who: [grown]", "    adult:", "grown is not a kind"),
    "who no list": ("who: [adult]", "who: adult", "    adult:", "not a list of texts"),
    "ages": ("ages: 65+", "ages: old", "      ages:", "old is no range of ages"),
    "ages reversed": ("ages: 0-15", "ages: 15-0", "    under_16:", "15-0 is no range"),
    "category key": ("      for: {", "      whom: {", "      whom:", "unknown key whom"),
    "category name": ("name: {en: Adult, zh: 成人}", "n: 1", "    adult:", "adult lacks name"),
    "row without from": (
        "    - from: 2025-04-01\n      to",
        "    - to",
        "    - to:",
        "lacks from",
    ),
    "row reversed": ("to: 2026-03-31", "to: 2024-03-31", "      to: 2024", "before it begins"),
    "row key": ("admission: free", "entry: free", "    - from: 2025", "lacks admission"),
    "row unknown key": (
        "admission: free",
        "admission: free\n      tax: 2",
        "      tax:",
        "unknown key tax",
    ),
    "row category": (
        "{adult: 12, ",
        "{adlt: 12, ",
        "      exhibition: {adlt",
        "adlt is no category",
    ),
    "row price": ("{adult: 12, ", "{adult: -12, ", "      exhibition: {adult: -12", "no numbers"),
    "exhibition category": (
        "zh: 特展厅}, price: free",
        "zh: 特展厅}, price: {pupil: 2}",
        "     room: {en: Hall, zh: 特展厅}, price: {pupil",
        "pupil is no category",
    ),
    "exhibition key": ("about: {", "abut: {", "abut", "unknown key abut"),
    "also no list": ("also: [版画展]", "also: 版画展", "Drawn", "also: not a list"),
    "closures key": ("  galleries:\n", "  rooms:\n", "  rooms:", "unknown key rooms"),
    "ahead": ("closures:\n", "closures:\n  ahead_days: soon\n", "  ahead_days", "whole number"),
    "gallery without reason": (
        "reason: {en: new lights, zh: 换灯}",
        "part: {en: a, zh: b}",
        "Coin",
        "lacks reason",
    ),
    "gallery reversed": ("to: 2026-12-06", "to: 2026-01-06", "to: 2026-01-06", "before it begins"),
    "gallery key": ("part: {en: north", "wing: {en: north", "wing:", "unknown key wing"),
    "notice without text": (
        ", text: {en: Old news., zh: 旧通知。}",
        "",
        "2026-11-01",
        "lacks text",
    ),
    "notice Chinese": (", zh: 旧通知。", "", "2026-11-01", "no Chinese text"),
    "notice date": ("from: 2026-11-01", "from: now", "from: now", "not a date"),
}


@pytest.mark.parametrize(("old", "new", "line", "problem"), WRONG.values(), ids=WRONG)
def test_a_slip_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: str, problem: str
) -> None:
    assert old in HARBOUR
    text = HARBOUR.replace(old, new, 1)
    path = tmp_path / "museum.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_museum(path)
    assert problem in caught.value.problem
    number = int(caught.value.place.rpartition(":")[2])
    assert line in text.splitlines()[number - 1]
    assert caught.value.remedy


def test_standard_prices_need_a_table(tmp_path: Path) -> None:
    start, end = HARBOUR.index("prices:"), HARBOUR.index("exhibitions:\n")
    path = tmp_path / "museum.yml"
    path.write_text(HARBOUR[:start] + HARBOUR[end:], encoding="utf-8")
    with pytest.raises(ContentError, match=r"standard needs prices\.table"):
        load_museum(path)


def test_what_is_read_is_typed() -> None:
    known = house()
    silk = known.exhibitions[1]
    assert (silk.standard, silk.also) == (True, ("sea road", "海路展"))
    assert silk.about
    assert silk.about.en == "Silks and ships."
    assert known.closures.ahead_days == 14
    assert known.closures.galleries[2].part
    assert known.notices[0].last == date(2026, 11, 23)
    assert known.exhibition_prices(silk, date(2027, 3, 5)) == known.prices.rows[2].exhibition
    assert known.exhibition_prices(silk, date(2029, 3, 5)) is None
    assert house(CITY).closures.galleries == ()
    assert house(CITY).notices == ()
