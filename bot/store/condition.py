"""What condition the database is in: where it lies, and which schema it has."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, make_url

from bot.config import ROOT


def file_of(url: str) -> Path | None:
    """Returns the file of a SQLite database, None for another kind."""
    address = make_url(url)
    is_file = address.drivername.startswith("sqlite") and address.database
    return Path(address.database) if is_file else None


def newest_schema() -> str:
    """Returns the revision that this code works with."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return str(ScriptDirectory.from_config(config).get_current_head())


def schema(connection: Connection) -> str | None:
    """Returns the revision of the database, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
