"""The backups of docs/operations.md, made while somebody writes, and brought back."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Book
from postgres import BOTH, new_database

from bot.config import ROOT
from bot.store.database import Database

QUESTION = "几点关门 on Sunday?"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
CANCEL = (
    "UPDATE messages SET state = 'cancelled', reason = 'restored'"
    " WHERE state IN ('queued', 'sending');"
)


def tool(name: str) -> str:
    """PostgreSQL's own command, of the server's version."""
    pgserver = pytest.importorskip("pgserver")
    beside = Path(pgserver.__file__).parent / "pginstall" / "bin" / name
    return str(beside) if beside.exists() else str(shutil.which(name))


def dumped(database: Database, tmp_path: Path) -> Database:
    """A PostgreSQL that was restored from a dump, over what stood there before."""
    dump, target = tmp_path / "docent.dump", new_database()
    Database(target).close()
    source = database.engine.url.set(drivername="postgresql")
    address = source.render_as_string(hide_password=False)
    how = ["--format=custom", "--exclude-table-data=publication_chunks"]
    subprocess.run([tool("pg_dump"), *how, f"--file={dump}", address], check=True, timeout=60)
    back = ["--clean", "--if-exists", "--no-owner", f"--dbname={target}", str(dump)]
    subprocess.run([tool("pg_restore"), *back], check=True, timeout=60)
    return Database(target)


def copied(database: Database, tmp_path: Path) -> Database:
    """An SQLite database that was backed up while it was open."""
    backup = tmp_path / "backup.db"
    file = str(database.engine.url.database)
    source, target = sqlite3.connect(file), sqlite3.connect(backup)
    source.backup(target)
    source.close()
    target.close()
    return Database(f"sqlite:///{backup}")


@BOTH
def test_a_backup_brings_everything_back(database: Database, tmp_path: Path) -> None:
    book = Book(database)
    seq = book.heard(QUESTION)
    said = book.said("The museum closes at 17:30.")
    restored = (copied if database.is_sqlite else dumped)(database, tmp_path)
    book.heard("written after the backup", person="8")
    try:
        restored.migrate()
        again = Book(restored)
        assert (again.row(seq).text, again.row(said).state) == (QUESTION, "queued")
        assert len(again.rows()) == 2
        restored.now(lambda c: c.execute(sa.text(CANCEL)))
        assert again.row(said).state == "cancelled"
        # Numbers go on behind what was restored.
        assert again.heard("and after it", person="9", platform_id="m.99") > said
    finally:
        restored.close()


@pytest.mark.parametrize(
    "words",
    [
        CANCEL,
        "pg_dump --format=custom --exclude-table-data=publication_chunks",
        "pg_restore --clean --if-exists",
        "sqlite3.connect('var/docent.db').backup(sqlite3.connect('backup.db'))",
    ],
)
def test_the_page_says_what_was_tried_here(words: str) -> None:
    assert words in OPERATIONS
