"""What lets many server processes be one Docent: news among them, and one that leads.

What only one may do, or what need be done only once, is done by the process that leads: Slack's
socket and the reading back of its threads, reminders, reports that were left, housekeeping, and
giving back what dead processes held. docs/architecture.md ("Several servers") lists all of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from bot import metrics
from bot.bus import Bus
from bot.store import DatabaseError, holding, queue
from bot.store.database import Database
from bot.store.leading import Lead
from bot.worker import end

logger = logging.getLogger(__name__)

# How often the leader looks whether a process has died. It acts on the second look: until then
# every living one has shown itself to a PostgreSQL that was started anew (`bot.store.leading`).
LOOK_EVERY_SECONDS = 2.0


class Leader(Protocol):
    """A part that does something only while its process leads."""

    async def lead(self) -> None:
        """Called when this process leads from now on."""

    async def cede(self) -> None:
        """Called when it does no more."""


class Together:
    """This process among the others.

    Args:
        database: The database that all of them share.
        redis_url: Where news travel; "" where they do not.
        wakes: What to call for news of each topic, whoever told it.
        leaders: The parts that do something only while this process leads.
    """

    def __init__(
        self,
        database: Database,
        redis_url: str,
        wakes: Mapping[str, Callable[[], Any]],
        leaders: Iterable[Leader],
    ) -> None:
        self._database = database
        self._wakes = wakes
        self._leaders = tuple(leaders)
        self._bus = Bus(redis_url, self._heard)
        self._lead = Lead(database)
        self._looking: asyncio.Task[None] | None = None

    @property
    def leads(self) -> bool:
        """Whether this process leads."""
        return self._lead.is_held

    def tell(self, *topics: str) -> None:
        """Tells the other processes what is new; never waits and never fails."""
        self._bus.tell(*topics)

    async def start(self) -> None:
        """Begins to hear news, and to look for the turn to lead."""
        self._bus.start()
        await self._lead.start(self._begin, self._end)

    async def stop(self) -> None:
        """Lets another process lead, and hears no more."""
        await self._lead.stop()
        await self._bus.stop()

    def _heard(self, topic: str) -> None:
        if (wake := self._wakes.get(topic)) is not None:
            wake()

    async def _begin(self) -> None:
        metrics.leads.set(1)
        if not self._database.is_sqlite:
            self._looking = asyncio.create_task(self._look_on())
        for leader in self._leaders:
            await leader.lead()

    async def _end(self) -> None:
        metrics.leads.set(0)
        if self._looking is not None:
            await end([self._looking])
        for leader in self._leaders:
            await leader.cede()

    async def _look_on(self) -> None:
        seen: frozenset[int] = frozenset()
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                seen = await self.look(seen)
            except DatabaseError:
                seen = frozenset()

    async def look(self, seen: frozenset[int]) -> frozenset[int]:
        """Gives back what processes held that were seen dead before and are still.

        Returns those that are seen dead for the first time: their connection may just be anew.
        """
        missed = await self._database.run(holding.orphaned)
        if dead := missed & seen:
            rows = await self._database.run(queue.recover, everything=False, of_dead=dead)
            logger.warning("taking up unfinished work", extra={"rows": rows})
            for wake in self._wakes.values():
                wake()
            self.tell(*self._wakes)
        return missed - dead
