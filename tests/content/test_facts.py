"""Quotable facts: those that are written, and the prices in force on the day they are quoted."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.calendar import Bilingual
from bot.content.facts import Facts, clock_of

from .told import house

WRITTEN = {"name": Bilingual("Museum", "博物馆")}


def facts(today: date) -> Facts:
    return Facts(WRITTEN, house().prices, lambda: today)


@pytest.mark.parametrize(
    ("today", "price"),
    [(date(2026, 3, 31), "12"), (date(2026, 4, 1), "14"), (date(2027, 3, 1), "15.50")],
)
def test_a_price_changes_with_the_day(today: date, price: str) -> None:
    known = facts(today)
    assert known["prices.exhibition_adult"] == Bilingual(price, price)
    assert known["name"].en == "Museum"
    assert len(known) == len(list(known)) == 7


def test_a_price_that_has_run_out_is_no_fact() -> None:
    known = facts(date(2028, 1, 1))
    assert "prices.exhibition_adult" not in known
    assert list(known) == ["name"]


def test_what_is_written_wins() -> None:
    written = {"prices.admission": Bilingual("1", "1")}
    assert Facts(written, house().prices, lambda: date(2026, 5, 1))["prices.admission"].en == "1"


def test_the_clock_is_the_museums() -> None:
    known = house()
    assert isinstance(clock_of(known.time_zone)(), date)
    assert "prices.table.0.from" not in known.facts
    assert "notices.0.text" not in known.facts
    assert "closures.galleries.0.name" not in known.facts
