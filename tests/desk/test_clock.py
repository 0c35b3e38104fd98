"""The desk's clock: when somebody is there, when a promise falls due, and how that is said."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.content.voice import Voice
from bot.desk.clock import DeskClock, moment
from bot.desk.promises import Targets, nearest

from .stories import story

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def clock(voice: Voice) -> DeskClock:
    return DeskClock(voice.museum)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("channel", "asked", "due"),
    [
        # Within the day; web is promised a quarter of an hour, Messenger one, all others two.
        ("web", "2026-11-24T11:00", "2026-11-24T11:15"),
        ("messenger", "2026-11-24T11:00", "2026-11-24T12:00"),
        ("wechat", "2026-11-24T11:00", "2026-11-24T13:00"),
        # Over the night, over Christmas, and over the change of the clock.
        ("messenger", "2026-11-24T17:10", "2026-11-25T10:10"),
        ("web", "2026-11-24T03:00", "2026-11-24T09:45"),
        ("messenger", "2026-12-24T17:15", "2026-12-27T10:45"),
        ("messenger", "2026-10-24T16:30", "2026-10-25T10:30"),
    ],
)
def test_due_counts_staffed_minutes(clock: DeskClock, channel: str, asked: str, due: str) -> None:
    assert clock.due(channel, at(asked)) == at(due)


def test_due_takes_a_moment_of_any_zone(clock: DeskClock) -> None:
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=timezone.utc)
    assert clock.due("web", summer) == at("2026-07-01T10:15")


@pytest.mark.parametrize(
    ("now", "language", "words"),
    [
        ("2026-11-24T09:29", "en", "on Tuesday 24 November at 9:30am"),
        ("2026-11-24T17:30", "en", "on Wednesday 25 November at 9:30am"),
        ("2026-11-24T17:30", "zh-Hans", "11月25日（星期三）9:30"),
        ("2026-11-28T20:00", "zh-Hant", "11月29日（星期日）10:00"),
        ("2026-12-24T18:00", "en", "on Sunday 27 December at 10am"),
        ("2026-12-31T18:00", "zh-Hans", "1月2日（星期六）10:00"),
    ],
)
def test_reopening(clock: DeskClock, now: str, language: str, words: str) -> None:
    assert clock.reopening(at(now), language) == words
    assert not clock.is_staffed(at(now))


def test_is_staffed_within_the_hours(clock: DeskClock) -> None:
    assert clock.is_staffed(at("2026-11-24T11:00"))


@pytest.mark.parametrize("now", ["2026-11-24T11:00", "2026-11-22T23:00"])
def test_what_is_urgent_is_due_at_once_whatever_the_hour(clock: DeskClock, now: str) -> None:
    assert clock.due("messenger", at(now), urgent=True) == at(now)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "on Monday 23 November at 9:05am"),
        ("zh-Hans", "11月23日（星期一）9:05"),
        ("zh-Hant", "11月23日（星期一）9:05"),
    ],
)
def test_moment(language: str, words: str) -> None:
    assert moment(at("2026-11-23T09:05"), language) == words


# --- The promises of this museum ---


def test_the_targets_of_a_channel_and_of_what_is_urgent(clock: DeskClock) -> None:
    quarter, hours = timedelta(minutes=15), timedelta(hours=24)
    assert clock.targets("web") == Targets(quarter, quarter, hours)
    assert clock.targets("wechat") == Targets(timedelta(hours=2), timedelta(hours=2), hours)
    assert clock.targets("wechat", urgent=True) == Targets(
        timedelta(), quarter, timedelta(hours=4)
    )


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("channel", ["web", "messenger", "wechat"])
@pytest.mark.parametrize("opened", ["11-24 11:00", "11-24 17:20", "12-24 17:29", "11-22 03:00"])
def test_the_clock_of_the_first_reply_is_due_when_the_card_says(
    clock: DeskClock, opened: str, channel: str, urgent: bool
) -> None:
    timeline = story(f"{opened} opened")
    best = nearest(clock.clocks(timeline, channel, timeline[0].at, urgent))
    assert best is not None
    assert best.due_at == clock.due(channel, timeline[0].at, urgent)


def test_what_rings_at_this_desk(clock: DeskClock) -> None:
    timeline = story("11-24 11:00 opened\n11-24 11:02 bot")
    rung: set[str] = set()
    heard = []
    for minutes in range(0, 24 * 60, 5):
        now = timeline[0].at + timedelta(minutes=minutes)
        found = clock.clocks(timeline, "web", now)
        for alarm in clock.ringing("D-1001", found, rung, now):
            rung.add(alarm.key)
            heard.append((now.astimezone(LONDON).strftime("%d %H:%M"), alarm.kind, alarm.step))
    assert heard == [
        ("24 11:05", "first_reply", 0),
        ("24 11:15", "first_reply", 1),
        ("24 11:30", "first_reply", 2),
        ("24 12:15", "first_reply", 3),
    ]


@pytest.mark.parametrize(
    ("since", "ends"),
    [
        ("2026-11-24T11:00", "2026-11-24T15:00"),
        # Nobody loses a case over the night, or over Christmas.
        ("2026-11-24T16:30", "2026-11-25T12:30"),
        ("2026-12-24T16:30", "2026-12-27T13:00"),
    ],
)
def test_a_claim_ends_after_staffed_time(clock: DeskClock, since: str, ends: str) -> None:
    assert clock.claim_expires(at(since)) == at(ends)
