"""How fast a visitor may write, how often the bot answers, how long more is waited for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import STAFFED

from bot import pacing
from bot.pacing import Arrival, Counted


def arrivals(seconds: list[float], a_minute: int = 120) -> list[Arrival]:
    """Lets messages come at these seconds."""
    found: list[Arrival] = []
    for second in seconds:
        before = found[-1].counted if found else None
        at = STAFFED + timedelta(seconds=second)
        found.append(pacing.arrived(before, at, a_minute))
    return found


@pytest.mark.parametrize(
    ("seconds", "over"),
    [
        ([0.0] * 120, 0),
        ([0.0] * 121, 1),
        ([0.0] * 500, 380),
        ([n * 0.5 for n in range(500)], 0),
        ([n * 0.25 for n in range(480)], 121),
        ([*[0.0] * 120, *[60.0] * 120], 0),
        ([*[0.0] * 120, 0.4, 0.6], 1),
        ([5.0, 0.0, 0.0], 0),
    ],
    ids=["a burst", "one more", "a flood", "a stream", "too fast", "again", "a drop", "backwards"],
)
def test_a_burst_is_allowed_and_a_stream_is_held_to_its_mean(
    seconds: list[float], over: int
) -> None:
    assert sum(each.is_over for each in arrivals(seconds)) == pytest.approx(over, abs=2)


def test_who_writes_too_fast_is_told_once_a_minute() -> None:
    told = [each.is_told for each in arrivals([n * 0.1 for n in range(3000)])]
    assert sum(told) == 5
    assert told.index(True) > 120


def test_fifty_quick_messages_are_never_too_fast() -> None:
    assert not any(each.is_over for each in arrivals([n * 0.001 for n in range(50)]))


def counted(times: int, every: float) -> tuple[Counted | None, datetime]:
    known: Counted | None = None
    at = STAFFED
    for n in range(times):
        at = STAFFED + timedelta(seconds=n * every)
        known = pacing.answered(known, at)
    return known, at


@pytest.mark.parametrize(
    ("times", "every", "loops"),
    [(599, 1, False), (600, 1, True), (600, 5, True), (600, 7, False), (5000, 30, False)],
)
def test_hundreds_of_answers_in_an_hour_are_a_loop(times: int, every: float, loops: bool) -> None:
    known, at = counted(times, every)
    assert pacing.loops(known, at) is loops


def test_a_loop_is_over_after_its_hour() -> None:
    known, at = counted(700, 1)
    assert pacing.loops(known, at)
    assert not pacing.loops(known, at + timedelta(hours=1))
    assert not pacing.loops(None, at)


@pytest.mark.parametrize(
    ("first", "last", "now", "left"),
    [
        (0, 0, 0, 1.2),
        (0, 0, 1, 0.2),
        (0, 0, 1.2, 0),
        (0, 3.5, 3.6, 0.4),
        (0, 5, 5, 0),
        (0, 0, 9, 0),
    ],
)
def test_more_is_waited_for_until_it_is_quiet_and_no_longer_than_four_seconds(
    first: float, last: float, now: float, left: float
) -> None:
    moments = [STAFFED + timedelta(seconds=each) for each in (first, last, now)]
    assert pacing.patience(*moments).total_seconds() == pytest.approx(left)
