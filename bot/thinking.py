"""The thread on which turns are computed, one after the other, beside the web server's loop.

A turn is arithmetic: for the time it takes nothing else could run on its loop, and platforms would
wait for their "200". On a thread of its own it shares the interpreter with the web server's and
the database's. Each of their steps gives the interpreter up for a moment, and with Python's usual
interval would wait 5 ms to have it back: see `SWITCH_SECONDS`.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

# A turn that awaits too long is cancelled on its thread; one that does not even come to that is
# left behind with its thread after this much more.
STUCK_SECONDS = 1.0
# Who waits for the interpreter has it after so long. With 5 ms a transaction of ten statements was
# held up for 50; what it costs to change hands more often was not to be seen.
SWITCH_SECONDS = 0.0003


@dataclass
class _Job:
    """A piece of work that waits for its turn."""

    work: Callable[[], Coroutine[Any, Any, Any]]
    seconds: float
    result: Future[Any] = field(default_factory=Future)
    # What is being worked on, for the log and the clocks of its stages.
    context: Context = field(default_factory=copy_context)
    began: float | None = None

    def patience(self) -> float:
        """Returns how long to wait for it yet, in seconds; 0 where it is stuck."""
        limit = self.seconds + STUCK_SECONDS
        return limit if self.began is None else max(0.0, self.began + limit - time.monotonic())


class Thinking:
    """Runs coroutines one at a time, on a thread with an event loop of its own."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    async def run(self, work: Callable[[], Coroutine[Any, Any, Any]], seconds: float) -> Any:
        """Returns what a coroutine returns that is made and run on the thread.

        Args:
            work: Makes the coroutine.
            seconds: How long it may take once it has begun; waiting for others does not count.

        Raises:
            asyncio.TimeoutError: It took longer.
        """
        job = _Job(work, seconds)
        self._jobs.put(job)
        self._ensure_thread()
        done = asyncio.wrap_future(job.result)
        try:
            while not done.done():
                if not (patience := job.patience()):
                    self._leave_behind()
                    raise asyncio.TimeoutError
                await asyncio.wait({done}, timeout=patience)
        finally:
            # Nobody waits any more: where it has not begun, it is not begun.
            done.cancel()
        return done.result()

    def _ensure_thread(self) -> None:
        with self._starting:
            if self._thread is None:
                sys.setswitchinterval(SWITCH_SECONDS)
                self._thread = threading.Thread(target=self._work, name="thinking", daemon=True)
                self._thread.start()

    def _leave_behind(self) -> None:
        """Gives what waits to a new thread; the old one ends if its work ever does."""
        with self._starting:
            self._thread = None
        self._ensure_thread()

    def _work(self) -> None:
        loop = asyncio.new_event_loop()
        while self._thread is threading.current_thread():
            job = self._jobs.get()
            if job.result.set_running_or_notify_cancel():
                job.began = time.monotonic()
                _finish(job, loop)
        loop.close()


def _finish(job: _Job, loop: asyncio.AbstractEventLoop) -> None:
    try:
        job.result.set_result(job.context.run(loop.run_until_complete, _within(job)))
    except BaseException as error:
        job.result.set_exception(error)


async def _within(job: _Job) -> Any:
    return await asyncio.wait_for(job.work(), job.seconds)


@lru_cache(maxsize=1)
def thinking() -> Thinking:
    """Returns this process's thinking thread."""
    return Thinking()
