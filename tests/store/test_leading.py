"""Who leads and who is alive: one leads, the next follows within seconds, the dead are seen."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Book
from postgres import migrated_database

from bot.store import holding, leading, log, queue
from bot.store.database import Database
from bot.store.leading import Lead
from bot.store.turns import TRAINING, turn

Until = Callable[..., Any]

# Another process, which leads and then waits for its end.
LEADS = """
import asyncio, sys
from bot.store import holding
from bot.store.database import Database
from bot.store.leading import Lead

async def main():
    async def begin():
        print(holding.OWN, flush=True)
    async def end():
        pass
    await Lead(Database(sys.argv[1])).start(begin, end)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def address() -> str:
    return migrated_database()


@pytest.fixture
def opened(address: str) -> Iterator[Database]:
    database = Database(address)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "LOOK_EVERY_SECONDS", 0.1)


class Process:
    """One that would lead, and what it was told."""

    def __init__(self, database: Database) -> None:
        self.lead = Lead(database)
        self.told: list[str] = []

    async def start(self) -> None:
        await self.lead.start(self._begin, self._end)

    async def _begin(self) -> None:
        self.told.append("begin")

    async def _end(self) -> None:
        self.told.append("end")


@pytest.fixture
async def two(opened: Database, until: Until) -> AsyncIterator[tuple[Process, Process]]:
    first, second = Process(opened), Process(opened)
    await first.start()
    await until(lambda: first.lead.is_held)
    await second.start()
    yield first, second
    for each in (first, second):
        await each.lead.stop()


async def test_one_leads_and_the_next_follows(two: tuple[Process, Process], until: Until) -> None:
    first, second = two
    await asyncio.sleep(0.3)
    assert (first.told, second.told) == (["begin"], [])
    await first.lead.stop()
    await until(lambda: second.lead.is_held)
    assert (first.told, second.told) == (["begin", "end"], ["begin"])


async def test_who_loses_its_connection_leads_no_more(
    two: tuple[Process, Process], opened: Database, until: Until
) -> None:
    first, second = two
    mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
    opened.now(lambda c: c.execute(sa.text(mine), {"name": "docent turn"}))
    await until(lambda: first.told.count("end") + second.told.count("end") == 1)
    await until(lambda: first.lead.is_held != second.lead.is_held)


async def test_on_sqlite_the_one_process_leads(database: Database) -> None:
    alone = Process(database)
    await alone.start()
    assert alone.lead.is_held
    await alone.lead.stop()
    assert alone.told == ["begin", "end"]


def test_what_a_killed_process_held_is_given_back_at_once(opened: Database, address: str) -> None:
    command = [sys.executable, "-c", LEADS, address]
    book = Book(opened)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        number = int(other.stdout.readline())
        seq = book.heard("几点关门 on Sunday?")
        book.change(seq, state="answering", lease_until=log.now() + queue.LEASE, held_by=number)
        alive = opened.now(holding.orphaned)
        other.kill()
    for _ in range(50):
        if missed := opened.now(holding.orphaned):
            break
        time.sleep(0.05)
    assert (alive, missed) == (frozenset(), {number})
    assert opened.now(queue.recover, everything=False, of_dead=missed) == 1
    assert (book.row(seq).state, book.row(seq).held_by) == ("received", None)


def test_a_row_of_nobody_known_waits_for_its_lease(opened: Database) -> None:
    book = Book(opened)
    seq = book.heard("Is it free?")
    book.change(seq, state="answering", lease_until=log.now() + queue.LEASE)
    assert opened.now(holding.orphaned) == frozenset()
    assert opened.now(queue.recover, everything=False) == 0


async def test_one_after_the_other_trains(opened: Database) -> None:
    order: list[str] = []

    def train(name: str) -> None:
        with turn(opened.engine.url, TRAINING):
            order.append(f"{name} begins")
            order.append(f"{name} ends")

    await asyncio.gather(*(asyncio.to_thread(train, name) for name in ("here", "there", "那里")))
    begun = [step.partition(" ")[0] for step in order]
    assert begun[::2] == begun[1::2]
