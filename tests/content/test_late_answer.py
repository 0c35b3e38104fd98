"""Late evenings: in general, on a day, at a time of day, at the edges of the day."""

from __future__ import annotations

import pytest

from bot.content.hours_answer import Hours
from bot.content.late_answer import Evenings

from .told import CITY, NOON, house, sentences, told, words

FRIDAY = "2026-11-27T12:00"


@pytest.mark.parametrize(
    ("at", "language", "text", "parts"),
    [
        (NOON, "en", "late nights?", ["Friday until 8:30pm", "Friday 27 November"]),
        (NOON, "zh-Hans", "哪天晚上开放", ["周五延长开放至20:30", "11月27日"]),
        (NOON, "zh-Hant", "有夜間開放嗎", ["週五延長開放至20:30", "下次延長開放"]),
        (NOON, "en", "tonight after 7?", ["closed at 7pm", "to 5:30pm", "Next late opening"]),
        (NOON, "en", "this friday", ["open late on Friday 27 November", "8:30pm", "7:45pm"]),
        (FRIDAY, "en", "tonight", ["open late today", "8:30pm"]),
        (FRIDAY, "en", "tonight after 7", ["Yes, we are open at 7pm today"]),
        (FRIDAY, "en", "until 9 tonight", ["not open until 9pm", "to 8:30pm"]),
        (FRIDAY, "en", "until half eight tonight", ["Yes, today", "8:30pm"]),
        (FRIDAY, "en", "at 8 tonight", ["too late to come in", "7:45pm"]),
        (FRIDAY, "zh-Hans", "今晚七点以后", ["19:00开放", "20:30闭馆", "19:45入场"]),
        (FRIDAY, "zh-Hant", "今晚開到九點嗎", ["沒有開到21:00", "20:30"]),
        (FRIDAY, "zh-Hans", "tonight 八点还能进吗", ["最晚19:45入场", "20:00到"]),
        (NOON, "en", "saturday", ["no late opening on Saturday", "5:30pm", "Friday 27"]),
        (NOON, "zh-Hans", "周六晚上开吗", ["不延时", "17:30闭馆", "11月27日"]),
        (NOON, "en", "monday evening", ["closed tomorrow", "Next late opening: Friday 27"]),
        (NOON, "en", "christmas day", ["Christmas Day", "Next late opening"]),
        (NOON, "en", "open after 7?", ["Friday until 8:30pm", "27 November"]),
        (NOON, "en", "open after 9?", ["not open at 9pm on any evening", "Friday until 8:30pm"]),
        (NOON, "en", "in december", ["4 December", "11 December", "18 December"]),
        (NOON, "en", "24 and 25 december", ["no late opening on those days"]),
        (NOON, "en", "bank holiday", ["Friday until 8:30pm", "Which day"]),
        # Friday 25 December is closed, and Friday 1 January too.
        ("2026-12-20T12:00", "en", "late?", ["Next late opening: Friday 8 January 2027"]),
        # The upkeep week takes the Friday away.
        ("2027-01-09T12:00", "en", "late?", ["Friday 22 January"]),
        (NOON, "en", "tonight\nand on friday?", ["Friday 27 November"]),
        (NOON, "en", "friday at 7\nand at 9?", ["closed at 9pm", "Friday 27 November"]),
        (NOON, "zh-Hans", "周五七点\n周六呢", ["19:00我们不开放", "11月28日"]),
    ],
)
def test_answers(at: str, language: str, text: str, parts: list[str]) -> None:
    answer = words("late_opening", text, language, at)
    assert [part for part in parts if part not in answer] == [], answer


@pytest.mark.parametrize(
    ("at", "part"),
    [
        ("2026-11-27T20:29:59", "open late today"),
        ("2026-11-27T20:30:00", "We open again tomorrow"),
        ("2026-11-27T20:30:01", "We open again tomorrow"),
        ("2026-12-31T23:59:59", "Next late opening: Friday 8 January"),
    ],
)
def test_the_edge_of_an_evening(at: str, part: str) -> None:
    assert part in words("late_opening", "tonight", "en", at)


def test_an_evening_that_is_over_is_not_the_next() -> None:
    assert "4 December" in words("late_opening", "late?", "en", "2026-11-27T20:31")


def test_summer_time_does_not_move_the_evening() -> None:
    assert "Friday 2 April" in words("late_opening", "next?", "en", "2027-03-28T12:00")


def test_a_museum_without_late_evenings_says_so() -> None:
    assert words("late_opening", "late?", "en", NOON, CITY).startswith(
        "No late opening is planned"
    )
    assert "不延时" in words("late_opening", "周五", "zh-Hans", NOON, CITY)
    assert "not open at 7pm" in words("late_opening", "after 7?", "en", NOON, CITY)


def test_a_far_day_is_for_a_person() -> None:
    answer = told("late_opening", "7 june 2030")
    assert answer is not None
    assert answer.offer_person


def test_usual_closing_is_what_most_days_have() -> None:
    known = house()
    from datetime import datetime

    now = datetime.fromisoformat(NOON).replace(tzinfo=known.time_zone)
    tell = Evenings(known, sentences(), "en", now)
    assert isinstance(tell, Hours)
    assert f"{tell.usual_closing():%H:%M}" == "17:30"
