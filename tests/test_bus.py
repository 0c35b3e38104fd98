"""News over a real Redis: heard by others, never by oneself, and never waited for."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis
from redis_server import RedisServer

from bot import bus
from bot.bus import CHANNEL, INBOX, OUTBOX, PAGES, TOPICS, Bus, tell_once

Until = Callable[..., Any]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    made = RedisServer()
    made.start()
    yield made
    made.remove()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "PATIENCE", 0.5)
    monkeypatch.setattr(bus, "QUIET", 0.3)
    monkeypatch.setattr(bus, "BACKOFF", (0.05,))


class Ear:
    """A process on the bus, and what it heard since it was last asked."""

    def __init__(self, url: str) -> None:
        self.heard: list[str] = []
        self.bus = Bus(url, self.heard.append)


@pytest.fixture
async def ears(server: RedisServer, until: Until) -> AsyncIterator[tuple[Ear, Ear]]:
    here, there = Ear(server.url), Ear(server.url)
    for ear in (here, there):
        ear.bus.start()
        await until(lambda ear=ear: ear.bus.is_up)
        ear.heard.clear()
    yield here, there
    for ear in (here, there):
        await ear.bus.stop()


async def test_news_are_heard_by_others_alone(ears: tuple[Ear, Ear], until: Until) -> None:
    here, there = ears
    here.bus.tell(OUTBOX, PAGES)
    await until(lambda: set(there.heard) == {OUTBOX, PAGES})
    assert here.heard == []


async def test_many_news_of_one_kind_are_few_messages(ears: tuple[Ear, Ear], until: Until) -> None:
    here, there = ears
    for _ in range(500):
        here.bus.tell(INBOX)
        await asyncio.sleep(0)
    await until(lambda: there.heard)
    await asyncio.sleep(0.2)
    assert len(there.heard) <= 4


async def test_what_is_no_topic_is_not_heard(
    ears: tuple[Ear, Ear], server: RedisServer, until: Until
) -> None:
    _, there = ears
    client: Any = Redis.from_url(server.url)
    for words in ("", "x", "x 你好", b"\xff\xfe \xff", f"x {'a ' * 5000}", f"x {PAGES}"):
        await client.publish(CHANNEL, words)
    await until(lambda: there.heard)
    await client.close(close_connection_pool=True)
    assert there.heard == [PAGES]


async def test_a_message_holds_names_of_topics_and_nothing_else(
    ears: tuple[Ear, Ear], server: RedisServer
) -> None:
    client: Any = Redis.from_url(server.url)
    async with client.pubsub() as listening:
        await listening.subscribe(CHANNEL)
        await listening.get_message(timeout=1)
        ears[0].bus.tell(*TOPICS)
        told = None
        while told is None or told["type"] != "message":
            told = await listening.get_message(timeout=1)
    await client.close(close_connection_pool=True)
    sender, *topics = told["data"].decode().split()
    assert sorted(topics) == sorted(TOPICS)
    assert len(sender) == 16


async def test_a_command_tells_once(
    ears: tuple[Ear, Ear], server: RedisServer, until: Until
) -> None:
    await asyncio.to_thread(tell_once, server.url, bus.MODEL)
    for ear in ears:
        await until(lambda ear=ear: ear.heard == [bus.MODEL])


def test_a_command_is_not_held_up_by_a_redis_that_is_away() -> None:
    begun = time.monotonic()
    tell_once("redis://127.0.0.1:9/0", bus.MODEL)
    tell_once("", bus.MODEL)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("how", ["killed", "standing still"])
async def test_a_redis_that_is_away_holds_up_nothing_and_is_found_again(
    ears: tuple[Ear, Ear],
    server: RedisServer,
    until: Until,
    how: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    here, there = ears
    if how == "killed":
        server.kill()
    else:
        server.signal(signal.SIGSTOP)
    await until(lambda: not here.bus.is_up and not there.bus.is_up)
    begun = time.monotonic()
    here.bus.tell(*TOPICS)
    assert time.monotonic() - begun < 0.05
    await asyncio.sleep(0.3)
    downs = [record for record in caplog.records if record.message == "the bus is down"]
    assert len(downs) == 2
    if how == "killed":
        server.start()
    else:
        server.signal(signal.SIGCONT)
    # What was told meanwhile nobody kept: everything is looked at.
    await until(lambda: set(there.heard) >= set(TOPICS) and here.bus.is_up)
    await asyncio.sleep(0.1)
    there.heard.clear()
    await until(lambda: here.bus.tell(PAGES) or PAGES in there.heard)


async def test_without_redis_nothing_is_told_and_nothing_fails() -> None:
    alone = Bus("", lambda _: None)
    alone.start()
    alone.tell(*TOPICS)
    await alone.stop()
    assert not alone.is_up
