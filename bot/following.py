"""Follows what is published: a new model is fetched, checked, tried, and then answers.

All of it happens beside the turns: those in hand end with the model that they began with. A model
that cannot be used is refused, and the one before it goes on.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import resource
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot import metrics, stages
from bot.config import ROOT
from bot.content import publish
from bot.errors import ContentError
from bot.publishing import fetch
from bot.store import DatabaseError, Row, publications
from bot.store.database import Database

logger = logging.getLogger(__name__)

# How often the database is asked; Redis says it at once.
LOOK_EVERY_SECONDS = 3.0


class Following:
    """Keeps the model that answers the one that was published last.

    Args:
        database: Where publications lie.
        since: The last publication that this start knows of: what the content in the folder makes
            is served until something newer is published.
        load: Makes an agent of a model's file and tries it; called on a thread of its own.
        install: Called on the event loop with the agent that answers from now on.
        root: The project.
    """

    def __init__(
        self,
        database: Database,
        since: int,
        load: Callable[[Path], Any],
        install: Callable[[Any], None],
        root: Path | None = None,
    ) -> None:
        self._database = database
        self._seen = since
        self._refused: set[int] = set()
        self._load = load
        self._install = install
        self._root = root or ROOT
        # As the code is now: an upgrade may change the files under a running process.
        self._code = publish.code(self._root)
        self._news = asyncio.Event()
        self.name = ""

    def wake(self) -> None:
        """Says that something may have been published."""
        self._news.set()

    async def begin(self, model: Path) -> None:
        """Loads the first model: what was published since, else the one of the content.

        Raises:
            Exception: The model of the content cannot be loaded.
        """
        with suppress(DatabaseError):
            await self.look()
        if not self.name:
            await self._take(model)

    async def watch(self) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            self._news.clear()
            try:
                await self.look()
            except DatabaseError:
                logger.info("it is not known whether a model was published")
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY_SECONDS)

    async def look(self) -> bool:
        """Takes the last of what was published and can be used; tells whether there was any.

        Raises:
            DatabaseError: The database cannot be asked now.
        """
        for row in await self._database.run(publications.later, self._code, self._seen):
            if row.id not in self._refused and await self._takes(row):
                return True
        return False

    async def _takes(self, row: Row[Any]) -> bool:
        """Takes a publication, unless it is what answers already or cannot be used."""
        if row.name != self.name:
            try:
                path = await self._database.run(fetch, row, self._root)
                await self._take(path, row.name)
            except DatabaseError:
                raise
            except Exception as error:
                await self._refuse(row, error)
                return False
        self._seen = row.id
        return True

    async def _take(self, model: Path, name: str = "") -> None:
        before = memory_mb()
        agent = await asyncio.to_thread(self._load, model)
        if self.name:
            # It takes the place of one that works.
            await asyncio.to_thread(_try, agent)
        self._install(agent)
        self.name = name or model.name.removesuffix(".tar.gz")
        stages.model_loaded(self.name)
        del agent
        # In a moment: turns in hand still hold the old one.
        await asyncio.to_thread(_tidy)
        logger.info(
            "a model was loaded",
            extra={"model": self.name, "mb_before": before, "mb": memory_mb()},
        )

    async def _refuse(self, row: Row[Any], error: Exception) -> None:
        """Goes on with the model that is there; logs it, counts it and notes it for the doctor."""
        self._refused.add(row.id)
        metrics.models_refused.inc()
        words = str(error) if isinstance(error, ContentError) else type(error).__name__
        logger.error("a published model was refused", extra={"model": row.name, "error": words})
        await self._database.run(publications.refuse, row.id, words)


def _try(agent: Any) -> None:
    """Lets a new model read a sentence; raises where it cannot."""
    if not agent.is_ready():
        raise ContentError("the model", "it is not ready after it was loaded", "Train it again")
    asyncio.run(agent.parse_message("Is the museum open today? 今天开门吗？"))


def memory_mb() -> int:
    """Returns how much memory this process holds now, in MB."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


def _tidy() -> None:
    """Gives the memory of what is not needed any more back to the system.

    What is left is half a million objects that stay as long as the model: to look through them for
    garbage takes 0.3 s in which nobody is acknowledged, so they are set aside (gc.freeze).
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError):
        # glibc keeps it otherwise (man 3 malloc_trim).
        ctypes.CDLL(None).malloc_trim(0)
