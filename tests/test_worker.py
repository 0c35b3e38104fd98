"""The worker: in order, so many at once, undisturbed by failures, and stopped cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot import worker
from bot.worker import Worker, singly

Handle = Callable[[str], Awaitable[Any]]


class Queue:
    """A queue in memory, and what was done to its pieces."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.begun: list[str] = []
        self.done: list[str] = []
        self.failures = 0
        self.gate = asyncio.Event()
        self.changed = asyncio.Event()

    async def claim(self) -> str | None:
        """Gives the next piece, or fails as often as asked to."""
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        return self.waiting.pop(0) if self.waiting else None

    async def handle(self, work: str) -> None:
        """Does one piece; "bad" fails, "slow" waits for the gate."""
        self.begun.append(work)
        self.changed.set()
        if work.startswith("bad"):
            raise ValueError(work)
        if work.startswith("slow"):
            await self.gate.wait()
        self.done.append(work)
        self.changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until something is true of the queue."""
        while not true():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 3)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
async def working(queue: Queue) -> AsyncIterator[Worker[str]]:
    running: Worker[str] = Worker("test", singly(queue.claim), queue.handle, at_once=2)
    yield running
    queue.gate.set()
    await asyncio.wait_for(running.stop(), 3)


async def test_work_is_begun_in_the_order_of_the_queue(queue: Queue, working: Worker[str]) -> None:
    queue.waiting = ["one", "二", "three 三", "4", "5", "6"]
    wanted = list(queue.waiting)
    working.start()
    await queue.until(lambda: len(queue.done) == 6)
    assert queue.begun == wanted


async def test_no_more_than_so_many_are_in_hand(queue: Queue, working: Worker[str]) -> None:
    queue.waiting = ["slow 1", "slow 2", "slow 3"]
    working.start()
    await queue.until(lambda: len(queue.begun) == 2)
    for _ in range(20):
        working.wake()
        await asyncio.sleep(0)
    assert queue.waiting == ["slow 3"]
    queue.gate.set()
    await queue.until(lambda: len(queue.done) == 3)


async def test_a_piece_that_fails_does_not_stop_the_others(
    queue: Queue, working: Worker[str], caplog: pytest.LogCaptureFixture
) -> None:
    queue.waiting = ["bad", "坏 but fine", "good"]
    working.start()
    await queue.until(lambda: len(queue.done) == 2)
    assert queue.done == ["坏 but fine", "good"]
    assert [record.message for record in caplog.records] == ["work failed"]


async def test_a_queue_that_cannot_be_read_is_read_again(
    queue: Queue,
    working: Worker[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 0.01)
    queue.failures, queue.waiting = 3, ["after all"]
    working.start()
    await queue.until(lambda: queue.done == ["after all"])
    told = [record.message for record in caplog.records]
    assert told == ["the queue cannot be read", "the queue can be read again"]


async def test_new_work_is_taken_when_the_worker_is_woken(
    queue: Queue, working: Worker[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 60)
    working.start()
    await asyncio.sleep(0.01)
    queue.waiting.append("新的")
    working.wake()
    await queue.until(lambda: queue.done == ["新的"])


async def test_work_is_found_without_being_woken(
    queue: Queue, working: Worker[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 0.01)
    working.start()
    await asyncio.sleep(0.02)
    queue.waiting.append("from another process")
    await queue.until(lambda: queue.done == ["from another process"])


async def test_stop_takes_no_more_and_waits_for_what_is_in_hand(
    queue: Queue, working: Worker[str]
) -> None:
    queue.waiting = ["slow 1"]
    working.start()
    await queue.until(lambda: queue.begun == ["slow 1"])
    stopping = asyncio.create_task(working.stop())
    await asyncio.sleep(0.01)
    assert not stopping.done()
    queue.waiting.append("too late")
    queue.gate.set()
    await asyncio.wait_for(stopping, 3)
    assert queue.done == ["slow 1"]
    assert queue.waiting == ["too late"]


async def test_stop_drops_what_does_not_end_in_time(
    queue: Queue, working: Worker[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.02)
    queue.waiting = ["slow for ever", "quick"]
    working.start()
    await queue.until(lambda: queue.done == ["quick"])
    await asyncio.sleep(0.05)
    await asyncio.wait_for(working.stop(), 3)
    assert queue.done == ["quick"]
    assert not queue.gate.is_set()


@pytest.mark.parametrize("ticks", range(6))
async def test_stop_ends_although_the_worker_was_woken_a_moment_before(
    queue: Queue, ticks: int
) -> None:
    running: Worker[str] = Worker("test", singly(queue.claim), queue.handle)
    running.start()
    await asyncio.sleep(0.01)
    running.wake()
    for _ in range(ticks):
        await asyncio.sleep(0)
    stopping = asyncio.create_task(running.stop())
    ended, _ = await asyncio.wait({stopping}, timeout=1)
    stopping.cancel()
    await asyncio.wait({stopping})
    assert ended


async def test_stop_without_a_start_does_nothing(working: Worker[str]) -> None:
    await asyncio.wait_for(working.stop(), 1)


async def test_a_claim_in_hand_is_not_lost_when_the_worker_stops(queue: Queue) -> None:
    """A row that is claimed while the worker stops is either handled or stays in the queue."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow_claim() -> str | None:
        entered.set()
        found = await queue.claim()
        await leave.wait()
        return found

    queue.waiting = ["claimed at the last moment"]
    worker: Worker[str] = Worker("test", singly(slow_claim), queue.handle)
    worker.start()
    await asyncio.wait_for(entered.wait(), 1)
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0.01)
    leave.set()
    await asyncio.wait_for(stopping, 3)
    assert queue.done == ["claimed at the last moment"] or queue.waiting


async def test_several_are_taken_together_and_a_short_answer_ends_the_asking(queue: Queue) -> None:
    queue.waiting = [f"第{number}" for number in range(20)]
    asked: list[int] = []

    async def several(most: int) -> list[str]:
        asked.append(most)
        taken, queue.waiting = queue.waiting[:most], queue.waiting[most:]
        return taken

    running = Worker("test", several, queue.handle, 100, together=16, frees=lambda _: False)
    running.start()
    await queue.until(lambda: len(queue.done) == 20)
    await asyncio.sleep(0.02)
    assert asked == [16, 16]
    await asyncio.wait_for(running.stop(), 3)


async def test_what_was_found_on_the_way_is_worked_on(queue: Queue) -> None:
    running = Worker("test", singly(queue.claim), queue.handle)
    running.take(["一", "two"])
    await queue.until(lambda: queue.done == ["一", "two"])
    assert not list(running.in_hand)
    await running.stop()


async def test_a_patient_worker_that_was_woken_in_vain_lets_others_news_pass(queue: Queue) -> None:
    looks = 0

    async def claim() -> str | None:
        nonlocal looks
        looks += 1
        return await queue.claim()

    running = Worker("test", singly(claim), queue.handle, patience=0.1)
    running.start()
    for _ in range(40):
        running.wake()
        await asyncio.sleep(0.005)
    assert looks < 20
    queue.waiting.append("来了 now")
    running.wake()
    await queue.until(lambda: queue.done == ["来了 now"])
    await asyncio.wait_for(running.stop(), 3)


@pytest.mark.parametrize(("frees", "looks"), [(True, 3), (False, 2)])
async def test_a_queue_is_looked_at_again_where_the_end_of_a_piece_may_free_more(
    queue: Queue, frees: bool, looks: int
) -> None:
    queue.waiting, asked = ["一 one"], 0

    async def claim() -> str | None:
        nonlocal asked
        asked += 1
        return await queue.claim()

    running = Worker("test", singly(claim), queue.handle, 2, frees=lambda _: frees)
    running.start()
    await queue.until(lambda: queue.done == ["一 one"])
    await asyncio.sleep(0.02)
    assert asked == looks
    await asyncio.wait_for(running.stop(), 3)


async def test_a_worker_without_room_looks_again_when_there_is_some(queue: Queue) -> None:
    queue.waiting = ["一", "two", "三 three"]
    running = Worker("test", singly(queue.claim), queue.handle, 1, frees=lambda _: False)
    running.start()
    await queue.until(lambda: queue.done == ["一", "two", "三 three"])
    await asyncio.wait_for(running.stop(), 3)
