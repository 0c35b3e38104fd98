"""One process among all leads: it does what only one may do, such as holding Slack's socket.

Who leads holds an advisory lock of PostgreSQL on a connection of its own, and so does each process
for its number (`bot.store.holding`). Both end with the connection: at once where a process dies,
and within half a minute where it only stands still. On SQLite there is one
process.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store import holding
from bot.store.database import Database
from bot.store.turns import LEAD, connected

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
# PostgreSQL ends our connection when we are silent for so long.
SILENT_SECONDS = 30
_ENDS_IN_SILENCE = f"SET idle_session_timeout = '{SILENT_SECONDS}s'"
_TRY = sa.text("SELECT pg_try_advisory_lock(:key)")
_STANDS = sa.text("SELECT true")

Step = Callable[[], Awaitable[None]]


class Lead:
    """Whether this process leads.

    A thread of its own asks PostgreSQL, so that a busy event loop loses nothing.

    Args:
        database: The database that all processes share.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._holds = self._is_shown = False
        self._ended = threading.Event()
        self._steps: asyncio.Queue[bool] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.is_held = False

    async def start(self, begin: Step, end: Step) -> None:
        """Leads at once where nobody else can; else begins to look for its turn.

        Args:
            begin: Called when this process leads from now on.
            end: Called when it does no more, also by `stop`.
        """
        self._begin, self._end = begin, end
        if self._database.is_sqlite:
            await self._change(True)
            return
        self._task = asyncio.create_task(self._follow(), name="lead")
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._look_on, args=(loop,), name="lead", daemon=True).start()

    async def stop(self) -> None:
        """Gives the lead to whoever asks next."""
        self._ended.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._change(False)

    async def _follow(self) -> None:
        while True:
            await self._change(await self._steps.get())

    async def _change(self, holds: bool) -> None:
        if holds == self.is_held:
            return
        self.is_held = holds
        if not self._database.is_sqlite:
            logger.info("this process leads" if holds else "this process leads no more")
        try:
            await (self._begin if holds else self._end)()
        except Exception:
            logger.exception("a step of leading failed")

    def _look_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Asks again and again, on its own thread; says what changed on the event loop."""
        told, wait = False, 0.0
        while not self._ended.wait(wait):
            wait = LOOK_EVERY_SECONDS
            holds = self._look()
            if holds != told:
                told = holds
                with suppress(RuntimeError):
                    # The loop may have ended meanwhile.
                    loop.call_soon_threadsafe(self._steps.put_nowait, holds)
        self._hang_up()

    def _look(self) -> bool:
        """Returns whether we lead; who cannot ask does not: another may from this moment on."""
        try:
            return self._ask()
        except sa.exc.SQLAlchemyError:
            self._hang_up()
            return False

    def _ask(self) -> bool:
        if self._connection is None:
            self._connection = connected(self._database.engine.url, _ENDS_IN_SILENCE)
        if not self._is_shown:
            self._is_shown = holding.show(self._connection)
        query = _STANDS if self._holds else _TRY
        self._holds = bool(self._connection.execute(query, {"key": LEAD}).scalar_one())
        return self._holds

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        self._holds = self._is_shown = False
        if connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                connection.close()
