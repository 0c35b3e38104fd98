"""A pooled transaction: run again where that is safe, and its outcome known whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import migrated_database

from bot.store import log, transacting
from bot.store.database import Database, passes
from bot.store.tables import conversations

MINE = "SELECT pg_backend_pid()"
END = sa.text("SELECT pg_terminate_backend(:pid)")


@pytest.fixture
def database() -> Iterator[Database]:
    opened = Database(migrated_database())
    yield opened
    opened.close()


def add(connection: sa.engine.Connection, person: str, name: str = "") -> str:
    """Writes a conversation."""
    row = {"id": f"web:{person}", "channel": "web", "person_id": person, "speaker": "bot"}
    connection.execute(sa.insert(conversations).values(**row, name=name, created_at=log.now()))
    return person


def people(database: Database) -> list[str]:
    """Returns whose conversations were written."""
    query = sa.select(conversations.c.person_id).order_by(conversations.c.person_id)
    return list(database.now(lambda c: c.execute(query).scalars().all()))


def cut(database: Database, pid: int) -> None:
    """Ends a connection over there, and waits until it is gone."""
    database.now(lambda c: c.execute(END, {"pid": pid}))
    gone = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    while database.now(lambda c: c.execute(gone, {"pid": pid}).scalar()):
        pass


@pytest.mark.parametrize("name", ["Li", "李雷", "李Li"])
def test_a_connection_that_was_lost_before_its_commit_is_replaced(
    database: Database, name: str
) -> None:
    tries: list[int] = []

    def work(connection: sa.engine.Connection) -> str:
        tries.append(connection.exec_driver_sql(MINE).scalar())
        if len(tries) == 1:
            cut(database, tries[0])
        return add(connection, "7", name)

    assert database.now(work) == "7"
    assert len(tries) == 2
    assert people(database) == ["7"]


def test_connections_that_were_lost_while_they_lay_are_replaced(database: Database) -> None:
    pid = database.now(lambda c: c.exec_driver_sql(MINE).scalar())
    other = Database(database.url)
    cut(other, pid)
    other.close()
    assert database.now(add, "7") == "7"


@pytest.mark.parametrize("happened", [True, False])
def test_a_connection_that_is_lost_during_its_commit_leaves_no_doubt(
    database: Database, monkeypatch: pytest.MonkeyPatch, happened: bool
) -> None:
    monkeypatch.setattr(transacting, "ASK_EVERY_SECONDS", 0.01)
    dialect, calls = database.engine.dialect, 0
    commit = dialect.do_commit

    def lose(held: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            return commit(held)
        pid = held.dbapi_connection.info.backend_pid
        if happened:
            commit(held)
        other = Database(database.url)
        cut(other, pid)
        other.close()
        with held.cursor() as cursor:
            cursor.execute("SELECT 1")

    monkeypatch.setattr(dialect, "do_commit", lose)
    ran: list[str] = []

    def work(connection: sa.engine.Connection) -> str:
        ran.append("ran")
        return add(connection, "7")

    assert database.now(work) == "7"
    assert len(ran) == (1 if happened else 2)
    assert people(database) == ["7"]


def test_an_outcome_that_nobody_can_tell_is_an_error_that_passes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transacting, "OUTCOME_SECONDS", 0.05)
    doubt = transacting._InDoubt(1, None)
    doubt.__cause__ = sa.exc.OperationalError("COMMIT", {}, Exception("gone"))
    nowhere = sa.create_engine("postgresql+psycopg2://127.0.0.1:1/none", future=True)
    with pytest.raises(sa.exc.OperationalError, match="gone") as raised:
        transacting._was_committed(nowhere, doubt)
    assert passes(raised.value)


def test_two_that_wait_for_each_other_both_end(database: Database) -> None:
    for person in ("1", "2"):
        database.now(add, person)
    met = threading.Barrier(2)
    tries: list[str] = []

    def work(connection: sa.engine.Connection, first: str, then: str) -> None:
        tries.append(first)
        connection.exec_driver_sql("SET LOCAL deadlock_timeout='50ms'")
        log.change_conversation(connection, f"web:{first}", name=f"{first} 先")
        if len(tries) <= 2:
            met.wait(5)
        log.change_conversation(connection, f"web:{then}", name=f"{then} after {first}")

    threads = [
        threading.Thread(target=database.now, args=(work, *order))
        for order in (("1", "2"), ("2", "1"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(tries) == 3
    assert not any(thread.is_alive() for thread in threads)


def test_what_is_wrong_is_not_run_again(database: Database) -> None:
    ran: list[str] = []

    def work(connection: sa.engine.Connection) -> None:
        ran.append("ran")
        add(connection, "7")
        add(connection, "7")

    with pytest.raises(sa.exc.IntegrityError):
        database.now(work)
    assert ran == ["ran"]
    assert people(database) == []
