"""What is asked in one text, and in a question with its follow-up."""

from __future__ import annotations

import pytest

from bot.content.asking import When, asked_clock, asked_when, newest

from .asked import SUNDAY


def when(text: str) -> str:
    found = asked_when(text, SUNDAY)
    days = " ".join(f"{day:%d.%m}" for day in found.days)
    return (
        days
        or ("now" if found.now else "unclear" if found.unclear else "")
        or (f"{found.period.first:%d.%m}-{found.period.last:%d.%m}" if found.period else "")
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("friday", "27.11"),
        ("friday\nand on tuesday?", "24.11"),
        ("friday\nand for children?", "27.11"),
        ("周五\n那下个月呢", "01.12-31.12"),
        ("next month\n25 december?", "25.12"),
        ("friday\nnow?", "now"),
        ("friday\nbank holiday", "unclear"),
        ("friday\nand yesterday", ""),
        ("yesterday and today", "22.11"),
        ("on\nfriday\nplease", "27.11"),
        ("prices", ""),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_the_last_line_wins_where_it_names_a_time(text: str, found: str) -> None:
    assert when(text) == found


def test_a_day_that_has_passed_leaves_the_question_general() -> None:
    assert asked_when("yesterday", SUNDAY).days == ()
    assert asked_when("", SUNDAY) == When()


def test_the_time_of_day_is_kept_too() -> None:
    found = asked_clock("friday at 7pm\nand saturday?")
    assert found
    assert found.minute == 19 * 60


def test_newest_reads_the_rest_where_the_last_line_says_nothing() -> None:
    digits = "0123456789"
    assert newest("a1\nb2\nc", lambda line: [x for x in line if x in digits]) == ["1", "2"]
    assert newest("", lambda line: line) is None
