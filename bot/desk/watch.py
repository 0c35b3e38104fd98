"""Looks at every open case now and then, so that no promise breaks unnoticed."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.desk.casework import Casework
from bot.store.database import Database

logger = logging.getLogger(__name__)


class Watch:
    """Rings before a promise breaks and after, and ends claims that were left idle.

    Args:
        database: Where the cases lie.
        casework: The desk.
        news: Called when there is something to send or to show.
    """

    def __init__(self, database: Database, casework: Casework, news: Callable[[], None]) -> None:
        self._database = database
        self._casework = casework
        self._news = news

    async def look(self) -> int:
        """Does what is due in all open cases; returns in how many that was anything."""
        due = await self._database.run(self._casework.due_now)
        done = 0
        for case_id in due:
            done += await self._database.run(self._casework.look, case_id)
        if done:
            logger.info("promises and claims were told of", extra={"cases": done})
            self._news()
        return done
