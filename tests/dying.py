"""A process that dies between two statements: its connection is closed and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bot.store.database import Database


class Died(Exception):
    """The process is gone: this statement was never run, nor will any other be."""


class Mortal:
    """Lets a database's process live for so many statements and commits, and no longer.

    Args:
        database: The process's own engine.
        steps: After how many steps it dies; None for a process that lives, and is counted.
        end: Called when it dies, on whichever thread: ends everything that the process does.
    """

    def __init__(self, database: Database, steps: int | None, end: Callable[[], Any]) -> None:
        self.steps, self.taken, self.is_dead = steps, 0, False
        self._end = end
        sa.event.listen(database.engine, "before_cursor_execute", self._before_statement)
        sa.event.listen(database.engine, "commit", self._step)

    def _before_statement(self, connection: Any, *_: Any) -> None:
        self._step(connection)

    def _step(self, connection: Any) -> None:
        if not self.is_dead and self.taken == self.steps:
            self.is_dead = True
            self._end()
        if self.is_dead:
            # As the kernel does: the connection is closed, and the database rolls back.
            connection.invalidate()
            raise Died
        self.taken += 1
