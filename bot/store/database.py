"""The database: one place that connects, migrates and runs transactions.

Functions in this room take an open `Connection` and do one thing; `Database.run` gives them a
transaction on a thread of its own, so that a slow or locked database never stops the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.config import ROOT

Result = TypeVar("Result")

# A second process (the action server) writes to the same SQLite file: wait for it, do not fail.
SQLITE_BUSY_SECONDS = 5.0
POSTGRES_THREADS = 8


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
        threads = 1 if self.is_sqlite else POSTGRES_THREADS
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    async def run(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Runs `work(connection, *args, **kwargs)` in one transaction and returns its result."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.now(work, *args, **kwargs))

    def now(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """As `run`, on the calling thread."""
        with self.engine.begin() as connection:
            return work(connection, *args, **kwargs)

    async def is_reachable(self) -> bool:
        """Tells whether the database answers a question within two seconds."""
        try:
            await asyncio.wait_for(self.run(lambda c: c.execute(sa.text("SELECT 1"))), 2)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError):
            return False
        return True

    def migrate(self) -> None:
        """Brings the schema to the newest revision; does nothing when it is there already."""
        config = Config()
        config.set_main_option("script_location", str(ROOT / "migrations"))
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Waits for running transactions and closes every connection."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg2://", 1)
    if not url.startswith("sqlite"):
        return sa.create_engine(url, future=True, pool_pre_ping=True, pool_size=POSTGRES_THREADS)
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


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and upgrades a read lock, which can fail at once with
    # "database is locked": take the write lock first (sqlite.org/lang_transaction.html).
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: what was acknowledged to a platform survives a power cut, not only a crash.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
