"""Brings the schema to the newest revision: once, however many processes start at the same time.

A schema that is newer than this code is left as it is: during an upgrade old and new processes run
side by side, and every migration is one that the code before it can live with
(docs/operations.md, "Upgrade").
"""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from bot.config import ROOT
from bot.store.turns import MIGRATION, hold

logger = logging.getLogger(__name__)


def migrate(connection: Connection) -> None:
    """Applies the steps that the database lacks; does nothing where it lacks none."""
    hold(connection, MIGRATION)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in _known(config):
        logger.warning("the schema is newer than this Docent", extra={"schema": present})
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known(config: Config) -> set[str]:
    scripts = ScriptDirectory.from_config(config)
    return {script.revision for script in scripts.walk_revisions()}
