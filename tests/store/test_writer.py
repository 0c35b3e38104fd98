"""SQLite's writer: together on the disk, each for itself where one fails, webhooks first."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Book

from bot.store import log, pieces, writer
from bot.store.database import Database, passes
from bot.store.tables import conversations

WORDS = ["Is it free?", "几点关门？", "周日open吗"]


def add(connection: sa.engine.Connection, person: str, name: str = "") -> str:
    """Writes a conversation; the name "bad" makes it fail after it has written."""
    row = {"id": f"web:{person}", "channel": "web", "person_id": person, "speaker": "bot"}
    connection.execute(sa.insert(conversations).values(**row, name=name, created_at=log.now()))
    if name == "bad":
        raise ValueError(person)
    return person


def people(book: Book) -> list[str]:
    """Returns whose conversations were written."""
    return sorted(row.person_id for row in book.rows(conversations))


class Watched:
    """Counts the transactions of a database, and can hold its writer up."""

    def __init__(self, database: Database) -> None:
        self.begun = self.committed = 0
        self.gate = threading.Event()
        self._database = database
        sa.event.listen(database.engine, "begin", lambda _: self._count("begun"))
        sa.event.listen(database.engine, "commit", lambda _: self._count("committed"))

    def _count(self, what: str) -> None:
        setattr(self, what, getattr(self, what) + 1)

    async def together(self, *work: Any) -> list[Any]:
        """Runs transactions that wait at the same moment; returns results and errors."""
        held = asyncio.ensure_future(self._database.run(lambda _: self.gate.wait(5)))
        await asyncio.sleep(0.02)
        waiting = [asyncio.ensure_future(each) for each in work]
        await asyncio.sleep(0.02)
        self.begun = self.committed = 0
        self.gate.set()
        await held
        return list(await asyncio.gather(*waiting, return_exceptions=True))


@pytest.fixture(autouse=True)
def _without_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits begins at once; the tests of company ask for it."""
    monkeypatch.setattr(pieces, "COMPANY_SECONDS", 0.0)


@pytest.fixture
def watched(database: Database) -> Watched:
    return Watched(database)


async def test_what_waits_is_committed_together(
    database: Database, book: Book, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is at this moment.
    monkeypatch.setattr(writer, "GROUP_SECONDS", 10.0)
    done = await watched.together(*(database.run(add, str(n), WORDS[n % 3]) for n in range(9)))
    assert done == [str(n) for n in range(9)]
    assert people(book) == done
    # One that was held up, and one for the nine; the book's own is the third.
    assert watched.committed <= 3


async def test_a_piece_that_fails_fails_alone(
    database: Database, book: Book, watched: Watched
) -> None:
    names = ["", "bad", "", "bad", ""]
    done = await watched.together(*(database.run(add, str(n), names[n]) for n in range(5)))
    assert [type(each) for each in done] == [str, ValueError, str, ValueError, str]
    assert people(book) == ["0", "2", "4"]


@pytest.mark.parametrize("failing", range(3))
async def test_a_piece_that_breaks_the_transaction_breaks_no_other(
    database: Database, book: Book, watched: Watched, failing: int
) -> None:
    def break_it(connection: sa.engine.Connection) -> None:
        # As SQLite itself does where the disk is full or cannot be read.
        connection.connection.dbapi_connection.execute("ROLLBACK")
        raise OSError("the disk")

    work = [database.run(add, str(n)) for n in range(2)]
    work.insert(failing, database.run(break_it))
    done = await watched.together(*work)
    assert type(done.pop(failing)) is OSError
    assert done == ["0", "1"]
    assert people(book) == ["0", "1"]


async def test_a_commit_that_fails_is_told_to_each_and_leaves_nothing(
    database: Database, book: Book, watched: Watched
) -> None:
    database.engine.pool.dispose()

    def fail(_: Any) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("disk I/O error"))

    await database.run(log.conversation, "web:0")
    sa.event.listen(database.engine, "commit", fail)
    done = await asyncio.gather(
        *(database.run(add, str(n)) for n in range(3)), return_exceptions=True
    )
    sa.event.remove(database.engine, "commit", fail)
    assert [type(each) for each in done] == [sa.exc.OperationalError] * 3
    assert people(book) == []
    assert await database.run(add, "after") == "after"


async def test_what_somebody_outside_waits_for_goes_first(
    database: Database, watched: Watched
) -> None:
    order: list[str] = []

    def note(_: Any, what: str) -> None:
        order.append(what)

    await watched.together(
        *(database.run(note, f"later {n}") for n in range(3)), database.run_first(note, "现在 now")
    )
    assert order == ["现在 now", "later 0", "later 1", "later 2"]


async def test_a_stream_of_writes_leaves_room_for_another_process(
    database: Database, book: Book, tmp_path: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path}/docent.db")
    ended = asyncio.ensure_future(asyncio.to_thread(_read, other))
    count = 0
    late = time.monotonic() + 20

    async def write(worker: int) -> None:
        nonlocal count
        while not ended.done() and time.monotonic() < late:
            count += 1
            await database.run(add, f"{worker}-{count}")

    await asyncio.gather(*(write(n) for n in range(4)))
    assert await ended == [None] * 5
    assert count > 0
    other.close()


def _read(other: Database) -> list[Any]:
    return [other.now(log.pinned_language, "web:nobody") for _ in range(5)]


async def test_a_cancelled_caller_disturbs_nobody(database: Database, watched: Watched) -> None:
    given_up = asyncio.ensure_future(database.run(log.conversation, "web:1"))
    given_up.cancel()
    assert await database.run(log.conversation, "web:1") is None
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.run(log.conversation, "web:1")
    database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await database.run(log.conversation, "web:1")


@pytest.mark.parametrize("words", WORDS)
async def test_a_full_disk_is_an_error_in_time_and_loses_nothing(
    database: Database, book: Book, words: str
) -> None:
    kept = book.heard(words)

    def limit(connection: sa.engine.Connection, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await database.run(limit, 1)
    book.database.now(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    tries = [database.run(add, str(n), words * 400) for n in range(40)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    refused = [each for each in done if isinstance(each, BaseException)]
    assert refused
    assert all(isinstance(each, sa.exc.OperationalError) and passes(each) for each in refused)
    assert people(book) == sorted([*(each for each in done if isinstance(each, str)), "7"])
    await database.run(limit, 1_000_000)
    assert await database.run(add, "后来 later") == "后来 later"
    assert book.row(kept).text == words
    check = await database.run(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar())
    assert check == "ok"


async def test_who_waits_outside_does_not_wait_for_what_comes_after(
    database: Database, book: Book
) -> None:
    watched, order = Watched(database), []
    sa.event.listen(database.engine, "commit", lambda _: order.append("commit"))

    def named(connection: sa.engine.Connection, word: str) -> None:
        order.append(word)
        add(connection, word)

    held = asyncio.ensure_future(database.run(lambda _: watched.gate.wait(5)))
    await asyncio.sleep(0.02)
    after = [asyncio.ensure_future(database.run(named, word)) for word in WORDS]
    first = asyncio.ensure_future(database.run_first(named, "先 first"))
    await asyncio.sleep(0.02)
    order.clear()
    watched.gate.set()
    await asyncio.gather(held, first, *after)
    begun = order.index("先 first")
    assert order[begun + 1] == "commit"
    assert [each for each in order[begun:] if each != "commit"] == ["先 first", *WORDS]
    assert people(book) == sorted([*WORDS, "先 first"])


async def test_a_stream_of_what_is_waited_for_does_not_hold_up_the_rest_for_ever(
    database: Database,
) -> None:
    over = asyncio.Event()

    async def stream() -> None:
        # One is always there when a group begins.
        while not over.is_set():
            await asyncio.gather(*(database.run_first(_slowly) for _ in range(3)))

    streams = [asyncio.create_task(stream()) for _ in range(3)]
    await asyncio.sleep(0.1)
    try:
        for _ in WORDS:
            await asyncio.wait_for(database.run(lambda _: None), 2)
    finally:
        over.set()
        await asyncio.gather(*streams)


def _slowly(_: Any) -> None:
    time.sleep(0.01)


async def one_after_the_other(database: Database, count: int) -> None:
    """Writes as one visitor's messages do: nothing comes before the last is done."""
    for _ in range(count):
        await database.run_in_company(lambda _: None)


@pytest.fixture
async def ready_for_company(database: Database) -> None:
    """A writer that has not waited for company for as long as it goes without."""
    await one_after_the_other(database, pieces.LONELY_GROUPS)


async def test_in_a_crowd_what_comes_within_a_moment_is_committed_together(
    database: Database,
    book: Book,
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    ready_for_company: None,
) -> None:
    monkeypatch.setattr(pieces, "COMPANY_SECONDS", 20.0)
    monkeypatch.setattr(pieces, "COMPANY", len(WORDS))
    waiting, before = [], watched.committed
    for word in WORDS:
        waiting.append(asyncio.ensure_future(database.run_in_company(add, word)))
        await asyncio.sleep(0.02)
    await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert watched.committed == before + 1
    assert people(book) == sorted(WORDS)


async def test_company_is_waited_for_once_and_then_not_where_none_comes(
    database: Database, monkeypatch: pytest.MonkeyPatch, ready_for_company: None
) -> None:
    monkeypatch.setattr(pieces, "COMPANY_SECONDS", 1.0)
    begun = time.monotonic()
    await one_after_the_other(database, pieces.LONELY_GROUPS)
    assert 1.0 <= time.monotonic() - begun < 8.0


@pytest.mark.parametrize("how", ["run", "run_first"])
async def test_only_what_is_patient_waits_for_company(
    database: Database, monkeypatch: pytest.MonkeyPatch, ready_for_company: None, how: str
) -> None:
    monkeypatch.setattr(pieces, "COMPANY_SECONDS", 20.0)
    patient = asyncio.ensure_future(database.run_in_company(add, "里面 patient"))
    await asyncio.sleep(0.02)
    assert await asyncio.wait_for(getattr(database, how)(add, "外面 other"), 5) == "外面 other"
    # What is committed at once takes along what waits, but not where somebody waits outside.
    await asyncio.sleep(0.02)
    assert patient.done() is (how == "run")
    database.close()
    assert await asyncio.wait_for(patient, 5) == "里面 patient"


async def test_what_has_waited_already_begins_at_once(
    database: Database,
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    ready_for_company: None,
) -> None:
    held = asyncio.ensure_future(database.run_first(lambda _: watched.gate.wait(5)))
    await asyncio.sleep(0.02)
    monkeypatch.setattr(pieces, "COMPANY_SECONDS", 2.0)
    waiting = asyncio.ensure_future(database.run_in_company(add, "等了 waited"))
    await asyncio.sleep(2.1)
    begun = time.monotonic()
    watched.gate.set()
    await asyncio.gather(held, waiting)
    assert time.monotonic() - begun < 1.5
