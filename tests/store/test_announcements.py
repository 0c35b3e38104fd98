"""Who would hear an announcement, and that its draft is sent or dropped by one alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from conftest import Book, Clock
from postgres import BOTH

from bot.store import announcements, cases, log, queue
from bot.store.database import Database
from bot.store.tables import case_events, desk_events, desk_jobs


@pytest.fixture
def waits(database: Database, book: Book) -> Callable[..., Any]:
    """Opens a case for a person who has written."""

    def open_case(person: str, language: str = "en") -> Any:
        book.heard("排队 queue", person, language=language)
        return database.now(
            cases.insert_case,
            conversation_id=f"messenger:{person}",
            reason="speak_to_human",
            question="?",
            department="ticketing",
            language=language,
        )

    return open_case


def test_those_wait_who_have_an_open_case(
    database: Database, book: Book, clock: Clock, waits: Callable[..., Any]
) -> None:
    first, closed = waits("1", "zh-Hant"), waits("2")
    database.now(cases.close, closed.id, "resolved")
    book.heard("only asks", "3")
    [row] = database.now(announcements.who_waits)
    assert (row.id, row.channel, row.language, row.case_id) == (
        "messenger:1",
        "messenger",
        "zh-Hant",
        first.id,
    )


@BOTH
def test_those_wrote_who_wrote_since(
    database: Database, book: Book, clock: Clock, waits: Callable[..., Any]
) -> None:
    waits("1")
    clock.on(hours=10)
    book.heard("你好 hello", "2")
    clock.on(hours=15)
    found = database.now(announcements.who_wrote, clock() - timedelta(hours=24))
    assert [(row.id, row.case_id) for row in found] == [("messenger:2", None)]


def test_a_draft_is_kept_once_and_no_worker_takes_it(database: Database, clock: Clock) -> None:
    first = database.now(announcements.add_draft, "k", {"text": "今天 today"})
    again = database.now(announcements.add_draft, "k", {"text": "another"})
    assert (again.id, again.payload) == (first.id, {"text": "今天 today"})
    assert database.now(queue.claim_event) is None


@BOTH
def test_of_many_who_press_one_moves_it(database: Database, clock: Clock) -> None:
    draft = database.now(announcements.add_draft, "k", {})
    move = (announcements.move_draft, draft.id, announcements.DRAFT, announcements.SENT)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: database.now(*move), range(8)))
    assert sorted(won) == [False] * 7 + [True]


def test_an_event_is_no_draft(database: Database, clock: Clock) -> None:
    row = {"key": "e", "kind": "message", "payload": {}, "state": "draft", "at": log.now()}
    number = database.now(log.insert_ignoring, desk_events, row)
    assert database.now(announcements.find_draft, number) is None
    assert not database.now(announcements.move_draft, number, "draft", "sent")


@BOTH
def test_only_what_has_not_left_is_taken_back(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard("hi")
    numbers = [book.said("今天 closed", state=state) for state in ("queued", "sent", "queued")]
    assert database.now(announcements.take_back, numbers, "taken back by Ada") == 2
    assert [book.row(n).state for n in numbers] == ["cancelled", "sent", "cancelled"]


@BOTH
def test_the_lines_hold_up_no_case(
    database: Database, clock: Clock, waits: Callable[..., Any], book: Book
) -> None:
    opened = [waits(str(number)) for number in range(4)]
    for case in opened[:3]:
        database.now(cases.change_case, case.id, slack_channel="C1", slack_ts=f"1.{case.id}")
    numbers = [case.id for case in opened]
    database.now(announcements.post_lines, numbers, "大家好 all", 2, 1.5)
    rows = book.rows(desk_jobs)
    assert [row.payload["thread_ts"] for row in rows] == ["1.1", "1.2", "1.3"]
    assert {row.case_id for row in rows} == {None}
    waited = [row.not_before and (row.not_before - clock()).total_seconds() for row in rows]
    assert waited == [None, None, 1.5]


def test_every_case_has_its_line_in_the_audit(
    database: Database, clock: Clock, waits: Callable[..., Any], book: Book
) -> None:
    numbers = [waits(str(number)).id for number in range(3)]
    database.now(announcements.write_down, numbers, "Ada", "announced", "今天 closed")
    database.now(announcements.write_down, [], "Ada", "announced", "")
    told = [(row.case_id, row.what, row.detail) for row in book.rows(case_events)]
    assert told == [(number, "announced", "今天 closed") for number in numbers]
