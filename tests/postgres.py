"""A real PostgreSQL for tests, carried by the package pgserver."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def new_database() -> str:
    """Returns the address of an empty database; skips the test where there is no PostgreSQL."""
    address = _server().get_uri()
    name = f"t{uuid4().hex[:12]}"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(sa.engine.make_url(address).set(database=name).render_as_string(False))


@lru_cache(maxsize=1)
def _server() -> Any:
    pgserver = pytest.importorskip("pgserver", reason="POSTGRESQL NOT TESTED: no pgserver here")
    # A socket's path has at most 107 bytes, so pytest's own long folders will not do.
    return pgserver.get_server(Path(mkdtemp(prefix="docent-pg-")), cleanup_mode="delete")
