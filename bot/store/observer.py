"""A look at the database from beside: it holds no lock, waits for nobody and gives up soon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from bot.store.database import with_driver

Result = TypeVar("Result")

# A figure that takes longer is not worth what it costs.
SECONDS = 2


class Observer:
    """Reads figures over a connection of its own.

    On SQLite it takes no write lock, so that no webhook waits for a count of forty thousand rows;
    on PostgreSQL no statement may last longer than two seconds.

    Args:
        url: The database's address.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def look(self, work: Callable[..., Result], *args: Any) -> Result:
        """Runs `work(connection, *args)`, which only reads; raises as SQLAlchemy does."""
        with self._engine.connect() as connection:
            return work(connection, *args)

    def close(self) -> None:
        """Closes the connection."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        beside = {"timeout": SECONDS, "check_same_thread": False}
        engine = _one_connection(url, beside)
        sa.event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA query_only=ON"))
        return engine
    options = f"-c statement_timeout={SECONDS}s -c default_transaction_read_only=on"
    return _one_connection(url, {"connect_timeout": SECONDS, "options": options})


def _one_connection(url: str, how: dict[str, Any]) -> Engine:
    return sa.create_engine(
        with_driver(url),
        future=True,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=not url.startswith("sqlite"),
        connect_args=how,
    )
