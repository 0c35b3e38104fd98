"""Locks that lie in the database itself, so that they hold for all processes of all machines.

They are advisory locks of PostgreSQL: one ends with its transaction or its connection, whatever
becomes of the process (postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS). On
SQLite there is one process, and nobody to wait for. A pooler between us and PostgreSQL must keep a
connection for a session (pgbouncer: pool_mode = session).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

# Numbers of our own among the advisory locks of a database.
LEAD, MIGRATION, TRAINING = 6_201_001, 6_201_002, 6_201_003
# A database that is away is found out about within seconds.
_CONNECT = {
    "connect_timeout": 3,
    "tcp_user_timeout": 4000,
    "application_name": "docent turn",
    "options": "-c statement_timeout=4000",
}
# PostgreSQL looks for a machine that is gone after two hours, unless told otherwise.
_SOON = tuple(f"SET tcp_keepalives_{name}" for name in ("idle = 5", "interval = 2", "count = 2"))


def hold(connection: Connection, key: int) -> None:
    """Waits until nobody else is at it, and keeps others from it until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def turn(url: Any, key: int) -> Iterator[None]:
    """Lets one process after the other do something, however long the one before takes.

    Args:
        url: The address of a PostgreSQL database, as SQLAlchemy has it.
        key: What is done.
    """
    connection = connected(url, "SET statement_timeout = 0", "SET idle_session_timeout = 0")
    try:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
        yield
    finally:
        connection.close()


def connected(url: Any, *settings: str) -> Connection:
    """Returns a connection of its own, with these settings; its end is noticed within seconds."""
    engine = sa.create_engine(
        url, future=True, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_CONNECT
    )
    connection = engine.connect()
    for setting in (*_SOON, *settings):
        with suppress(sa.exc.DBAPIError):
            # PostgreSQL before 14 knows no idle_session_timeout, a local socket no keepalives.
            connection.execute(sa.text(setting))
    return connection
