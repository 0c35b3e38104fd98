"""What staff read of a platform's window: on the card, in the preview, in words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk import thread
from bot.desk.blocks import card, window_words
from bot.windows import CLOSED, OPEN, Left

AT = datetime(2026, 11, 24, 11, 0, tzinfo=timezone.utc)
LONDON = ZoneInfo("Europe/London")


def case(**values: Any) -> Any:
    told = {
        "id": 1,
        "ref": "D-1001",
        "name": "李薇 Wei",
        "person_id": "o1",
        "channel": "wechat",
        "language": "zh-Hans",
        "reason": "speak_to_human",
        "question": "门票 tickets?",
        "translation": None,
        "understood": None,
        "details": None,
        "priority": "normal",
        "department": "ticketing",
        "owner": None,
        "owner_id": None,
        "due_at": None,
        "waiting_since": None,
        "previous_ref": None,
        "rating": None,
        "mood": None,
        "state": "queued",
    }
    return SimpleNamespace(**{**told, **values})


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (Left(OPEN, AT + timedelta(hours=4, minutes=10), 3, 5), "4 h 10 m, 3 of 5 messages left"),
        (Left(OPEN, AT + timedelta(seconds=59), 1, 3), "0 h 0 m, 1 of 3 messages left"),
        (Left(OPEN, AT + timedelta(days=6, hours=2)), "6 d 2 h left"),
        (Left(CLOSED, None, 0, 5), "closed: the visitor has to write first"),
        (Left(CLOSED), "closed: the visitor has to write first"),
    ],
)
def test_what_is_left_in_words(left: Left, words: str) -> None:
    assert words in window_words(left, AT)


def test_the_card_says_until_when_and_how_often() -> None:
    shown = str(card(case(), [], LONDON, Left(OPEN, AT, 3, 5)).blocks)
    assert "Reply window until" in shown
    assert "24 Nov 11:00" in shown
    assert "3 of 5 messages left" in shown


@pytest.mark.parametrize(
    ("left", "words"),
    [(Left(CLOSED, None, 0, 5), "no message is left"), (Left(CLOSED), "closed until the visitor")],
)
def test_the_card_says_that_the_visitor_has_to_write(left: Left, words: str) -> None:
    assert words in str(card(case(), [], LONDON, left).blocks)


def test_a_closed_case_and_a_channel_without_a_window_say_nothing() -> None:
    assert "window" not in str(card(case(state="resolved"), [], LONDON, Left(OPEN, AT)).blocks)
    assert "window" not in str(card(case(), [], LONDON).blocks)


def test_the_preview_counts_down() -> None:
    row = SimpleNamespace(text="好的 OK", language="zh-Hans", translation=None, seq=7)
    left = Left(OPEN, datetime.now(timezone.utc) + timedelta(hours=2, seconds=30), 2, 5)
    shown = str(thread.preview(row, case(), 5, left).blocks)
    assert "2 h 0 m, 2 of 5 messages left" in shown
