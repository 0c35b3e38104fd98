"""The price table: which row holds, and which category is the cheapest that fits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from .told import CITY, house

TABLE = house().prices
PRICES = {"adult": 14.0, "concession": 11.0, "student": 9.0, "under_16": 0.0}


@pytest.mark.parametrize(
    ("day", "adult"),
    [
        (date(2025, 3, 31), None),
        (date(2025, 4, 1), 12),
        (date(2026, 3, 31), 12),
        (date(2026, 4, 1), 14),
        # Two rows cover these days: the newer one holds.
        (date(2027, 3, 1), 15.5),
        (date(2027, 12, 31), 15.5),
        (date(2028, 1, 1), None),
    ],
)
def test_the_row_of_a_day(day: date, adult: float | None) -> None:
    row = TABLE.row_on(day)
    assert (row.exhibition["adult"] if row else None) == adult


@pytest.mark.parametrize(
    ("kind", "age", "category"),
    [
        ("adult", None, "adult"),
        ("child", None, "under_16"),
        ("child", 15, "under_16"),
        ("child", 16, "adult"),
        ("adult", 4, "under_16"),
        ("senior", 64, "adult"),
        ("senior", None, "concession"),
        ("adult", 65, "concession"),
        ("student", 70, "student"),
        ("student", 15, "under_16"),
        ("disabled", 30, "concession"),
        ("concession", None, "concession"),
        ("teacher", None, None),
        ("companion", None, None),
    ],
)
def test_the_cheapest_that_fits(kind: str, age: int | None, category: str | None) -> None:
    best = TABLE.best(kind, age, PRICES)
    assert (best.id if best else None) == category


def test_what_answers_may_quote_is_of_today() -> None:
    assert dict(TABLE.quotable(date(2026, 11, 22))) == {
        "prices.admission": 0,
        **{
            f"prices.exhibition_{name}": price
            for name, price in (*PRICES.items(), ("companion", 0))
        },
    }
    assert dict(TABLE.quotable(date(2028, 1, 1))) == {}
    assert dict(house(CITY).prices.quotable(date(2026, 5, 1)))["prices.admission_senior"] == 30


def test_an_unknown_category_is_refused() -> None:
    assert TABLE.category("student").name.zh == "学生"
    with pytest.raises(KeyError):
        TABLE.category("pupil")


def test_every_row_has_a_last_day() -> None:
    assert all(row.last - row.first > timedelta() for row in TABLE.rows)
