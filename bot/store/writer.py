"""SQLite's one writer: a thread that runs all that waits in one transaction.

To commit costs more than most of what is committed: the disk is waited for. So what waits at the
same moment is committed together, each piece behind a savepoint, and nobody hears of a result
before the disk has it (sqlite.org/lang_savepoint.html, sqlite.org/pragma.html#pragma_synchronous).
What somebody outside waits for goes first and ends its group, but never for long in a row.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.base import Transaction

from bot import metrics
from bot.store.checkpoints import Checkpoints

# A group ends after so many pieces, or when it has lasted this long: its first piece waits for it.
MOST_PIECES = 64
GROUP_SECONDS = 0.02
# What nobody outside waits for is passed over no longer than this: then a group begins with it.
PASSED_SECONDS = 0.05
# Other processes can write to the file only between two groups. Where one follows the other for
# so long, they get a pause, which is longer than they wait before they look again.
BUSY_SECONDS, PAUSE_SECONDS = 0.25, 0.006

_SAVE, _BACK, _KEEP = "SAVEPOINT piece", "ROLLBACK TO piece", "RELEASE piece"


@dataclass(eq=False)
class _Piece:
    """One caller's transaction; `alone` where it must not share one."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    first: bool
    alone: bool = False
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs transactions one group after the other, on a thread of its own.

    Args:
        engine: Where they run; its "begin" event takes the write lock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._first: deque[_Piece] = deque()
        self._then: deque[_Piece] = deque()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._idle_at = 0.0
        # Since when groups were of what is waited for alone, while other pieces waited.
        self._passed_at: float | None = None
        self._checkpoints: Checkpoints | None = None

    def submit(self, work: Callable[[Connection], Any], first: bool) -> asyncio.Future[Any]:
        """Lets `work(connection)` run in a transaction; `first` goes before what waits."""
        piece = _Piece(work, asyncio.get_running_loop().create_future(), first)
        with self._news:
            if self._closed:
                raise RuntimeError("the database is closed")
            (self._first if first else self._then).append(piece)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="database", daemon=True)
                self._thread.start()
                self._checkpoints = self._carried_over()
            self._news.notify()
        return piece.future

    def close(self) -> None:
        """Ends what waits, and the thread."""
        with self._news:
            self._closed = True
            self._news.notify()
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
        while self._wait():
            self._group()
        self._hang_up()

    def _wait(self) -> bool:
        """Waits for work; False once there will be none."""
        with self._news:
            while not (self._first or self._then):
                if self._closed:
                    return False
                self._news.wait()
                self._idle_at = time.monotonic()
        if time.monotonic() - self._idle_at > BUSY_SECONDS:
            time.sleep(PAUSE_SECONDS)
            self._idle_at = time.monotonic()
        return True

    def _group(self) -> None:
        """Runs what waits, as far as it fits into one transaction, and tells how it ended."""
        began = time.monotonic()
        try:
            connection = self._connection or self._connect()
            transaction = connection.begin()
        except Exception as error:
            # All of it: what waits behind would only wait as long, and be refused as well.
            return self._refuse(error)
        done = self._pieces(connection, transaction, began)
        if transaction.is_active:
            try:
                transaction.commit()
            except Exception as error:
                self._hang_up()
                if len(done) > 1:
                    return self._run_again(done)
                done[0].error = error
        metrics.database_seconds.observe(time.monotonic() - began)
        _tell(done)

    def _pieces(
        self, connection: Connection, transaction: Transaction, began: float
    ) -> list[_Piece]:
        """Runs pieces until the group is full; ends the transaction itself where one broke it."""
        done: list[_Piece] = []
        held = connection.connection.dbapi_connection
        overdue = self._passed_at is not None and began - self._passed_at > PASSED_SECONDS
        while (piece := self._next(done, overdue)) is not None:
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
                    self._run_again(done)
                    return [piece]
            done.append(piece)
            late = time.monotonic() - began >= GROUP_SECONDS
            if piece.alone or len(done) >= MOST_PIECES or late:
                break
        if any(not piece.first for piece in done):
            self._passed_at = None
        elif self._then and self._passed_at is None:
            self._passed_at = began
        return done

    def _next(self, done: Sequence[_Piece], overdue: bool) -> _Piece | None:
        """Returns what runs next in a group; None ends it.

        Args:
            done: What has run in it.
            overdue: Whether what nobody waits for has been passed over for long enough.
        """
        with self._news:
            ready = self._then or self._first if overdue else self._first or self._then
            if not ready or (done and ready[0].alone):
                return None
            if not overdue and _is_awaited(done, ready[0]):
                return None
            return ready.popleft()

    def _run_again(self, done: list[_Piece]) -> None:
        """Lets pieces whose transaction is lost run again, each for itself."""
        with self._news:
            for piece in reversed(done):
                piece.alone, piece.error = True, None
                (self._first if piece.first else self._then).appendleft(piece)

    def _refuse(self, error: BaseException) -> None:
        self._hang_up()
        with self._news:
            refused = [*self._first, *self._then]
            self._first.clear()
            self._then.clear()
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


def _is_awaited(done: Sequence[_Piece], then: _Piece) -> bool:
    """Tells whether somebody outside waits for what is done, and for nothing of what is next."""
    return not then.first and any(piece.first for piece in done)


def _is_back(held: sqlite3.Connection) -> bool:
    """Takes back what was done since the savepoint; False where the transaction is gone."""
    try:
        held.execute(_BACK)
        held.execute(_KEEP)
    except sqlite3.Error:
        return False
    return held.in_transaction


def _tell(pieces: Sequence[_Piece]) -> None:
    """Hands the results to those who wait, on their event loops."""
    for loop in {piece.future.get_loop() for piece in pieces}:
        ours = [piece for piece in pieces if piece.future.get_loop() is loop]
        with suppress(RuntimeError):
            # A loop that was closed meanwhile has nobody who waits.
            loop.call_soon_threadsafe(_settle, ours)


def _settle(pieces: Sequence[_Piece]) -> None:
    for piece in pieces:
        if isinstance(piece.error, sa.exc.SQLAlchemyError):
            metrics.database_failures.labels(type(piece.error).__name__).inc()
        if piece.future.done():
            continue
        if piece.error is None:
            piece.future.set_result(piece.result)
        else:
            piece.future.set_exception(piece.error)
