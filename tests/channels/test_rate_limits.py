"""Counting in windows: here, together over Redis, and while Redis is away."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from redis_server import RedisServer

from bot.channels import rate_limits
from bot.channels.rate_limits import Polls, RateLimits, Rule

THREE = Rule("three", 3)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(autouse=True)
def mid_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, far from the end of a window."""
    monkeypatch.setattr(rate_limits, "clock", lambda: 1_795_000_020.0)


async def test_the_fourth_of_three_waits_for_the_next_window() -> None:
    rates = RateLimits()
    waits = [await rates.wait(THREE, "李") for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 0 < waits[3] <= 60
    assert await rates.wait(THREE, "Ana") == 0
    assert await rates.wait(Rule("other", 3), "李") == 0


async def test_a_new_window_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = RateLimits()
    for _ in range(5):
        waited = await rates.wait(THREE, "李 Ana")
    monkeypatch.setattr(rate_limits, "clock", lambda: 1_795_000_020.0 + waited)
    assert await rates.wait(THREE, "李 Ana") == 0


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MOST_KEYS", 50)
    rates = RateLimits()
    for number in range(500):
        await rates.wait(THREE, f"address {number}")
    assert len(rates._counts) == 50


async def test_two_processes_count_together(redis: RedisServer) -> None:
    one, other = RateLimits(redis.url), RateLimits(redis.url)
    # The first tries wait for Redis to come up; they are counted by each alone.
    while one._alone_until or not await _is_up(one):
        one._alone_until = 0.0
    waits = [await each.wait(THREE, "一起") for each in (one, other, one, other)]
    assert [wait > 0 for wait in waits] == [False, False, False, True]
    await one.close()
    await other.close()


async def _is_up(rates: RateLimits) -> bool:
    await rates.wait(THREE, "is it up")
    return not rates._alone_until


@pytest.mark.parametrize("away", [signal.SIGSTOP, signal.SIGKILL])
async def test_without_redis_each_counts_by_itself(
    redis: RedisServer, away: signal.Signals
) -> None:
    rates = RateLimits(redis.url)
    while not await _is_up(rates):
        rates._alone_until = 0.0
    redis.signal(away)
    waits = [await rates.wait(THREE, "自己 alone") for _ in range(4)]
    assert [wait > 0 for wait in waits] == [False, False, False, True]
    redis.signal(signal.SIGCONT)
    await rates.close()


def test_polls_are_held_for_a_session_and_an_address() -> None:
    polls = Polls(of_one=2, of_address=3)
    assert [polls.begin("a", "ip") for _ in range(3)] == [True, True, False]
    assert polls.begin("b", "ip")
    assert not polls.begin("c", "ip")
    polls.end("a", "ip")
    assert polls.begin("c", "ip")
    for session in ("a", "b", "c"):
        polls.end(session, "ip")
    assert polls._open == {}
