"""Months, parts of months, seasons and years, seen from Sunday 22 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.periods import Period, find_period

from .asked import SUNDAY

TODAY = SUNDAY.date()


def period(text: str, today: date = TODAY) -> str | None:
    found = find_period(text, today)
    return f"{found.first:%d.%m.%y}-{found.last:%d.%m.%y}" if found else None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("next month", "01.12.26-31.12.26"),
        ("what's on this month", "22.11.26-30.11.26"),
        ("end of the month", "22.11.26-30.11.26"),
        ("in december", "01.12.26-31.12.26"),
        ("December?", "01.12.26-31.12.26"),
        ("early january", "01.01.27-10.01.27"),
        ("the first week of december", "01.12.26-07.12.26"),
        ("in may", "01.05.27-31.05.27"),
        ("in November", "22.11.26-30.11.26"),
        ("october 2027", "01.10.27-31.10.27"),
        ("in the spring", "01.03.27-31.05.27"),
        ("over the summer holidays", "01.07.27-31.08.27"),
        ("this winter", "01.12.26-28.02.27"),
        ("in 2027", "01.01.27-31.12.27"),
        ("2027年有什么展", "01.01.27-31.12.27"),
        ("in 2020", None),
        ("next year", "01.01.27-31.12.27"),
        ("later this year", "22.11.26-31.12.26"),
        ("end of the year", "01.12.26-31.12.26"),
        ("下个月有什么展", "01.12.26-31.12.26"),
        ("下個月", "01.12.26-31.12.26"),
        ("本月", "22.11.26-30.11.26"),
        ("月底", "22.11.26-30.11.26"),
        ("下月初", "01.12.26-10.12.26"),
        ("十二月", "01.12.26-31.12.26"),
        ("3月中旬", "11.03.27-20.03.27"),
        ("明年五月", "01.05.27-31.05.27"),
        ("2027年2月份", "01.02.27-28.02.27"),
        ("年底", "01.12.26-31.12.26"),
        ("明年", "01.01.27-31.12.27"),
        ("春天", "01.03.27-31.05.27"),
        ("暑假", "01.07.27-31.08.27"),
        ("next month 有什么展", "01.12.26-31.12.26"),
        ("in 十二月", "01.12.26-31.12.26"),
        ("may I come in", None),
        ("march in", None),
        ("spring festival", None),
        ("october 2025", None),
        ("13月", None),
        ("12月25日", None),
        ("", None),
    ],
)
def test_the_stretch_that_a_text_asks_about(text: str, found: str | None) -> None:
    assert period(text) == found


@pytest.mark.parametrize(
    ("text", "today", "found"),
    [
        ("next month", date(2026, 12, 31), "01.01.27-31.01.27"),
        ("this month", date(2026, 12, 31), "31.12.26-31.12.26"),
        ("winter", date(2027, 1, 5), "05.01.27-28.02.27"),
        ("february", date(2028, 1, 5), "01.02.28-29.02.28"),
        ("月初", date(2026, 12, 11), None),
    ],
)
def test_the_year_turns(text: str, today: date, found: str | None) -> None:
    assert period(text, today) == found


def test_a_month_is_known_as_one() -> None:
    assert Period(date(2026, 12, 1), date(2026, 12, 31)).is_month(TODAY)
    assert Period(TODAY, date(2026, 11, 30)).is_month(TODAY)
    assert not Period(date(2026, 12, 1), date(2027, 1, 31)).is_month(TODAY)
    assert not Period(date(2026, 12, 1), date(2026, 12, 10)).is_month(TODAY)


@given(
    st.text(alphabet="今明年下个月底初春夏12一十 nextmonthdecmyarj", max_size=30),
    st.dates(date(2024, 1, 1), date(2040, 12, 31)),
)
def test_no_stretch_begins_before_today(text: str, today: date) -> None:
    found = find_period(text, today)
    assert found is None or today <= found.first <= found.last
