"""A loop that takes work from a queue, several pieces at a time, and stops cleanly."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

Work = TypeVar("Work")

# How often a queue is looked at when nobody woke us: retries fall due, other processes add work.
LOOK_EVERY_SECONDS = 0.5
# A queue that cannot be read is left alone for longer and longer, up to this.
LONGEST_AWAY_SECONDS = 4.0
# How long work in hand may go on when the program is told to stop.
STOP_SECONDS = 8.0
CANCEL_EVERY_SECONDS = 0.05
# So many pieces are claimed together at the most: the first of them waits for the last, and so
# does whoever else wants the database.
MOST_TOGETHER = 4
# A worker is as patient as it is told to be once it was woken so often for nothing.
_VAIN = 3


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks and waits until they have ended."""
    left = set(tasks)
    while left:
        # Again and again: a time limit that runs out at this moment hides the cancelling.
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_EVERY_SECONDS)


def singly(
    claim: Callable[[], Awaitable[Work | None]],
) -> Callable[[int], Awaitable[Sequence[Work]]]:
    """Lets a worker use a queue that gives one piece, or None when nothing is due."""

    async def claimed(_most: int) -> Sequence[Work]:
        piece = await claim()
        return () if piece is None else (piece,)

    return claimed


class Worker(Generic[Work]):
    """Claims pieces of work and handles each in a task of its own.

    Args:
        name: What the worker does, for the log.
        claim: Takes pieces from the queue, about so many; fewer say that no more are due.
        handle: Does the work and records its end; an exception that it lets out is logged.
        at_once: How many pieces may be in hand.
        together: How many pieces are claimed at once.
        frees: Tells whether more may be due now that a piece has ended.
        patience: How many seconds a worker may let pass that is woken for others' news as well.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[int], Awaitable[Sequence[Work]]],
        handle: Callable[[Work], Awaitable[Any]],
        at_once: int = 8,
        *,
        together: int = 1,
        frees: Callable[[Work], bool] = lambda _: True,
        patience: float = 0.0,
    ) -> None:
        self.name = name
        self._claim = claim
        self._together = together
        self._handle = handle
        self._at_once = at_once
        self._frees = frees
        # Whether there was no room when it was looked last.
        self._is_full = False
        self._patience = patience
        self._in_hand: dict[asyncio.Task[None], Work] = {}
        self._loop_task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._failures = 0
        self._vain = 0

    def start(self) -> None:
        """Starts to work on the running event loop."""
        self._loop_task = asyncio.get_running_loop().create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """Says that there may be new work."""
        self._news.set()

    @property
    def is_running(self) -> bool:
        """Whether new work is taken."""
        return self._loop_task is not None and not self._stopping.is_set()

    @property
    def in_hand(self) -> Collection[Work]:
        """The pieces that are being worked on."""
        return self._in_hand.values()

    def take(self, pieces: Iterable[Work]) -> None:
        """Begins to work on pieces that were claimed."""
        for piece in pieces:
            task = asyncio.get_running_loop().create_task(self._guarded(piece))
            self._in_hand[task] = piece
            task.add_done_callback(self._done)

    async def stop(self) -> None:
        """Takes no more work and waits for what is in hand; what does not end in time is dropped.

        Dropped work is not lost: its row is claimed again after the next start.
        """
        if self._loop_task is not None:
            self._stopping.set()
            self.wake()
            await self._loop_task
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            if not await self._look():
                await self._rest()

    async def _look(self) -> bool:
        """Takes what is due, as far as there is room; tells whether more may be."""
        room = min(self._at_once - len(self._in_hand), self._together)
        self._is_full = room <= 0
        if self._is_full:
            return False
        try:
            pieces = await self._claim(room)
        except Exception as error:
            await self._wait_out(error)
            return True
        if self._failures:
            logger.warning("the queue can be read again", extra={"worker": self.name})
        self._failures = 0
        self._vain = 0 if pieces else self._vain + 1
        self.take(pieces)
        return len(pieces) >= room

    async def _wait_out(self, error: Exception) -> None:
        """The database is away, most likely: what waits there waits on."""
        if not self._failures:
            told = {"worker": self.name, "error": type(error).__name__}
            logger.error("the queue cannot be read", extra=told, exc_info=error)
        longest = min(LOOK_EVERY_SECONDS * 2**self._failures, LONGEST_AWAY_SECONDS)
        self._failures = min(self._failures + 1, 10)
        with suppress(asyncio.TimeoutError):
            # Not all processes come back at the same moment.
            wait = longest * random.uniform(0.5, 1)  # noqa: S311
            await asyncio.wait_for(self._stopping.wait(), wait)

    async def _rest(self) -> None:
        """Waits for news, and no longer than until the queue is looked at in any case."""
        look = asyncio.get_running_loop().call_later(LOOK_EVERY_SECONDS, self._news.set)
        await self._news.wait()
        look.cancel()
        if self._patience and self._vain > _VAIN and not self._stopping.is_set():
            await asyncio.sleep(min(self._patience, 0.01 * 2 ** min(self._vain - _VAIN, 10)))

    async def _guarded(self, piece: Work) -> None:
        try:
            await self._handle(piece)
        except Exception:
            logger.exception("work failed", extra={"worker": self.name})
            self.wake()

    def _done(self, task: asyncio.Task[None]) -> None:
        piece = self._in_hand.pop(task)
        if self._frees(piece) or self._is_full:
            self.wake()
