"""The figures of the database: what waits in which queue, how old it is, what was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Book
from postgres import BOTH

from bot.store import answering, figures, log, queue
from bot.store.database import Database
from bot.store.figures import Waiting
from bot.store.observer import Observer
from bot.store.tables import desk_jobs, messages


def ago(seconds: float) -> Any:
    return log.now() - timedelta(seconds=seconds)


def seen(database: Database) -> dict[tuple[str, str], Waiting]:
    return {(row.queue, row.channel): row for row in database.now(figures.waiting)}


@BOTH
def test_what_waits_is_counted_by_queue_and_channel(database: Database, book: Book) -> None:
    texts = ("Is it free?", "免费吗？", "你们 today 开吗")
    first, second, _third = [book.heard(text, person) for person, text in enumerate(texts)]  # type: ignore[arg-type]
    book.heard("hello", channel="web")
    book.change(first, state="answering")
    book.change(second, at=ago(90))
    book.said(person="0", state="queued", at=ago(30))
    book.said(person="0", state="sent", at=ago(900))
    database.now(queue.add_job, "card", None, {})
    found = seen(database)
    assert {key: (row.rows, row.in_hand) for key, row in found.items()} == {
        ("inbox", "messenger"): (3, 1),
        ("inbox", "web"): (1, 0),
        ("outbox", "messenger"): (1, 0),
        ("desk_jobs", ""): (1, 0),
    }
    assert found["inbox", "messenger"].seconds == pytest.approx(90, abs=5)
    assert found["outbox", "messenger"].seconds == pytest.approx(30, abs=5)
    assert found["inbox", "web"].seconds < 5


@BOTH
@pytest.mark.parametrize(
    ("attempts", "due_in", "age"),
    [(0, 60, 0), (0, -60, 60), (3, 600, 120), (0, None, 120)],
    ids=["to wait at first", "due", "tried again later", "at once"],
)
def test_how_old_the_oldest_is(
    database: Database, book: Book, attempts: int, due_in: float | None, age: float
) -> None:
    book.heard("hello")
    not_before = None if due_in is None else ago(-due_in)
    book.said(at=ago(120), attempts=attempts, not_before=not_before)
    assert seen(database)["outbox", "messenger"].seconds == pytest.approx(age, abs=5)


@BOTH
def test_what_failed_for_good_is_counted_for_a_day(database: Database, book: Book) -> None:
    book.heard("hello")
    book.said(state="dead")
    book.said(state="dead", at=ago(86_400 * 2))
    database.now(queue.add_job, "card", None, {})
    database.now(lambda c: c.execute(sa.update(desk_jobs).values(state="dead")))
    found = database.now(figures.dead)
    assert found == {"inbox": 0, "outbox": 1, "desk_jobs": 1, "desk_events": 0, "files": 0}


@BOTH
def test_no_open_case_is_no_age(database: Database) -> None:
    assert database.now(figures.open_cases) == figures.Cases({}, None)


@BOTH
def test_the_databases_clock(database: Database) -> None:
    assert abs((database.now(figures.clock) - log.now()).total_seconds()) < 5


@BOTH
def test_the_observer_reads_beside_a_writer_and_writes_nothing(
    database: Database, book: Book
) -> None:
    observer = Observer(database.url)
    seq = book.heard("hello")
    with database.engine.begin() as writing:
        log.change_message(writing, seq, state="answering")
        # What is not committed is not seen, and nobody waits for anybody.
        assert [row.in_hand for row in observer.look(figures.waiting)] == [0]
    with pytest.raises(sa.exc.DBAPIError):
        observer.look(lambda c: c.execute(sa.update(messages).values(state="dead")))
    observer.close()
    assert book.row(seq).state == "answering"


@BOTH
def test_how_long_a_visitor_waited_for_the_first_word(database: Database, book: Book) -> None:
    question = book.heard("免费吗？")
    book.change(question, at=ago(7))
    first = book.said(in_reply_to=question, state="sent")
    second = book.said(in_reply_to=question, state="sent")
    other = book.said(state="sent")
    waited = [database.now(answering.waited, book.row(seq)) for seq in (first, second, other)]
    assert waited == [pytest.approx(7, abs=3), None, None]


@BOTH
def test_an_answer_whose_first_part_failed_still_counts_once(
    database: Database, book: Book
) -> None:
    question = book.heard("hello")
    book.said(in_reply_to=question, state="dead")
    second = book.said(in_reply_to=question, state="sent")
    assert database.now(answering.waited, book.row(second)) is not None


def test_tens_of_thousands_of_rows_are_counted_by_an_index(database: Database) -> None:
    """The plan, not the clock: a machine that others use as well measures nothing in a test."""
    plans: list[str] = []
    with database.engine.connect() as connection:
        recorded: list[tuple[str, Any]] = []

        def record(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
            recorded.append((statement, parameters))

        sa.event.listen(connection, "before_cursor_execute", record)
        figures.waiting(connection)
        figures.dead(connection)
        sa.event.remove(connection, "before_cursor_execute", record)
        for statement, parameters in recorded:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [row[3] for row in rows]
    reads = [plan for plan in plans if plan.startswith(("SCAN", "SEARCH"))]
    assert reads
    assert all(plan.startswith("SEARCH") and "INDEX" in plan for plan in reads), reads
