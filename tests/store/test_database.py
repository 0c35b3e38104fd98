"""The database: migrated once and for all, patient with a second process, strict about time."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import Book

from bot.store import database as room
from bot.store import log, publications  # noqa: F401 - its tables are part of the schema
from bot.store.database import Database
from bot.store.tables import Moment, conversations, metadata

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
db.execute("COMMIT")
"""


def test_a_migrated_database_is_left_alone(database: Database, book: Book) -> None:
    seq = book.heard("几点关门 on Sunday?")
    database.migrate()
    database.migrate()
    assert book.row(seq).text == "几点关门 on Sunday?"


def test_the_schema_is_what_the_tables_say(database: Database) -> None:
    def differences(connection: sa.engine.Connection) -> object:
        options = {"compare_type": True, "compare_server_default": False}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert database.now(differences) == []


def test_a_new_folder_is_made_for_the_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder/docent.db")
    database.migrate()
    database.close()
    assert (tmp_path / "no/such/folder/docent.db").exists()


async def test_a_failing_transaction_leaves_nothing(database: Database, book: Book) -> None:
    book.heard()

    def fail(connection: sa.engine.Connection) -> None:
        log.change_conversation(connection, "messenger:7", name="李雷")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await database.run(fail)
    assert book.talk().name is None


def holder(path: Path) -> subprocess.Popen[str]:
    """Starts a second process that holds the write lock until it is told to let go."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


async def test_a_second_process_that_writes_is_waited_for(
    database: Database, book: Book, tmp_path: Path
) -> None:
    with holder(tmp_path / "docent.db") as other:
        work = database.run(log.conversation, "messenger:7")
        waiting = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert not done
        other.communicate("let go\n")
        assert await asyncio.wait_for(waiting, 5) is None


async def test_a_lock_that_is_never_let_go_is_an_error_in_time(
    migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SQLITE_BUSY_SECONDS", 0.1)
    path = tmp_path / "held.db"
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}")
    with holder(path) as other:
        begun = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            await database.run(log.conversation, "messenger:7")
        assert time.monotonic() - begun < 3
        assert not await database.is_reachable()
        other.communicate("let go\n")
    assert await database.is_reachable()
    database.close()


async def test_the_event_loop_goes_on_while_a_transaction_waits(
    database: Database, tmp_path: Path
) -> None:
    with holder(tmp_path / "docent.db") as other:
        waiting = asyncio.ensure_future(database.run(log.conversation, "web:1"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()
        other.communicate("let go\n")
        await waiting


async def test_an_unreachable_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    database = Database(f"sqlite:///{tmp_path}/folder")
    assert not await database.is_reachable()
    database.close()


def test_foreign_keys_are_kept(database: Database) -> None:
    row = {"conversation_id": "web:nobody", "channel": "web", "direction": "out", "author": "bot"}
    with pytest.raises(sa.exc.IntegrityError):
        database.now(log.add_message, **row, text="hi", state="queued")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, None),
        (datetime(2026, 7, 1, 12, 0, tzinfo=timezone.utc), datetime(2026, 7, 1, 12, 0)),  # noqa: DTZ001
        (
            datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=8))),
            datetime(2026, 7, 1, 4, 0),  # noqa: DTZ001
        ),
    ],
)
def test_moment_stores_utc(given: datetime | None, stored: datetime | None) -> None:
    moment = Moment()
    assert moment.process_bind_param(given, None) == stored
    assert moment.process_result_value(stored, None) == given


def test_moment_refuses_a_time_without_a_zone(database: Database) -> None:
    values = {"id": "web:1", "channel": "web", "person_id": "1", "speaker": "bot"}
    naive = sa.insert(conversations).values(**values, created_at=datetime(2026, 7, 1))  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        database.now(lambda c: c.execute(naive))
