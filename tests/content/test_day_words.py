"""The words of days: slips of the thumb, numbers in Chinese, feasts, and what sounds like one."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.content.dates import find_day
from bot.content.day_words import counted, han_day_number, month_number, plain

from .asked import LONDON, SUNDAY, days

SPELT = [
    ("tomorow", "tomorrow"),
    ("tommorrow", "tomorrow"),
    ("r u open tmrw", "r u open tomorrow"),
    ("wensday", "wednesday"),
    ("wednesdya", "wednesday"),
    ("sundy", "sunday"),
    ("saterday", "saturday"),
    ("thrusday", "thursday"),
    ("25 decmber", "25 december"),
    ("chrismas eve", "christmas eve"),
    ("X-mas", "christmas"),
    ("new year’s day", "new year's day"),
    ("TODAY？", "today?"),
    ("12 月 25 日", "12月25日"),
    ("下個禮拜開門嗎", "下个礼拜开门吗"),
    ("sun day number 24", "sun day number 24"),
    ("a\0b", "a b"),
]


@pytest.mark.parametrize(("text", "spelt"), SPELT)
def test_a_text_is_spelt_plainly(text: str, spelt: str) -> None:
    assert plain(text) == spelt


@pytest.mark.parametrize(
    ("text", "number"),
    [("25", 25), ("二十五", 25), ("廿五", 25), ("十", 10), ("十二", 12), ("三十", 30), ("两", 2)],
)
def test_a_number_is_counted(text: str, number: int) -> None:
    assert counted(text) == number


def test_names_have_their_numbers() -> None:
    assert [month_number(name) for name in ("jan", "may", "december")] == [1, 5, 12]
    assert [han_day_number(name) for name in "一六日天"] == [0, 5, 6, 6]


# Each row is read on Sunday 22 November 2026.
NAMED = [
    ("Christmas", "25.12"),
    ("xmas day", "25.12"),
    ("Christmas Eve", "24.12"),
    ("over Christmas", "24.12 25.12 26.12"),
    ("boxing day hours??", "26.12"),
    ("New Year's Eve", "31.12"),
    ("do you open new years day", "01.01.27"),
    ("new year’s day", "01.01.27"),
    ("Chinese New Year", "06.02.27"),
    ("Good Friday", "26.03.27"),
    ("easter sunday - as normal?", "28.03.27"),
    ("Easter Monday", "29.03.27"),
    ("over easter", "26.03.27 27.03.27 28.03.27 29.03.27"),
    ("Christmas 2027", "25.12.27"),
    ("圣诞节", "25.12"),
    ("平安夜那天", "24.12"),
    ("节礼日", "26.12"),
    ("元旦放假还开馆吗", "01.01.27"),
    ("春节", "06.02.27"),
    ("除夕", "05.02.27"),
    ("明年春节", "06.02.27"),
    ("国庆节期间", "01.10.27"),
    ("复活节那个周一", "29.03.27"),
    ("聖誕節當天", "25.12"),
    ("農曆新年期間照常開放嗎", "06.02.27"),
    ("復活節星期一", "29.03.27"),
]


@pytest.mark.parametrize(("text", "found"), NAMED)
def test_a_named_day_is_found(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found


@pytest.mark.parametrize(
    ("text", "found"), [("christmas", "25.12.27"), ("圣诞节", "25.12.27"), ("元旦", "01.01.27")]
)
def test_a_named_day_that_is_over_is_next_years(text: str, found: str) -> None:
    assert days(text, datetime(2026, 12, 26, 9, 0, tzinfo=LONDON)) == found


LOOKALIKES = [
    "is there a christmas tree",
    "merry christmas! what are your hours",
    "easter island statues",
    "happy new year",
    "圣诞快乐",
    "新年快樂",
    "复活节岛",
]


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_sounds_like_a_named_day_is_none(text: str) -> None:
    assert find_day(text, SUNDAY).kind == "general"
