"""A process dies after each statement in turn: nothing is lost, repeated unseen, or disordered.

Everything that happens between a webhook and its answer is run again and again, each time with a
process that dies one statement later; a new process takes up what it left. What a visitor wrote
and was acknowledged has one answer, in order, and Rasa remembers exactly what was said.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import claims
import pytest
import sqlalchemy as sa
from conftest import Book, Clock
from crashing import WRITTEN, World
from dying import Died, Mortal
from postgres import migrated_database
from sqlalchemy.exc import OperationalError

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.store import DatabaseError, log
from bot.store.database import Database

SLICES = 20
LONGER_THAN_A_LEASE = timedelta(minutes=3)


@pytest.fixture
def fresh(migrated: Path, tmp_path: Path, casework: Casework, voice: Voice) -> Any:
    """Makes a world whose database is a new copy."""

    def make(kind: str = "sqlite") -> World:
        if kind == "postgresql":
            return World(migrated_database(), casework, voice)
        for leftover in tmp_path.glob("docent.db*"):
            leftover.unlink()
        shutil.copy(migrated, tmp_path / "docent.db")
        return World(f"sqlite:///{tmp_path}/docent.db", casework, voice)

    return make


def die_once(world: World, clock: Clock, steps: int) -> None:
    """A process dies after so many steps, and another does what is left."""
    world.live(steps)
    clock.at += LONGER_THAN_A_LEASE
    assert world.live(None)
    world.check()


def test_a_process_that_lives_does_everything_at_once(fresh: Any, clock: Clock) -> None:
    world = fresh()
    assert world.live(None)
    world.check()
    assert [len(world.platform.taken), world.acknowledged] == [len(WRITTEN)] * 2
    assert world.steps > 40


@pytest.mark.parametrize("slice_", range(SLICES))
def test_a_process_dies_after_any_statement(fresh: Any, clock: Clock, slice_: int) -> None:
    world = fresh()
    world.live(None)
    for steps in range(slice_, world.steps, SLICES):
        die_once(fresh(), clock, steps)


@pytest.mark.parametrize("seed", range(4))
def test_process_after_process_dies(fresh: Any, clock: Clock, seed: int) -> None:
    dice, world = random.Random(seed), fresh()
    for _ in range(6):
        world.live(dice.randint(3, 25))
        clock.at += LONGER_THAN_A_LEASE
    assert world.live(None)
    world.check()


@pytest.mark.parametrize("seed", range(3))
def test_a_process_dies_on_postgresql(fresh: Any, clock: Clock, seed: int) -> None:
    dice, world = random.Random(seed), fresh("postgresql")
    for _ in range(2):
        world.live(dice.randint(5, 50))
        clock.at += LONGER_THAN_A_LEASE
    assert world.live(None)
    world.check()


async def test_a_database_that_is_away_for_a_moment_costs_no_try(
    fresh: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.answering.AGAIN_SECONDS", 0.01)
    world = fresh()
    with world._process() as database:
        inbox = world.inbox(database)
        await world.post(inbox)
        asked = await claims.one(inbox)
        assert asked is not None
        away = [OperationalError("", {}, Exception("gone"))] * 3

        async def commits(_talk: str, *work: Any) -> Any:
            if away:
                raise away.pop()
            return await database.run(*work)

        inbox.commits = commits
        await inbox.answer(asked)
        row = Book(database).row(asked.row.seq)
    assert (row.state, row.reason, row.attempts) == ("answered", "answered", 0)
    assert await asyncio.to_thread(world.live, None)
    world.check()


async def test_a_platform_is_not_kept_waiting_for_a_lock(
    fresh: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = fresh("postgresql")
    with world._process() as database:
        inbox, own = world.inbox(database), sa.create_engine(world.url, future=True)
        with own.begin() as held:
            held.execute(sa.text("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE"))
            with monkeypatch.context() as short:
                short.setattr("bot.store.database.FIRST_SECONDS", 0.2)
                with pytest.raises(DatabaseError):
                    await asyncio.wait_for(inbox.accept([world.posts[0]]), 3)
        own.dispose()
        # The platform sends it again: whether the first try was done or not, it is there once.
        await world.post(inbox)
    assert await asyncio.to_thread(world.live, None)
    world.check()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_was_taken_for_dead_says_nothing_when_it_comes_back(
    fresh: Any, clock: Clock, kind: str
) -> None:
    world = fresh(kind)

    async def sleep_over_the_lease(database: Database) -> None:
        inbox = world.inbox(database)
        await world.post(inbox)
        asked = await claims.one(inbox)
        assert asked is not None
        clock.at += LONGER_THAN_A_LEASE
        assert await asyncio.to_thread(world.live, None)
        await inbox.answer(asked)
        assert await asyncio.to_thread(world.live, None)

    with world._process() as database:
        asyncio.run(sleep_over_the_lease(database))
    world.check()


@pytest.mark.parametrize("steps", [3, 35, 65, 90])
def test_an_update_of_the_schema_that_dies_has_done_nothing(
    migrated: Path, tmp_path: Path, steps: int
) -> None:
    url = f"sqlite:///{tmp_path}/docent.db"
    dying = Database(url)
    mortal = Mortal(dying, steps, lambda: None)
    with suppress(Died):
        dying.migrate()
    dying.close()
    assert mortal.is_dead
    assert schema(tmp_path / "docent.db") == []
    after = Database(url)
    after.migrate()
    after.close()
    assert schema(tmp_path / "docent.db") == schema(migrated)


def schema(file: Path) -> list[tuple[str, ...]]:
    """Returns the tables with their columns, and the indexes."""
    with closing(sqlite3.connect(file)) as opened:
        columns = opened.execute(
            "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c"
        )
        indexes = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"
        return sorted([*columns, *opened.execute(indexes)])


def test_the_check_sees_what_was_lost(fresh: Any, clock: Clock) -> None:
    world = fresh()
    world.live(None)
    with world._process() as database:
        database.now(log.change_message, 1, state="received")
    with pytest.raises(AssertionError):
        world.check()


def test_the_check_sees_what_was_said_twice_unseen(fresh: Any, clock: Clock) -> None:
    world = fresh()
    world.live(None)
    world.platform.taken.insert(0, world.platform.taken[0])
    with pytest.raises(AssertionError):
        world.check()
