"""Days, money and messages in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bot.content.telling import LONGEST_BYTES, Teller, day_names, earlier, message, minute_time

from .told import NOON, house, sentences


def teller(language: str = "en") -> Teller:
    known = house()
    now = datetime.fromisoformat(NOON).replace(tzinfo=known.time_zone)
    return Teller(known, sentences(), language, now)


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (0, "today (Sunday 22 November)", "今天（11月22日，星期日）"),
        (1, "tomorrow (Monday 23 November)", "明天（11月23日，星期一）"),
        (2, "on Tuesday 24 November", "11月24日（星期二）"),
        (40, "on Friday 1 January 2027", "2027年1月1日（星期五）"),
    ],
)
def test_a_day_in_a_sentence(ahead: int, english: str, chinese: str) -> None:
    words = teller().day(date(2026, 11, 22) + timedelta(days=ahead))
    assert (words.en, words.zh) == (english, chinese)


def test_neighbouring_days() -> None:
    run = [date(2027, 1, 11) + timedelta(days=shift) for shift in range(5)]
    assert teller().days(run).en == "Monday 11 to Friday 15 January 2027"
    assert teller().days(run[:2]).zh == "2027年1月11日（星期一）和2027年1月12日（星期二）"


@pytest.mark.parametrize(
    ("language", "price", "words"),
    [("en", 14, "£14"), ("en", 2.5, "£2.50"), ("en", 0, "free"), ("zh-Hant", 0, "免費")],
)
def test_money(language: str, price: float, words: str) -> None:
    assert teller(language).money(price) == words


def test_parts_are_joined_as_the_language_does() -> None:
    assert teller().joined(["One.", "", "Two."]) == "One. Two."
    assert teller("zh-Hans").joined(["一。", "二。"]) == "一。二。"
    assert teller().listed(["a", "b"]) == "a, b"
    assert teller("zh-Hant").listed(["a", "b"]) == "a、b"


def test_a_message_keeps_whole_lines() -> None:
    assert message(["one", "", "two"]) == "one\ntwo"
    assert message(["x" * LONGEST_BYTES, "more"]) == "x" * LONGEST_BYTES
    assert message([]) == ""


def test_times_of_day() -> None:
    assert minute_time(1440) == time(0)
    assert earlier(time(17, 30), 45) == time(16, 45)
    assert earlier(time(0, 30), 45) == time(0)


def test_weekdays_are_listed_as_people_do() -> None:
    assert day_names([1, 2, 3, 5]).en == "Tuesday to Thursday, Saturday"
    assert day_names([0, 6]).zh == "周一、周日"
