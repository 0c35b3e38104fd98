"""What condition the database is in: its schema, and work that waits longer than it should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, make_url

from bot.config import ROOT
from bot.store.log import now
from bot.store.tables import desk_jobs, messages

# What is dead is shown for so long.
RECENT = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """How many rows of a queue wait, and since when the oldest does."""

    rows: int
    since: datetime | None

    @property
    def seconds(self) -> float:
        """How long the oldest has waited, 0 where none waits."""
        return 0.0 if self.since is None else (now() - self.since).total_seconds()


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


def waiting(connection: Connection) -> dict[str, Waiting]:
    """Returns what waits to be answered, to be sent and to be shown to staff, by these names."""
    due = sa.func.coalesce(messages.c.not_before, messages.c.at)
    return {
        "to be answered": _waiting(connection, messages.c.at, messages.c.state == "received"),
        "to be sent": _waiting(connection, due, messages.c.state == "queued"),
        "to be shown to staff": _waiting(
            connection, desk_jobs.c.at, desk_jobs.c.state == "queued"
        ),
    }


def dead(connection: Connection) -> int:
    """Returns how many messages to visitors have failed for good in the last day."""
    failed = (messages.c.state == "dead") & (messages.c.at > now() - RECENT)
    query = sa.select(sa.func.count()).select_from(messages).where(failed)
    return int(connection.execute(query).scalar_one())


def _waiting(connection: Connection, at: sa.sql.ColumnElement, where: object) -> Waiting:
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.min(sa.type_coerce(at, messages.c.at.type))).where(
            where
        )
    ).one()
    return Waiting(int(row[0]), row[1])
