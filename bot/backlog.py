"""How much may wait: beyond that nothing more is accepted, and platforms send it again later."""

from __future__ import annotations

import logging
import time

from bot.errors import QueueFull
from bot.store import pace
from bot.store.database import Database

logger = logging.getLogger(__name__)

# While it is full, it is counted so often.
LOOK_AGAIN_SECONDS = 1.0
# Counting anew after each tenth of the bound keeps several processes together near it.
PARTS = 10
_NEVER = float("-inf")


class Backlog:
    """Counts what waits, seldom: in between it knows at least how much came since.

    Args:
        database: Where the messages lie.
        most: How many may wait; 0 for any number.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most
        self._counted = 0
        self._since = 0
        self._looked = _NEVER

    async def admit(self, messages: int) -> None:
        """Lets messages in, or raises QueueFull."""
        if not self._most or not messages:
            return
        is_full = self._counted + self._since >= self._most
        if is_full or self._since * PARTS >= self._most or self._looked == _NEVER:
            await self._look()
        if self._counted + self._since >= self._most:
            raise QueueFull(f"{self._most} messages wait")
        self._since += messages

    async def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        self._looked = time.monotonic()
        waiting = await self._database.run_first(pace.waiting, self._most)
        self._counted, self._since = waiting, 0
        if self._counted >= self._most:
            logger.error("too much waits: nothing is accepted", extra={"waiting": self._counted})
