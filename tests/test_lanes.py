"""The lanes: one for each platform, narrow while it is away, wide again when it answers."""

from __future__ import annotations

import pytest

from bot.lanes import AWAY_AFTER, PAUSES, SLOTS, Lanes


class Time:
    """Seconds that a test lets pass."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def lanes(time: Time) -> Lanes:
    return Lanes(("messenger", "web"), time)


def fail(lanes: Lanes, visitors: int) -> None:
    """Lets the sends to so many visitors fail."""
    for number in range(visitors):
        lanes.failed("messenger", f"messenger:访客{number}")


def test_each_channel_has_room_of_its_own(lanes: Lanes) -> None:
    assert lanes.room([]) == {"messenger": SLOTS, "web": SLOTS}
    hangs = ["messenger"] * SLOTS
    assert lanes.room(hangs) == {"web": SLOTS}
    assert lanes.room([*hangs[1:], "web"], most=3) == {"messenger": 1, "web": 3}


def test_a_few_visitors_that_cannot_be_reached_are_no_platform_that_is_away(lanes: Lanes) -> None:
    for _ in range(3):
        fail(lanes, AWAY_AFTER - 1)
    assert lanes.room([])["messenger"] == SLOTS


def test_a_platform_that_is_away_is_asked_by_one_message_at_a_time(
    lanes: Lanes, time: Time
) -> None:
    fail(lanes, AWAY_AFTER)
    for pause in (*PAUSES, PAUSES[-1]):
        assert lanes.room([]) == {"web": SLOTS}
        time.now += pause
        assert lanes.room([])["messenger"] == 1
        assert "messenger" not in lanes.room(["messenger"])
        fail(lanes, 1)


def test_what_fails_together_is_one_question(lanes: Lanes, time: Time) -> None:
    fail(lanes, SLOTS)
    time.now += PAUSES[0]
    assert lanes.room([])["messenger"] == 1


def test_a_platform_that_answers_gets_all_of_its_room_at_once(lanes: Lanes) -> None:
    fail(lanes, SLOTS)
    lanes.well("messenger")
    assert lanes.room([])["messenger"] == SLOTS
