"""The glossary file: its terms, the names that museum.yml gives, and each slip at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ROOT
from bot.content.glossary import glossary_problems, load_glossary
from bot.content.lint import lint
from bot.content.museum import load_museum
from bot.errors import ContentError

MUSEUM = load_museum(ROOT / "data" / "museum.yml")


def written(folder: Path, text: str) -> Path:
    path = folder / "glossary.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_museums_own_glossary_is_in_order() -> None:
    assert glossary_problems(ROOT / "data" / "glossary.yml") == []
    terms = load_glossary(ROOT / "data" / "glossary.yml", MUSEUM)
    assert all(set(term) == {"en", "zh-Hans", "zh-Hant"} for term in terms)


def test_exhibitions_galleries_and_the_museum_need_no_row(tmp_path: Path) -> None:
    terms = load_glossary(tmp_path / "none.yml", MUSEUM)
    pairs = {term["en"][0]: (term["zh-Hans"][0], term["zh-Hant"][0]) for term in terms}
    assert pairs["Silk and Salt: the sea road to China"][0] == "丝与盐：通往中国的海路"
    assert pairs["Silk and Salt"] == ("丝与盐", "絲與鹽")
    assert pairs["A Hundred Harbours"][0] == "百港图"
    assert pairs["Coin Gallery"][0] == "钱币厅"
    assert pairs["Aldermere Museum"][0] == "奥德米尔博物馆"


def test_traditional_is_made_unless_it_is_written(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "terms:\n- {en: Desk, zh-Hans: 问讯处, also: [info point, 咨询处]}\n"
        "- {en: Hall, zh-Hans: 报告厅, zh-Hant: 演講廳}\nkeep: [Lantern Street]\n",
    )
    desk, hall, street, *_ = load_glossary(path, MUSEUM)
    assert desk["en"] == ("Desk", "info point")
    assert desk["zh-Hans"] == ("问讯处", "咨询处")
    assert desk["zh-Hant"][0] == "問訊處"
    assert hall["zh-Hant"] == ("演講廳",)
    assert set(street.values()) == {("Lantern Street",)}


SLIPS = {
    "no English": ("terms:\n- {zh-Hans: 售票台}\n", 2, "has no en word"),
    "no Chinese": ("terms:\n- {en: Desk, zh-Hans: 台}\n- {en: Hall}\n", 3, "has no zh-Hans word"),
    "swapped": ("terms:\n- {en: 售票台, zh-Hans: 票}\n", 2, "not English"),
    "not Chinese": ("terms:\n- {en: Desk, zh-Hans: Desk}\n", 2, "not Chinese"),
    "Traditional": ("terms:\n- {en: Hall, zh-Hans: 報告廳}\n", 2, "written in Traditional"),
    "unknown key": ("terms:\n- {en: Desk, zh-Hans: 台, zh: 台}\n", 2, "unknown key zh"),
    "twice": ("terms:\n- {en: Desk, zh-Hans: 台}\n- {en: desk, zh-Hans: 桌}\n", 3, ":2"),
    "also no list": ("terms:\n- {en: Desk, zh-Hans: 台, also: box}\n", 2, "no list of words"),
    "a text for a row": ("keep: [A]\nterms:\n- Desk\n", 3, "no mapping"),
    "a mapping to keep": ("keep:\n- A\n- {en: B}\n", 3, "no text"),
    "no list": ("terms: Desk\n", 1, "no list"),
    "unknown section": ("terms: []\nwords: []\n", 2, "unknown key words"),
    "no mapping": ("- Desk\n", 1, "holds no terms"),
    "broken": ("terms: [\n", 2, "not valid YAML"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_line(slip: str, tmp_path: Path) -> None:
    text, line, words = SLIPS[slip]
    path = written(tmp_path, text)
    [problem] = glossary_problems(path)
    assert problem.place == f"{path}:{line}"
    assert words in str(problem)
    with pytest.raises(ContentError, match=r"glossary\.yml"):
        load_glossary(path, MUSEUM)


def test_docent_lint_tells_it(data: Path) -> None:
    written(data, "terms:\n- {en: Desk}\n")
    [problem] = lint(data, load_museum(data / "museum.yml")).problems
    assert str(problem).startswith("data/glossary.yml:2: a term has no zh-Hans word.")
