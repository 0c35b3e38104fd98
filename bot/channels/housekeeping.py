"""What the process that leads does now and then: one chore that fails stops no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.store import claiming, log, queue
from bot.store.database import Database

# How often rows of dead workers are looked for and promises looked at.
SECONDS = 10.0

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


async def keep_house(
    chores: Sequence[Chore], seconds: float = SECONDS, leads: Callable[[], bool] = lambda: True
) -> None:
    """Does each chore every so many seconds while this process leads, until it is cancelled."""
    while True:
        await asyncio.sleep(seconds)
        for chore in chores if leads() else ():
            try:
                await chore()
            except Exception:
                name = getattr(chore, "__qualname__", type(chore).__name__)
                logger.exception("a chore failed", extra={"chore": name})


async def recover(database: Database) -> None:
    """Takes up what dead workers left."""
    await database.run(queue.recover, everything=False)
    if await database.run(claiming.mend):
        logger.warning("visitors who waited stood in no line")
