"""SQLite's one writer: a thread that runs all that waits in one transaction.

To commit costs more than most of what is committed: the disk is waited for. So what waits at the
same moment is committed together, each piece behind a savepoint, and nobody hears of a result
before the disk has it (sqlite.org/lang_savepoint.html, sqlite.org/pragma.html#pragma_synchronous).
What somebody outside waits for goes first (`pieces`) and ends its group, but never for long in a
row.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.base import Transaction

from bot import metrics
from bot.store.checkpoints import Checkpoints
from bot.store.pieces import Piece, Pieces

# A group ends after so many pieces, or when it has lasted this long: its first piece waits for it.
MOST_PIECES = 64
GROUP_SECONDS = 0.02
# What nobody outside waits for is passed over no longer than this: then a group begins with it.
PASSED_SECONDS = 0.05
# Other processes can write to the file only between two groups. Where one follows the other for
# so long, they get a pause, which is longer than they wait before they look again.
BUSY_SECONDS, PAUSE_SECONDS = 0.25, 0.006

_SAVE, _BACK, _KEEP = "SAVEPOINT piece", "ROLLBACK TO piece", "RELEASE piece"


class Writer:
    """Runs transactions one group after the other, on a thread of its own.

    Args:
        engine: Where they run; its "begin" event takes the write lock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._pieces = Pieces()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        # Since when groups were of what is waited for alone, while other pieces waited.
        self._passed_at: float | None = None
        self._checkpoints: Checkpoints | None = None

    def submit(
        self, work: Callable[[Connection], Any], first: bool = False, patient: bool = False
    ) -> asyncio.Future[Any]:
        """Lets `work(connection)` run in a transaction.

        Args:
            work: What is to run.
            first: Whether it goes before what waits.
            patient: Whether it may wait for what it can be committed with.
        """
        piece = Piece(work, asyncio.get_running_loop().create_future(), first, patient)
        with self._starting:
            self._pieces.add(piece)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="database", daemon=True)
                self._thread.start()
                self._checkpoints = self._carried_over()
        return piece.future

    def close(self) -> None:
        """Ends what waits, and the thread."""
        with self._starting:
            self._pieces.close()
        if self._thread is not None:
            self._thread.join()
        if self._checkpoints is not None:
            self._checkpoints.close()

    def _carried_over(self) -> Checkpoints | None:
        """Starts what keeps the log of a file short; a database in memory has none."""
        if not (path := self._engine.url.database) or path == ":memory:":
            return None
        checkpoints = Checkpoints(path)
        checkpoints.start()
        return checkpoints

    # -- on the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while self._pieces.wait():
            self._pause()
            self._group()
        self._hang_up()

    def _pause(self) -> None:
        """Lets other processes write where one group has followed the other for long."""
        if time.monotonic() - self._pieces.idle_at > BUSY_SECONDS:
            time.sleep(PAUSE_SECONDS)
            self._pieces.idle_at = time.monotonic()

    def _group(self) -> None:
        """Runs what waits, as far as it fits into one transaction, and tells how it ended."""
        began = time.monotonic()
        try:
            connection = self._connection or self._connect()
            transaction = connection.begin()
        except Exception as error:
            # All of it: what waits behind would only wait as long, and be refused as well.
            return self._refuse(error)
        done = self._run_pieces(connection, transaction, began)
        if transaction.is_active:
            try:
                transaction.commit()
            except Exception as error:
                self._hang_up()
                if len(done) > 1:
                    return self._pieces.put_back(done)
                done[0].error = error
        metrics.database_seconds.observe(time.monotonic() - began)
        _tell(done)

    def _run_pieces(
        self, connection: Connection, transaction: Transaction, began: float
    ) -> list[Piece]:
        """Runs pieces until the group is full; ends the transaction itself where one broke it."""
        done: list[Piece] = []
        held = connection.connection.dbapi_connection
        overdue = self._passed_at is not None and began - self._passed_at > PASSED_SECONDS
        while (piece := self._pieces.take(done, overdue)) is not None:
            try:
                if done:
                    held.execute(_SAVE)
                piece.result = piece.work(connection)
                if done:
                    held.execute(_KEEP)
            except BaseException as error:
                piece.error = error
                if not done or not _is_back(held):
                    # It had the transaction for itself, or SQLite took all of it back.
                    self._roll_back(transaction)
                    self._pieces.put_back(done)
                    return [piece]
            done.append(piece)
            late = time.monotonic() - began >= GROUP_SECONDS
            if piece.alone or len(done) >= MOST_PIECES or late:
                break
        if any(not piece.first for piece in done):
            self._passed_at = None
        elif self._pieces.are_passed and self._passed_at is None:
            self._passed_at = began
        return done

    def _refuse(self, error: BaseException) -> None:
        self._hang_up()
        refused = self._pieces.take_all()
        for piece in refused:
            piece.error = error
        _tell(refused)

    def _connect(self) -> Connection:
        self._connection = self._engine.connect()
        return self._connection

    def _roll_back(self, transaction: Transaction) -> None:
        try:
            transaction.rollback()
        except Exception:
            self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()


def _is_back(held: sqlite3.Connection) -> bool:
    """Takes back what was done since the savepoint; False where the transaction is gone."""
    try:
        held.execute(_BACK)
        held.execute(_KEEP)
    except sqlite3.Error:
        return False
    return held.in_transaction


def _tell(pieces: Sequence[Piece]) -> None:
    """Hands the results to those who wait, on their event loops."""
    for loop in {piece.future.get_loop() for piece in pieces}:
        ours = [piece for piece in pieces if piece.future.get_loop() is loop]
        with suppress(RuntimeError):
            # A loop that was closed meanwhile has nobody who waits.
            loop.call_soon_threadsafe(_settle, ours)


def _settle(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        if isinstance(piece.error, sa.exc.SQLAlchemyError):
            metrics.database_failures.labels(type(piece.error).__name__).inc()
        if piece.future.done():
            continue
        if piece.error is None:
            piece.future.set_result(piece.result)
        else:
            piece.future.set_exception(piece.error)
