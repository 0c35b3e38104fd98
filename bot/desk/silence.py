"""Passes on what a visitor had told of a loss or a complaint when nothing more comes.

The form that asked is gone by then, the words are not: they become a case, and the visitor is
told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.desk.casework import Casework
from bot.desk.people import Request
from bot.desk.readable import readable
from bot.desk.requests import request_of
from bot.store import Connection, Row, log, reports
from bot.store.database import Database
from bot.translate import Translator

logger = logging.getLogger(__name__)

# As long as Rasa keeps a form open: session_expiration_time in domain.yml.
SILENT_AFTER = timedelta(minutes=60)


class Silence:
    """Looks after reports that were left in the middle.

    Args:
        database: Where the conversations lie.
        casework: The desk.
        translator: Translates for staff what the visitor had told.
        news: Called when there is something to send or to show.
    """

    def __init__(
        self,
        database: Database,
        casework: Casework,
        translator: Translator,
        news: Callable[[], None],
    ) -> None:
        self._database = database
        self._casework = casework
        self._translator = translator
        self._news = news

    async def pass_on(self) -> int:
        """Opens a case for each report whose visitor fell silent; returns how many."""
        left = await self._database.run(reports.left_alone, log.now() - SILENT_AFTER)
        opened = 0
        for talk in left:
            wanted = request_of(talk.unfinished)
            told = await readable(self._translator, wanted, "", talk.language)
            opened += await self._database.run(self._open, talk, told.request)
        if opened:
            logger.info("reports were passed on after silence", extra={"cases": opened})
            self._news()
        return opened

    def _open(self, connection: Connection, talk: Row[Any], request: Request) -> int:
        """Opens the case, unless the visitor or another process was faster."""
        present = log.locked_conversation(connection, talk.id)
        words = reports.last_words(connection, talk.id)
        if words is None or present.unfinished != talk.unfinished:
            return 0
        if present.speaker not in (log.BOT, log.CLOSED) or present.last_in_at != talk.last_in_at:
            return 0
        self._casework.open_case(connection, words, talk.language, request)
        log.change_conversation(connection, talk.id, unfinished=None)
        return 1
