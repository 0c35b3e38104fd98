"""The rules of weekdays, on a Sunday and in the middle of the week, and words that are no day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.dates import find_day

from .asked import SUNDAY, WEDNESDAY, days

ON_SUNDAY = [
    ("Sunday", "22.11"),
    ("are you open on mondays", "23.11"),
    ("this Monday", "23.11"),
    ("next Monday", "23.11"),
    ("next Sunday", "29.11"),
    ("next Friday", "27.11"),
    ("on sun", "22.11"),
    ("thurs?", "26.11"),
    ("open weds", "25.11"),
    ("hi just checking ur open this sat", "28.11"),
    ("sat and sun", "22.11 28.11"),
    ("what are Thursday's hours", "26.11"),
    ("this weekend", "22.11"),
    ("next weekend", "28.11 29.11"),
    ("next week", "23.11 24.11 25.11 26.11 27.11 28.11 29.11"),
    ("周日", "22.11"),
    ("星期天几点开", "22.11"),
    ("礼拜天", "22.11"),
    ("周一开不开", "23.11"),
    ("下周一", "23.11"),
    ("下星期一", "23.11"),
    ("下个礼拜三", "25.11"),
    ("下下周一", "30.11"),
    ("这周五", "20.11"),
    ("本周六", "21.11"),
    ("每周二", "24.11"),
    ("周末", "22.11"),
    ("下周末", "28.11 29.11"),
    ("周六日", "22.11 28.11"),
    ("周一、三", "23.11 25.11"),
    ("周一至周五", "23.11 24.11 25.11 26.11 27.11"),
    ("周二到四", "24.11 25.11 26.11"),
    ("請問週一有開嗎", "23.11"),
    ("下週一", "23.11"),
    ("禮拜日", "22.11"),
    ("這個星期六", "21.11"),
    ("週末", "22.11"),
]
# Words that look like days and are none.
GENERAL = [
    "",
    "hours?",
    "几点开门",
    "幾點開門",
    "may i come in",
    "may 3 of us come",
    "table for 2 may i ask",
    "we sat down",
    "I sat in the sun",
    "the sun and moon",
    "mon ami",
    "can we wed here",
    "is the second floor open",
    "the 2nd floor",
    "an 18th century vase",
    "march with kids",
    "may we march 4 abreast",
    "24/7",
    "1/2 price",
    "open 10-5?",
    "Train gets in at 9.15. Will you be open by then",
    "my ticket is 10.30am",
    "nowadays",
    "I know",
    "every day of the week",
    "the first friday of the month",
    "do you sell sundaes",
    "remember us",
    "marsh birds",
    "一周一次",
    "一周开几天",
    "周年纪念",
    "休館日是星期幾",
    "1号展厅",
    "2號線",
    "3日游",
    "每日",
    "然后天气",
    "打听日期",
    "can I see it in a day",
    "四点半到还能让进吗",
]
ON_WEDNESDAY = [
    ("wednesday", "25.11"),
    ("next wednesday", "02.12"),
    ("next friday", "27.11 04.12"),
    ("next monday", "30.11"),
    ("this monday", "30.11"),
    ("last monday", "23.11"),
    ("this weekend", "28.11 29.11"),
    ("weekend", "28.11 29.11"),
    ("这周一", "23.11"),
    ("本週六", "28.11"),
    ("周一", "30.11"),
    ("下周五", "04.12"),
    ("上周五", "20.11"),
    ("周一到周五", "30.11 01.12 02.12 03.12 04.12"),
    ("周末 open 吗", "28.11 29.11"),
    ("這個週末", "28.11 29.11"),
]


@pytest.mark.parametrize(("text", "found"), ON_SUNDAY)
def test_asked_on_a_sunday(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found


@pytest.mark.parametrize("text", GENERAL)
def test_ordinary_words_are_no_day(text: str) -> None:
    assert find_day(text, SUNDAY).kind == "general"


@pytest.mark.parametrize(("text", "found"), ON_WEDNESDAY)
def test_asked_in_the_middle_of_the_week(text: str, found: str) -> None:
    assert days(text, WEDNESDAY) == found


@settings(deadline=None)
@given(st.integers(0, 800), st.sampled_from("一二三四五六日"))
def test_a_plain_weekday_lies_within_a_week(ahead: int, name: str) -> None:
    now = SUNDAY + timedelta(days=ahead)
    (day,) = find_day(f"周{name}开吗", now).dates
    assert 0 <= (day - now.date()).days < 7
    assert day.weekday() == "一二三四五六日".index(name)
