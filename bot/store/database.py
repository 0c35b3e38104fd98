"""The database: one place that connects, migrates and runs transactions.

Functions in this room take an open `Connection` and do one thing; `Database.run` gives them a
transaction on a thread of its own, so that a slow or locked database never stops the event loop.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.store.checkpoints import CARRIED_BYTES, PAGES_AT_MOST
from bot.store.migrating import migrate
from bot.store.transacting import transact
from bot.store.writer import Writer

Result = TypeVar("Result")

# A second process (a command, say) writes to the same SQLite file: wait for it, do not fail.
SQLITE_BUSY_SECONDS = 5.0
# SQLite itself looks for the lock every tenth of a second; a gap in a stream of writes is shorter.
SQLITE_LOOK_SECONDS = 0.003
POSTGRES_THREADS = 8
# Beside them: what a platform waits for does not stand in line behind what nobody waits for.
POSTGRES_FIRST_THREADS = 2
# Nobody outside is kept waiting for longer: platforms give a webhook up after 5 to 20 seconds.
FIRST_SECONDS = 7.0
# A lost server is noticed in seconds: postgresql.org/docs/current/libpq-connect.html
POSTGRES_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# A process that was stopped in mid-transaction lets go; nobody waits for a row for ever.
POSTGRES_SESSION = "SET lock_timeout='5s'; SET idle_in_transaction_session_timeout='30s'"


class Database:
    """Transactions on one database, from any coroutine.

    Args:
        url: An SQLAlchemy address (`sqlite:///...` or `postgresql+psycopg2://...`).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _engine(url)
        # SQLite has one writer anyway; with one thread our own writes never fight each other.
        self._writer = Writer(self.engine) if self.is_sqlite else None
        self._threads = ThreadPoolExecutor(POSTGRES_THREADS, "database")
        self._first_threads = ThreadPoolExecutor(POSTGRES_FIRST_THREADS, "database-first")

    async def run(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Runs `work(connection, *args, **kwargs)` in one transaction and returns its result.

        The result is there once it is safe on the disk. `work` runs anew where others stood in its
        way: it touches nothing but the database.
        """
        return await self._run(partial(_call, work, args, kwargs))

    async def run_in_company(
        self, work: Callable[..., Result], *args: Any, **kwargs: Any
    ) -> Result:
        """As `run`, where some hundredths of a second do not matter and many may come at once.

        On SQLite it may wait for others to be committed with; on PostgreSQL it is `run`.
        """
        return await self._run(partial(_call, work, args, kwargs), patient=True)

    async def run_first(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """As `run`, before everything that waits there: somebody outside waits for this.

        Raises:
            sqlalchemy.exc.TimeoutError: It took too long; it may still be done.
        """
        running = self._run(partial(_call, work, args, kwargs), first=True)
        try:
            return await asyncio.wait_for(running, FIRST_SECONDS)
        except asyncio.TimeoutError:
            raise sa.exc.TimeoutError("the database does not answer in time") from None

    async def _run(
        self, work: Callable[[Connection], Result], first: bool = False, patient: bool = False
    ) -> Result:
        if self._writer is not None:
            result: Result = await self._writer.submit(work, first, patient)
            return result
        threads = self._first_threads if first else self._threads
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, transact, self.engine, work)

    def now(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """As `run`, on the calling thread."""
        return transact(self.engine, partial(_call, work, args, kwargs))

    async def is_reachable(self) -> bool:
        """Tells whether the database answers a question within two seconds."""
        try:
            await asyncio.wait_for(self.run_first(lambda c: c.execute(sa.text("SELECT 1"))), 2)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError):
            return False
        return True

    def migrate(self) -> None:
        """Brings the schema to the newest revision; does nothing when it is there already."""
        with self.engine.begin() as connection:
            if not self.is_sqlite:
                # Whoever migrates first may take its time.
                connection.exec_driver_sql("SET LOCAL lock_timeout=0")
            migrate(connection)

    def close(self) -> None:
        """Waits for running transactions and closes every connection."""
        if self._writer is not None:
            self._writer.close()
        self._threads.shutdown(wait=True)
        self._first_threads.shutdown(wait=True)
        self.engine.dispose()


def passes(error: BaseException) -> bool:
    """Tells whether a transaction may succeed later: the database is away, locked or full."""
    away = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
    return isinstance(error, away) or bool(getattr(error, "connection_invalidated", False))


def _call(work: Callable[..., Result], args: Any, kwargs: Any, connection: Connection) -> Result:
    return work(connection, *args, **kwargs)


def with_driver(url: str) -> str:
    """Returns an address as SQLAlchemy takes it, which wants the driver's name in it."""
    return url.replace("postgresql://", "postgresql+psycopg2://", 1)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = sa.create_engine(
            with_driver(url),
            future=True,
            # A connection that was lost while it lay here is replaced when it is used: `transact`.
            pool_size=POSTGRES_THREADS + POSTGRES_FIRST_THREADS,
            connect_args=POSTGRES_LINE,
        )
        sa.event.listen(engine, "connect", _prepare_postgres)
        return engine
    file = make_url(url).database
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        future=True,
        # SQLAlchemy would open a file anew for each transaction.
        poolclass=QueuePool,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRES_SESSION)
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and upgrades a read lock, which can fail at once with
    # "database is locked": take the write lock first (sqlite.org/lang_transaction.html).
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: what was acknowledged to a platform survives a power cut, not only a crash.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={PAGES_AT_MOST}")
    # A log that begins anew gives its room back: how long it is says how much is in it.
    connection.execute(f"PRAGMA journal_size_limit={CARRIED_BYTES}")
    connection.execute("PRAGMA foreign_keys=ON")
    # From here on `_begin_immediate` waits by itself.
    connection.execute("PRAGMA busy_timeout=0")


def _begin_immediate(connection: Connection) -> None:
    held, end = connection.connection.dbapi_connection, time.monotonic() + SQLITE_BUSY_SECONDS
    while time.monotonic() < end:
        try:
            held.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                break
            time.sleep(random.uniform(0.3, 1) * SQLITE_LOOK_SECONDS)  # noqa: S311
        else:
            return
    # Once more through SQLAlchemy, in whose words errors are told.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
