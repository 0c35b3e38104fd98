"""The museum's facts: quoted in each language, and typed where answers compute with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.content.calendar import Bilingual
from bot.content.museum import in_language, load_museum, to_traditional
from bot.errors import ContentError

from .facts import GOOD, loaded

DATA = Path(__file__).parents[2] / "data"


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


ROUTING = GOOD + "  routing:\n    complaint: access\n"


def test_a_reason_finds_its_department_and_all_others_the_first(tmp_path: Path) -> None:
    two = ROUTING.replace("- {id: access,", "- {id: first, name: First}\n    - {id: access,")
    museum = loaded(tmp_path, two)
    assert museum.department_for("complaint") == "access"
    assert museum.department_for("failure") == "first"
    assert loaded(tmp_path).department_for("complaint") == "access"


def test_a_route_to_no_department_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="which is no department") as caught:
        loaded(tmp_path, ROUTING.replace("complaint: access", "complaint: 投诉"))
    assert str(len(ROUTING.splitlines())) in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "department"),
    [
        ("lost_property", "lost_property"),
        ("group_visit", "ticketing"),
        ("school_booking", "learning"),
        ("complaint", "visitor_services"),
        ("emergency", "visitor_services"),
        ("speak_to_human", "visitor_services"),
    ],
)
def test_the_routes_of_this_repository(reason: str, department: str) -> None:
    assert load_museum(DATA / "museum.yml").department_for(reason) == department
