"""Cases: one open for a conversation however many ask, taken by one, closed once, audited."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.store import Connection, cases
from bot.store.database import Database
from bot.store.tables import case_events
from bot.store.tables import cases as table

pytestmark = BOTH


def take(connection: Connection, case_id: int, owner_id: str, owner: str) -> bool:
    """Claims a case as the desk does."""
    owned = {"owner_id": owner_id, "owner": owner, "claimed_at": STAFFED}
    return cases.move(connection, case_id, cases.UNCLAIMED, "claimed", **owned)


@pytest.fixture
def opened(database: Database, book: Book) -> Callable[..., Any]:
    """Opens a case for a person who has written."""

    def open_case(person: str = "7", question: str = "我的ticket不见了") -> Any:
        book.heard(question, person=person, name="李 Lei")
        return database.now(
            cases.insert_case,
            conversation_id=f"messenger:{person}",
            reason="speak_to_human",
            question=question,
            department="ticketing",
            language="zh-Hans",
        )

    return open_case


def test_a_case_has_a_reference_and_its_visitor(clock: Clock, opened: Callable[..., Any]) -> None:
    case = opened()
    assert (case.ref, case.state, case.opened_at) == ("D-1001", "queued", STAFFED)
    assert (case.name, case.channel, case.person_id) == ("李 Lei", "messenger", "7")
    assert opened("8").ref == "D-1002"


def test_a_case_is_found_by_reference_thread_and_conversation(
    database: Database, opened: Callable[..., Any]
) -> None:
    case = opened()
    database.now(cases.change_case, case.id, slack_channel="C1", slack_ts="1.5")
    for found in (
        database.now(cases.case_by_ref, case.ref),
        database.now(cases.case_by_thread, "C1", "1.5"),
        database.now(cases.open_case_of, "messenger:7"),
    ):
        assert found is not None
        assert found.id == case.id
    assert database.now(cases.case_by_ref, "D-9") is None
    assert database.now(cases.case_by_thread, "C2", "1.5") is None
    assert database.now(cases.open_case_of, "messenger:8") is None


def test_a_conversation_has_one_open_case(database: Database, opened: Callable[..., Any]) -> None:
    first = opened()
    assert opened() is None
    database.now(cases.close, first.id, "resolved")
    again = opened()
    assert again is not None
    # PostgreSQL uses up a number for an attempt that found a case open.
    assert again.ref in ("D-1002", "D-1003")


def test_twenty_at_once_open_one_case(database: Database, book: Book) -> None:
    book.heard()
    values = {"reason": "complaint", "question": "?", "department": "x", "language": "en"}
    start, got = threading.Barrier(20), []

    def ask() -> None:
        start.wait(5)
        got.append(database.now(cases.insert_case, conversation_id="messenger:7", **values))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(got) == 20
    assert len([case for case in got if case is not None]) == 1
    assert len(book.rows(table)) == 1


def test_one_of_many_takes_a_case(database: Database, opened: Callable[..., Any]) -> None:
    case, start, won = opened(), threading.Barrier(8), []

    def try_it(name: str) -> None:
        start.wait(5)
        if database.now(take, case.id, f"U{name}", name):
            won.append(name)

    threads = [threading.Thread(target=try_it, args=(f"员工{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    taken = database.now(cases.case, case.id)
    assert len(won) == 1
    assert (taken.owner, taken.owner_id, taken.state) == (won[0], f"U{won[0]}", "claimed")


@pytest.mark.parametrize("state", ["resolved", "returned"])
@pytest.mark.parametrize("claim", [True, False])
def test_a_case_is_closed_once(
    database: Database, clock: Clock, opened: Callable[..., Any], state: str, claim: bool
) -> None:
    case = opened()
    if claim:
        database.now(take, case.id, "U1", "Ana")
    assert database.now(cases.close, case.id, state)
    assert not database.now(cases.close, case.id, "resolved")
    assert not database.now(take, case.id, "U2", "Ben")
    closed = database.now(cases.case, case.id)
    assert (closed.state, closed.open_key, closed.closed_at) == (state, None, STAFFED)


def test_list_cases_by_state(database: Database, opened: Callable[..., Any]) -> None:
    one, two, three = opened("1"), opened("2"), opened("3")
    database.now(take, two.id, "U1", "Ana")
    database.now(cases.close, three.id, "returned")
    every = database.now(cases.list_cases)
    assert [case.ref for case in every] == [one.ref, two.ref, three.ref]
    waiting = database.now(cases.list_cases, cases.OPEN_STATES)
    assert [case.ref for case in waiting] == [one.ref, two.ref]
    assert [c.ref for c in database.now(cases.list_cases, ["returned"])] == [three.ref]


def test_queue_position_counts_who_waits(database: Database, opened: Callable[..., Any]) -> None:
    one, two, three = opened("1"), opened("2"), opened("3")
    assert database.now(cases.queue_position, three.id) == 3
    database.now(take, one.id, "U1", "Ana")
    assert database.now(cases.queue_position, three.id) == 2
    database.now(cases.close, two.id, "resolved")
    assert database.now(cases.queue_position, three.id) == 1


def test_audit_writes_who_did_what(
    database: Database, book: Book, clock: Clock, opened: Callable[..., Any]
) -> None:
    case = opened()
    database.now(cases.audit, case.id, "安娜 Ana", "claimed", "on the phone")
    [event] = book.rows(case_events)
    assert (event.actor, event.what, event.detail) == ("安娜 Ana", "claimed", "on the phone")
    assert event.at == STAFFED


def test_version_grows_with_what_the_desk_shows(
    database: Database, book: Book, opened: Callable[..., Any]
) -> None:
    case = opened()
    seen = [database.now(cases.version)]

    def grown() -> bool:
        seen.append(database.now(cases.version))
        return seen[-1] > seen[-2]

    assert not grown()
    database.now(cases.audit, case.id, "Ana", "claimed")
    assert grown()
    seq = book.said("马上来 soon", author="staff", case_id=case.id)
    assert grown()
    book.change(seq, done_at=STAFFED)
    assert grown()
    book.change(seq, translation={"text": "soon"})
    assert grown()
    book.said("to somebody without a case")
    assert not grown()
