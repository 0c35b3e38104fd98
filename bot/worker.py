"""A loop that takes work from a queue, several pieces at a time, and stops cleanly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

Work = TypeVar("Work")

# How often a queue is looked at when nobody woke us: retries fall due, other processes add work.
LOOK_EVERY_SECONDS = 0.5
# How long work in hand may go on when the program is told to stop.
STOP_SECONDS = 8.0


class Worker(Generic[Work]):
    """Claims pieces of work and handles each in a task of its own.

    Args:
        name: What the worker does, for the log.
        claim: Takes one piece from the queue, or returns None when nothing is due.
        handle: Does the work and records its end; an exception that it lets out is logged.
        at_once: How many pieces may be in hand.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[], Awaitable[Work | None]],
        handle: Callable[[Work], Awaitable[Any]],
        at_once: int = 8,
    ) -> None:
        self.name = name
        self._claim = claim
        self._handle = handle
        self._at_once = at_once
        self._in_hand: set[asyncio.Task[None]] = set()
        self._loop_task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stopping = False

    def start(self) -> None:
        """Starts to work on the running event loop."""
        self._loop_task = asyncio.get_running_loop().create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """Says that there may be new work."""
        self._news.set()

    async def stop(self) -> None:
        """Takes no more work and waits for what is in hand; what does not end in time is dropped.

        Dropped work is not lost: its row is claimed again after the next start.
        """
        if self._loop_task is not None:
            self._stopping = True
            self.wake()
            await self._loop_task
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping:
            self._news.clear()
            try:
                worked = len(self._in_hand) < self._at_once and await self._take_one()
            except Exception:
                # The database is away, most likely: what waits there waits on.
                logger.exception("the queue cannot be read", extra={"worker": self.name})
                worked = False
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            if not worked and not self._stopping:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), LOOK_EVERY_SECONDS)

    async def _take_one(self) -> bool:
        work = await self._claim()
        if work is None:
            return False
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._in_hand.add(task)
        task.add_done_callback(self._done)
        return True

    async def _guarded(self, work: Work) -> None:
        try:
            await self._handle(work)
        except Exception:
            logger.exception("work failed", extra={"worker": self.name})

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self.wake()
