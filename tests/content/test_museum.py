"""The museum's facts: quoted in each language, refused with file and line when they are wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.content.calendar import Bilingual
from bot.content.museum import Museum, in_language, load_museum, to_traditional
from bot.errors import ContentError

DATA = Path(__file__).parents[2] / "data"
GOOD = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
opening:
  summary: {en: Tuesday to Sunday, zh: 周二至周日}
  week:
    mon: closed
    tue: "10:00-13:00, 14:00-17:00"
    wed: "10:00-17:30"
    thu: "10:00-17:30"
    fri: "10:00-20:30"
    sat: "10:00-17:30"
    sun: "10:00-17:30"
  last_entry_minutes: 45
  exceptions:
    - {every: 12-25, hours: closed, reason: {en: Christmas Day, zh: 圣诞节}}
    - {from: 2027-01-11, to: 2027-01-15, hours: closed}
    - {date: 2026-12-28, hours: "10:00-17:30"}
prices:
  guide: 5.0
  trail: 2.5
  ratio: 3
  free_now: true
links: {home: "https://test.example"}
exhibitions:
  - name: {en: Silk, zh: 丝}
    from: 2026-09-12
    to: 2027-02-21
    room: {en: Hall, zh: 特展厅}
    price: {adult: 14}
    link: https://test.example/silk
  - name: {en: Lamp, zh: 灯}
    from: 2026-10-03
    to: 2027-01-31
    room: {en: Print Room, zh: 版画室}
    price: free
    link: https://test.example/lamp
desk:
  hours:
    mon: "09:30-17:30"
    tue: "09:30-17:30"
    wed: "09:30-17:30"
    thu: "09:30-17:30"
    fri: "09:30-20:00"
    sat: closed
    sun: closed
  promise_minutes: {web: 15, default: 120}
  departments:
    - {id: access, name: Access}
"""


def loaded(tmp_path: Path, text: str = GOOD) -> Museum:
    path = tmp_path / "museum.yml"
    path.write_text(text, encoding="utf-8")
    return load_museum(path)


@pytest.mark.parametrize(
    ("path", "language", "fact"),
    [
        ("name", "en", "Test Museum"),
        ("name", "zh-Hans", "测试博物馆"),
        ("name", "zh", "测试博物馆"),
        ("name", "zh-Hant", "測試博物館"),
        ("links.home", "zh-Hant", "https://test.example"),
        ("prices.guide", "en", "5"),
        ("prices.trail", "zh-Hans", "2.50"),
        ("prices.ratio", "en", "3"),
        ("opening.last_entry_minutes", "en", "45"),
        ("opening.week.fri", "en", "10am–8:30pm"),
        ("opening.week.tue", "zh-Hans", "10:00–13:00、14:00–17:00"),
        ("opening.week.mon", "zh-Hant", "閉館"),
        ("opening.exceptions.0.reason", "zh-Hant", "聖誕節"),
        ("exhibitions.0.to", "en", "21 February 2027"),
        ("exhibitions.0.to", "zh-Hans", "2027年2月21日"),
        ("exhibitions.0.price.adult", "en", "14"),
    ],
)
def test_a_fact_is_written_for_its_reader(
    tmp_path: Path, path: str, language: str, fact: str
) -> None:
    assert loaded(tmp_path).fact(path, language) == fact


def test_an_unknown_fact_is_refused(tmp_path: Path) -> None:
    museum = loaded(tmp_path)
    with pytest.raises(ContentError, match=r"no fact prices\.gide"):
        museum.fact("prices.gide", "en")
    assert "prices" not in museum.fact_paths()
    assert "prices.free_now" not in museum.fact_paths()


@pytest.mark.parametrize(
    ("text", "language", "filled"),
    [
        ("Guides cost £[[prices.guide]].", "en", "Guides cost £5."),
        ("[[ name ]]：[[links.home]]", "zh-Hans", "测试博物馆：https://test.example"),
        ("歡迎來到[[name]] museum", "zh-Hant", "歡迎來到測試博物館 museum"),
        ("Come in. It is £[[no.such]]! Bye.", "en", "Come in. Bye."),
        ("免费。费用£[[no.such]]。再见", "zh-Hans", "免费。再见"),
        ("Line one\n£[[no.such]] today\nline [[name]]", "en", "Line one\n\nline Test Museum"),
        ("[[no.such]]", "en", ""),
        ("no facts, {braces} and [single]", "en", "no facts, {braces} and [single]"),
    ],
)
def test_a_text_is_filled_and_never_shows_a_hole(
    tmp_path: Path, text: str, language: str, filled: str
) -> None:
    assert loaded(tmp_path).fill(text, language) == filled


def test_what_answers_compute_with_is_typed(tmp_path: Path) -> None:
    museum = loaded(tmp_path)
    silk, lamp = museum.exhibitions
    assert museum.time_zone.key == "Europe/London"
    assert museum.last_entry_minutes == 45
    assert (museum.promise_minutes("web"), museum.promise_minutes("telegram")) == (15, 120)
    assert [department.id for department in museum.departments] == ["access"]
    assert (silk.prices, lamp.prices) == ({"adult": 14.0}, {})
    assert silk.is_on(date(2027, 2, 21))
    assert not silk.is_on(date(2027, 2, 22))
    assert museum.opening.hours_on(date(2027, 1, 12)).open == ()
    assert museum.opening.hours_on(date(2026, 12, 28)).special
    assert museum.unknown_facts("[[name]] [[a]] [[b.c]]") == ("a", "b.c")


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


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("请携带证明文件，感谢您的支持", "請攜帶證明文件，感謝您的支持"),
        ("无线网络和语音信息", "無線網路和語音資訊"),
        ("里面卖面包，周一闭馆", "裡面賣麵包，週一閉館"),
        ("Opening hours 10:00", "Opening hours 10:00"),
        ("歡迎來到博物館", "歡迎來到博物館"),
    ],
)
def test_traditional_is_written_as_in_a_museum(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional
    assert to_traditional(traditional) == traditional


def test_a_bilingual_text_has_three_readers() -> None:
    words = Bilingual("Boxing Day", "节礼日")
    said = [in_language(words, language) for language in ("en", "zh-Hans", "zh-Hant")]
    assert said == ["Boxing Day", "节礼日", "節禮日"]


def test_the_museum_of_this_repository_loads() -> None:
    museum = load_museum(DATA / "museum.yml")
    for path in museum.fact_paths():
        text = museum.fact(path, "zh-Hant")
        assert to_traditional(text) == text
