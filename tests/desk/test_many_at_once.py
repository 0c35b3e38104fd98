"""Many who ask and claim at the same moment, and a promise that is always the nearest one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import claims
import pytest
from conftest import LIMITS, Book, Clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import BOTH

from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.desk.promises import nearest
from bot.store import cases
from bot.store.database import Database
from bot.store.tables import cases as case_table
from desk.rooms import ANA, Room


@pytest.fixture
def room(database: Database, book: Book, casework: Casework, clock: Clock) -> Room:
    return Room(database, book, casework, clock)


# -- many at once -------------------------------------------------------------------------------


@BOTH
def test_a_case_is_opened_once_by_twenty_at_once(
    database: Database, book: Book, voice: Voice
) -> None:
    casework = Casework(voice, LIMITS, 5, True)
    rows = [book.row(book.heard(f"真人 please {n}")) for n in range(20)]
    refs = together(
        lambda row: database.now(casework.open_case, row, "en", Request("complaint")).ref, rows
    )
    assert set(refs) == {"D-1001"}
    assert len(book.rows(case_table)) == 1


@BOTH
def test_of_many_who_claim_at_once_one_has_it_and_the_bot_is_silent(
    database: Database, book: Book, voice: Voice
) -> None:
    casework = Casework(voice, LIMITS, 5, True)
    row = book.row(book.heard("真人 please"))
    database.now(casework.open_case, row, "en", Request("complaint"))
    for number in range(12):
        book.said(f"第{number} word")
    people = [Person(f"U0P{n}", f"P{n}") for n in range(8)]
    work: list[Callable[[], Any]] = [
        *[lambda by=by: database.now(casework.claim, 1, by).kind for by in people],
        *[lambda: database.now(claims.outbound, ("messenger",))] * 8,
    ]
    done = together(lambda each: each(), work)
    assert [kind for kind in done[:8]].count("done") == 1
    left = [each.state for each in book.rows(author="bot")]
    assert left.count("sending") <= 1
    assert "queued" not in left


@BOTH
def test_a_claim_and_the_outbox_do_not_wait_for_each_other_for_ever(
    database: Database, book: Book, voice: Voice
) -> None:
    casework = Casework(voice, LIMITS, 5, True)
    row = book.row(book.heard("真人 please"))
    case = database.now(casework.open_case, row, "en", Request("complaint"))
    book.change(book.rows(direction="out")[0].seq, state="sent")
    book.said("机器人 words of the bot")
    if database.is_sqlite:
        # It has one writer: the outbox waits before it holds anything.
        return
    with database.engine.begin() as claiming:
        cases.held(claiming, case.id)
        outbox = threading.Thread(target=database.now, args=(claims.outbound, ("messenger",)))
        outbox.start()
        # By then it holds the message, and waits for the conversation.
        outbox.join(0.3)
        assert casework.claim(claiming, case.id, ANA).kind == "done"
    outbox.join(10)
    assert [each.state for each in book.rows(author="bot")] == ["cancelled"]


def together(work: Callable[[Any], Any], given: list[Any]) -> list[Any]:
    """Does the same with many things at the same moment; raises what one of them raised."""
    found: list[Any] = [None] * len(given)
    ready = threading.Barrier(len(given))

    def one(place: int, thing: Any) -> None:
        ready.wait(10)
        try:
            found[place] = work(thing)
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=one, args=each) for each in enumerate(given)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not [each for each in found if isinstance(each, Exception)], found
    return found


# -- the promise --------------------------------------------------------------------------------

DEEDS = ("claim", "release", "answer", "hear", "set_priority", "resolve", "reopen", "look")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 900)), max_size=7))
def test_what_is_due_is_always_the_nearest_clock(room: Room, deeds: list[tuple[str, int]]) -> None:
    person = f"p{len(room.book.rows(case_table))}"
    opened = room.open("几点 when?", person)
    for deed, minutes in deeds:
        room.clock.on(minutes=minutes)
        _deed(room, opened.id, person, deed, minutes)
        case = room.case(opened.id)
        found = room.database.now(room.casework._clocks_of, case)
        soonest = nearest(found)
        assert case.due_at == (soonest and soonest.due_at), (deeds, deed)
        assert case.state in cases.OPEN_STATES or case.due_at is None


def _deed(room: Room, case_id: int, person: str, deed: str, minutes: int) -> None:
    is_open = room.case(case_id).state in cases.OPEN_STATES
    if deed == "answer":
        room.answer(ANA, case_id)
    elif deed == "hear" and is_open:
        room.hear(person=person)
    elif deed == "look":
        room.look(case_id)
    elif deed == "set_priority":
        room.do(deed, case_id, ANA, "urgent" if minutes % 2 else "normal")
    elif deed != "hear":
        room.do(deed, case_id, ANA)
