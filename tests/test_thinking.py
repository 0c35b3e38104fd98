"""The thinking thread: one turn at a time, in nobody's way, and never blocked for good."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from bot import thinking as room
from bot.thinking import Thinking


@pytest.fixture
def mind(monkeypatch: pytest.MonkeyPatch) -> Thinking:
    """A thread of this test alone, which is quickly taken for stuck."""
    monkeypatch.setattr(room, "STUCK_SECONDS", 0.05)
    return Thinking()


async def said(words: str) -> str:
    return f"{words} {threading.current_thread().name}"


@pytest.mark.parametrize("words", ["hello", "您好", "請問 hi"])
async def test_work_is_done_on_the_thread(mind: Thinking, words: str) -> None:
    assert await mind.run(lambda: said(words), 1) == f"{words} thinking"


async def test_one_thing_at_a_time_in_order(mind: Thinking) -> None:
    steps: list[tuple[int, str]] = []

    async def work(number: int) -> None:
        steps.append((number, "begun"))
        await asyncio.sleep(0.002)
        steps.append((number, "done"))

    await asyncio.gather(*(mind.run(lambda n=n: work(n), 1) for n in range(5)))  # type: ignore[misc]
    assert steps == [(n, step) for n in range(5) for step in ("begun", "done")]


async def test_an_error_reaches_who_asked(mind: Thinking) -> None:
    async def fail() -> None:
        raise ValueError("不行 no")

    with pytest.raises(ValueError, match="不行 no"):
        await mind.run(fail, 1)
    assert await mind.run(lambda: said("on"), 1)


async def test_who_awaits_too_long_is_cancelled(mind: Thinking) -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with pytest.raises(asyncio.TimeoutError):
        await mind.run(wait, 0.05)
    assert ended == ["cancelled"]
    assert await mind.run(lambda: said("next"), 1)


async def test_who_is_stuck_blocks_nobody(mind: Thinking) -> None:
    go_on = threading.Event()

    async def stick() -> str:
        go_on.wait(10)
        return "late"

    async def after() -> Any:
        return await mind.run(lambda: said("after"), 0.1)

    stuck = asyncio.create_task(mind.run(stick, 0.05))
    waiting = asyncio.create_task(after())
    with pytest.raises(asyncio.TimeoutError):
        await stuck
    assert await waiting == "after thinking"
    go_on.set()
    assert await mind.run(lambda: said("still"), 1) == "still thinking"


async def test_waiting_for_others_is_not_taking_long(mind: Thinking) -> None:
    async def work() -> str:
        await asyncio.sleep(0.04)
        return "done"

    found = await asyncio.gather(*(mind.run(work, 0.2) for _ in range(8)))
    assert found == ["done"] * 8


async def test_what_nobody_waits_for_is_not_begun(mind: Thinking) -> None:
    hold, begun = threading.Event(), []

    async def holding() -> None:
        hold.wait(5)

    async def late() -> None:
        begun.append("late")

    first = asyncio.create_task(mind.run(holding, 5))
    second = asyncio.create_task(mind.run(late, 5))
    await asyncio.sleep(0.02)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    hold.set()
    await first
    assert await mind.run(lambda: said("third"), 1)
    assert begun == []


async def test_the_servers_loop_is_free_meanwhile(mind: Thinking) -> None:
    async def compute() -> None:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            sum(range(1000))

    busy = asyncio.create_task(mind.run(compute, 2))
    ticks = 0
    while not busy.done():
        await asyncio.sleep(0.001)
        ticks += 1
    await busy
    assert ticks > 10
