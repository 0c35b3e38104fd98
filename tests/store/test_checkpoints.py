"""The write-ahead log is carried over beside the writer, and is no longer than it needs to be."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import checkpoints
from bot.store.database import Database

PAGE = "馆 page " * 500
ROWS = 40


def carried(path: Path, copy: Path) -> int:
    """Returns how many rows are in the database's file itself, without its log."""
    shutil.copyfile(path, copy)
    try:
        with sqlite3.connect(copy) as connection:
            return int(connection.execute("SELECT count(*) FROM pages").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0


@pytest.mark.parametrize(("threshold", "expected"), [(50_000, ROWS), (50_000_000, 0)])
async def test_a_long_log_is_carried_over_and_a_short_one_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threshold: int, expected: int
) -> None:
    monkeypatch.setattr(checkpoints, "CARRIED_BYTES", threshold)
    monkeypatch.setattr(checkpoints, "LOOK_SECONDS", 0.01)
    path = tmp_path / "docent.db"
    database = Database(f"sqlite:///{path}")
    try:
        await database.run(lambda c: c.execute(sa.text("CREATE TABLE pages (words TEXT)")))
        for _ in range(ROWS):
            await database.run(
                lambda c: c.execute(sa.text("INSERT INTO pages VALUES (:words)"), {"words": PAGE})
            )
        found = 0
        # Long enough for a busy machine; where nothing is to happen, some looks are enough.
        for _ in range(500 if expected else 20):
            await asyncio.sleep(0.01)
            if (found := carried(path, tmp_path / "copy.db")) == ROWS:
                break
        assert found == expected
    finally:
        database.close()


async def test_a_log_that_cannot_be_read_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LOOK_SECONDS", 0.01)
    looking = checkpoints.Checkpoints(str(tmp_path / "nowhere" / "docent.db"))
    looking.start()
    await asyncio.sleep(0.05)
    assert looking._thread.is_alive()
    looking.close()
    assert not looking._thread.is_alive()


async def test_the_writer_leaves_it_to_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "CARRIED_BYTES", 50_000_000)
    path = tmp_path / "docent.db"
    database = Database(f"sqlite:///{path}")
    # Beyond the thousand pages after which SQLite has a writer carry them over.
    rows = [{"words": PAGE * 8}] * 20
    try:
        await database.run(lambda c: c.execute(sa.text("CREATE TABLE pages (words TEXT)")))
        for _ in range(10):
            await database.run(
                lambda c: c.execute(sa.text("INSERT INTO pages VALUES (:words)"), rows)
            )
        assert (tmp_path / "docent.db-wal").stat().st_size > 1000 * 4096
        assert carried(path, tmp_path / "copy.db") == 0
    finally:
        database.close()


async def test_a_log_that_begins_anew_is_short_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'docent.db'}")
    log = tmp_path / "docent.db-wal"
    rows = [{"words": PAGE * 8}] * 200
    try:
        await database.run(lambda c: c.execute(sa.text("CREATE TABLE pages (words TEXT)")))
        await database.run(lambda c: c.execute(sa.text("INSERT INTO pages VALUES (:words)"), rows))
        assert log.stat().st_size > checkpoints.CARRIED_BYTES
        for _ in range(500):
            await asyncio.sleep(0.01)
            await database.run(lambda c: c.execute(sa.text("INSERT INTO pages VALUES ('一')")))
            if log.stat().st_size <= checkpoints.CARRIED_BYTES:
                return
        raise AssertionError(log.stat().st_size)
    finally:
        database.close()
