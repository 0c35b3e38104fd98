"""A real PostgreSQL for tests, carried by the package pgserver."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.store.database import Database

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def new_database() -> str:
    """Returns the address of an empty database; skips the test where there is no PostgreSQL."""
    return _made("template1")


def migrated_database() -> str:
    """Returns the address of a database at the newest revision, as `new_database` does."""
    return _made(_migrated())


def _made(template: str) -> str:
    name = f"t{uuid4().hex[:12]}"
    _say(_server(), f"CREATE DATABASE {name} TEMPLATE {template}")
    return str(sa.engine.make_url(_server().get_uri()).set(database=name).render_as_string(False))


@lru_cache(maxsize=1)
def _migrated() -> str:
    """Returns the name of a database that was migrated once; the others are copies of it."""
    address = new_database()
    database = Database(address)
    database.migrate()
    database.close()
    return str(sa.engine.make_url(address).database)


@lru_cache(maxsize=1)
def _server() -> Any:
    pgserver = pytest.importorskip("pgserver", reason="POSTGRESQL NOT TESTED: no pgserver here")
    # A socket's path has at most 107 bytes, so pytest's own long folders will not do.
    server = pgserver.get_server(Path(mkdtemp(prefix="docent-pg-")), cleanup_mode="delete")
    # Nobody pulls the plug of a test: do not wait for the disk.
    _say(server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return server


def _say(server: Any, *statements: str) -> None:
    engine = sa.create_engine(server.get_uri(), isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()
