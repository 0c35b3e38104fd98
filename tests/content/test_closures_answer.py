"""Closed days, closed galleries and notices; what is over is never told."""

from __future__ import annotations

import pytest

from .told import CITY, NOON, told, words


@pytest.mark.parametrize(
    ("at", "language", "text", "parts"),
    [
        (NOON, "en", "which days are you closed", ["Monday", "25 December: closed (Christmas"]),
        (NOON, "en", "any closures?", ["28 December: 10am–5:30pm (school holiday)"]),
        (NOON, "zh-Hans", "哪天闭馆", ["周一", "12月25日（星期五）：闭馆（圣诞节）"]),
        (NOON, "zh-Hant", "休館日", ["每週休館日", "閉館（聖誕節）", "錢幣廳"]),
        (NOON, "en", "closed on christmas?", ["closed on Friday 25 December", "27 December"]),
        (NOON, "zh-Hans", "春节关门吗", ["2027年2月6日", "开放"]),
        (NOON, "zh-Hant", "國慶休館嗎", ["2027年10月1日", "開放"]),
        (NOON, "zh-Hans", "christmas 那天关吗", ["因圣诞节"]),
        (NOON, "en", "any galleries closed?", ["Coin Gallery: closed until Sunday 6 December"]),
        (NOON, "en", "galleries closed on 8 december?", ["Map Room (north end): will be closed"]),
        (NOON, "en", "is the coin gallery shut", ["Coin Gallery: closed until"]),
        (NOON, "zh-Hans", "钱币厅开吗", ["钱币厅：关闭至12月6日"]),
        (NOON, "en", "strike today?", ["A strike may close rooms."]),
        (NOON, "zh-Hans", "今天罢工吗", ["因罢工"]),
        (NOON, "en", "closed in january?", ["11 to Friday 15 January", "upkeep"]),
        (NOON, "en", "bank holiday monday", ["Which day"]),
        (NOON, "en", "closed on friday\nand on christmas day?", ["25 December"]),
        ("2026-12-31T23:59:59", "en", "closed tomorrow?", ["closed tomorrow", "New Year's Day"]),
    ],
)
def test_answers(at: str, language: str, text: str, parts: list[str]) -> None:
    answer = words("closures", text, language, at)
    assert [part for part in parts if part not in answer] == [], answer


@pytest.mark.parametrize(
    ("at", "coins", "maps", "egypt", "news"),
    [
        ("2026-11-21T23:59:59", True, False, True, True),
        ("2026-11-22T00:00:00", True, False, False, False),
        ("2026-11-23T12:00:00", True, True, False, False),
        ("2026-12-07T00:00:00", False, True, False, False),
        ("2026-12-21T00:00:00", False, False, False, False),
    ],
)
def test_a_closure_is_told_on_its_days(
    at: str, coins: bool, maps: bool, egypt: bool, news: bool
) -> None:
    answer = words("closures", "what is closed", "en", at)
    shown = [name in answer for name in ("Coin", "Map Room", "Egypt", "Old news")]
    assert shown == [coins, maps, egypt, news]


@pytest.mark.parametrize("text", ["are you closed because of the snow", "会下雪闭馆吗"])
def test_trouble_without_a_notice_is_for_a_person(text: str) -> None:
    answer = told("closures", text)
    assert answer is not None
    assert answer.offer_person
    assert "no announcement about that" in answer.text


def test_a_museum_that_is_always_open_says_so() -> None:
    answer = words("closures", "closed days?", "en", NOON, CITY)
    assert answer.startswith("We are usually open every day of the week.\nNo other closed days")
