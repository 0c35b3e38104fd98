"""Times of day in English, Simplified, Traditional and mixed texts, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.clock_times import MIDNIGHT, Clock, find_clock


def clock(text: str) -> str | None:
    """The time found, "~" where it may be morning or evening, ">" where it is asked as an end."""
    found = find_clock(text)
    if found is None:
        return None
    time = f"{found.minute // 60}:{found.minute % 60:02}"
    return ("" if found.sure else "~") + time + (">" if found.until else "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("are you open after 7", "~7:00"),
        ("after seven?", "~7:00"),
        ("7pm", "19:00"),
        ("7.30 pm", "19:30"),
        ("at 19:30", "19:30"),
        ("until 9pm tonight", "21:00>"),
        ("open til 9", "~9:00>"),
        ("half past seven", "~7:30"),
        ("half seven", "~7:30"),
        ("quarter to eight", "~7:45"),
        ("9 in the morning", None),
        ("by 9 in the morning", "9:00"),
        ("at 8 in the evening", "20:00"),
        ("around noon", "12:00"),
        ("until midnight", "24:00>"),
        ("12am", "0:00"),
        ("at 12", "12:00"),
        ("8 o'clock", "~8:00"),
        ("七点以后", "~7:00"),
        ("晚上七点半还开吗", "19:30"),
        ("早上9点", "9:00"),
        ("开到九点吗", "~9:00>"),
        ("下午三点一刻", "15:15"),
        ("晚上12点", "24:00"),
        ("中午十二点", "12:00"),
        ("19点30分", "19:30"),
        ("今晚8點後", "20:00"),
        ("週五晚上七點", "19:00"),
        ("friday 晚上八点", "20:00"),
        ("你们 after 8 还开吗", "~8:00"),
        ("after 7 december", None),
        ("at 70", None),
        ("by 5 people", None),
        ("half price", None),
        ("half term", None),
        ("便宜一点的票", None),
        ("吃点心", None),
        ("£7.50 each", None),
        ("几点", None),
        ("五时间", None),
        ("25/12", None),
        ("25:30", None),
        ("", None),
    ],
)
def test_the_time_that_a_text_names(text: str, found: str | None) -> None:
    assert clock(text) == found


@pytest.mark.parametrize(
    ("minute", "sure", "by_day", "by_evening"),
    [
        (7 * 60, False, 19 * 60, 19 * 60),
        (9 * 60, False, 9 * 60, 21 * 60),
        (9 * 60, True, 9 * 60, 9 * 60),
        (12 * 60, False, 12 * 60, 12 * 60),
        (30, False, 30, 30),
    ],
)
def test_an_unsure_time_is_read_as_the_topic_means_it(
    minute: int, sure: bool, by_day: int, by_evening: int
) -> None:
    found = Clock(minute, sure)
    assert (found.by_day().minute, found.by_evening().minute) == (by_day, by_evening)


@given(st.text(alphabet="0123456789:.点點半到past half tilamp上晚一二十 ", max_size=40))
def test_every_time_lies_in_the_day(text: str) -> None:
    found = find_clock(text)
    assert found is None or 0 <= found.minute <= MIDNIGHT
