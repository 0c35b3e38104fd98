"""Mentions: the next day of a number, and two mentions side by side that become one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.day_mentions import Mention, dated, joined, of_month

from .asked import SUNDAY, days

TODAY = SUNDAY.date()


@pytest.mark.parametrize(
    ("number", "weekday", "found"),
    [
        (22, None, [date(2026, 11, 22)]),
        (14, None, [date(2026, 12, 14)]),
        (31, None, [date(2026, 12, 31)]),
        (14, 6, [date(2027, 2, 14)]),
        (14, 0, [date(2026, 12, 14)]),
    ],
)
def test_the_next_day_of_a_number(number: int, weekday: int | None, found: list[date]) -> None:
    mention = of_month(number, TODAY, weekday)
    assert mention is not None
    assert list(mention.dates) == found


@pytest.mark.parametrize("number", [0, 32, 99])
def test_a_number_that_no_month_has_is_no_mention(number: int) -> None:
    assert of_month(number, TODAY, None) is None


@pytest.mark.parametrize(
    ("year", "month", "numbers", "found"),
    [
        (None, 12, [25], [date(2026, 12, 25)]),
        (None, 11, [20], [date(2027, 11, 20)]),
        (2026, 11, [20], [date(2026, 11, 20)]),
        (None, 2, [29], [date(2028, 2, 29)]),
        (None, 2, [30], []),
        (2027, 2, [29], []),
        (None, 12, [24, 26], [date(2026, 12, 24), date(2026, 12, 26)]),
    ],
)
def test_a_date_without_a_year_is_the_next(
    year: int | None, month: int, numbers: list[int], found: list[date]
) -> None:
    assert list(dated(year, month, numbers, TODAY).dates) == found


def test_mentions_are_put_in_the_order_of_the_text() -> None:
    monday = Mention((date(2026, 11, 23),), 0, start=11, end=17)
    today = Mention((TODAY,), start=0, end=5)
    assert joined([monday, today], "today, not monday", TODAY) == [today, monday]


# Each row is read on Sunday 22 November 2026.
JOINED = [
    ("Saturday or Monday", "23.11 28.11"),
    ("mon-fri", "23.11 24.11 25.11 26.11 27.11"),
    ("from Tuesday to Thursday", "24.11 25.11 26.11"),
    ("Sunday 14th", "14.02.27"),
    ("Sunday the 14th of December", "14.12"),
    ("Fri, 25 Dec", "25.12"),
    ("tomorrow (Monday 23rd)", "23.11"),
    ("from 30 December to 2 January", "30.12 31.12 01.01.27 02.01.27"),
    (
        "between Boxing Day and New Year's Day",
        "26.12 27.12 28.12 29.12 30.12 31.12 01.01.27",
    ),
    ("12月25日（星期五）", "25.12"),
]


@pytest.mark.parametrize(("text", "found"), JOINED)
def test_neighbours_become_one(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("today or Monday", "22.11 23.11"),
        ("from 1 January to 1 March", "01.01.27 01.03.27"),
    ],
)
def test_strangers_stay_apart(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found
