"""Published models on their way between the database and the folder `models/`.

`docent train` makes a file and announces it here; a machine that lacks the file gets it here. A
file counts as ours only once its bytes hash to what was written when it was announced.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.config import ROOT
from bot.content import publish
from bot.errors import ContentError
from bot.store import Connection, DatabaseError, Row, publications
from bot.store.database import Database
from bot.store.turns import TRAINING, turn

logger = logging.getLogger(__name__)

_REMEDY = "Run `docent train`"


def announce(connection: Connection, model: Path, root: Path = ROOT) -> int:
    """Publishes a model to all processes; returns the publication's number."""
    with_bytes = connection.dialect.name == "postgresql"
    name = model.name.removesuffix(".tar.gz")
    digest = publish.checksum(model)
    return publications.add(connection, name, publish.code(root), model, digest, with_bytes)


def fetch(connection: Connection, row: Row[Any], root: Path = ROOT) -> Path:
    """Returns the file of a publication, brought from the database where it is not here.

    Raises:
        ContentError: It is neither here nor there, or its bytes are not those that were announced.
    """
    model = publish.place(row.name, root)
    if _is(model, row):
        return model
    if model.exists():
        # Of the same content and trained elsewhere: another may be loading ours at this moment.
        model = publish.place(f"{row.name}-{row.sha256[:8]}", root)
        if _is(model, row):
            return model
    passing = model.with_name(f"{model.name}.{os.getpid()}.part")
    passing.parent.mkdir(parents=True, exist_ok=True)
    try:
        if publications.write(connection, row.id, passing) != row.sha256:
            raise ContentError(model.name, "its bytes are not those that were published", _REMEDY)
        passing.replace(model)
    finally:
        passing.unlink(missing_ok=True)
    publish.vouch(model)
    return model


def for_start(database: Database | None, train: Callable[[], None], root: Path = ROOT) -> Path:
    """Returns the model of the content as it is: from here, from another machine, or trained.

    Machines that start at the same time train once: the others wait, and take what came of it.

    Args:
        database: The database; None where it cannot be reached.
        train: Trains and publishes.
        root: The project.

    Raises:
        ContentError: No model could be trained.
    """
    if (model := publish.current_model(root)) is not None:
        return model
    if database is None or database.is_sqlite:
        return _trained(train, root)
    with turn(database.engine.url, TRAINING):
        return _published(database, root) or _trained(train, root)


def newest_number(database: Database) -> int:
    """Returns the number of the last publication, 0 where there is none."""
    with suppress(DatabaseError):
        row = database.now(publications.last)
        return 0 if row is None else int(row.id)
    return 0


def train_elsewhere() -> None:
    """Trains in a process of its own: a training leaves hundreds of megabytes behind."""
    command = [sys.executable, "-m", "bot", "train"]
    subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)  # noqa: S603


def _trained(train: Callable[[], None], root: Path) -> Path:
    train()
    if (model := publish.current_model(root)) is None:
        raise ContentError("data/", "no model could be trained", "The messages above say why")
    return model


def _published(database: Database, root: Path) -> Path | None:
    try:
        row = database.now(publications.named, publish.name(root))
        return None if row is None else database.now(fetch, row, root)
    except (ContentError, DatabaseError) as error:
        logger.warning("a published model was not fetched", extra={"error": type(error).__name__})
        return None


def _is(model: Path, row: Row[Any]) -> bool:
    return publish.is_ours(model) and publish.written_for(model) == row.sha256
