"""What a process does now and then, whatever else it does: one chore that fails stops no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import metrics
from bot.store import log, queue
from bot.store.database import Database

# How often rows of dead workers are looked for, queues are measured and promises looked at.
SECONDS = 10.0
WAITING = ("received", "answering", "queued", "sending")

logger = logging.getLogger(__name__)

Chore = Callable[[], Awaitable[Any]]


class Daily:
    """A chore that is due once a day, and when the process starts."""

    def __init__(self, chore: Chore) -> None:
        self._chore = chore
        self._done: datetime | None = None

    async def do(self) -> None:
        """Does it if it is due."""
        if self._done is None or log.now() - self._done >= timedelta(days=1):
            self._done = log.now()
            await self._chore()


async def keep_house(chores: Sequence[Chore], seconds: float = SECONDS) -> None:
    """Does each chore every so many seconds, until it is cancelled."""
    while True:
        await asyncio.sleep(seconds)
        for chore in chores:
            try:
                await chore()
            except Exception:
                name = getattr(chore, "__qualname__", type(chore).__name__)
                logger.exception("a chore failed", extra={"chore": name})


async def recover(database: Database) -> None:
    """Takes up what dead workers left, and measures the queues."""
    await database.run(queue.recover, everything=False)
    depths = await database.run(queue.depths)
    for state in WAITING:
        metrics.waiting.labels(state).set(depths.get(state, 0))
