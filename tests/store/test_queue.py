"""The log as a queue: claimed once, in order, given back, and never said over a person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import claims
import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.store import cases, log, queue
from bot.store.database import Database
from bot.store.tables import desk_events, desk_jobs, messages

pytestmark = BOTH

MESSENGER = ("messenger",)


def claimed(database: Database, claim: Any, *args: Any) -> list[Any]:
    """Claims until nothing is due, and returns the rows."""
    found = []
    while (row := database.now(claim, *args)) is not None:
        found.append(row)
    return found


def test_claim_outbound_is_in_order_and_of_our_channels(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    book.heard(channel="web")
    first = book.said("one")
    book.said("二")
    book.said("for the web", channel="web")
    row = database.now(claims.outbound, MESSENGER)
    assert row is not None
    assert row.text == "one"
    assert database.now(claims.outbound, MESSENGER) is None
    database.now(queue.finish, messages, first, "sent", platform_id="mid.1")
    assert [r.text for r in claimed(database, claims.outbound, MESSENGER)] == ["二"]
    assert [r.text for r in claimed(database, claims.outbound, ("web",))] == ["for the web"]


@pytest.mark.parametrize(("after", "count"), [(-1, 1), (0, 1), (1, 0)])
def test_not_before(database: Database, book: Book, clock: Clock, after: int, count: int) -> None:
    book.heard()
    book.said("later 稍后", not_before=STAFFED + timedelta(seconds=after))
    assert len(claimed(database, claims.outbound, MESSENGER)) == count


def test_a_message_waits_behind_one_that_waits(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    book.said("can be taken back", author="staff", not_before=STAFFED + timedelta(seconds=5))
    book.said("after it", author="system")
    assert database.now(claims.outbound, MESSENGER) is None
    clock.on(seconds=5)
    row = database.now(claims.outbound, MESSENGER)
    assert row is not None
    assert row.text == "can be taken back"


@pytest.mark.parametrize(
    ("speaker", "author", "state"),
    [
        (log.HUMAN, "bot", "cancelled"),
        (log.HUMAN, "staff", "sending"),
        (log.HUMAN, "system", "sending"),
        (log.QUEUED, "bot", "sending"),
        (log.BOT, "bot", "sending"),
        (log.CLOSED, "bot", "sending"),
    ],
)
def test_the_bot_is_silent_while_a_person_speaks(
    database: Database, book: Book, clock: Clock, speaker: str, author: str, state: str
) -> None:
    book.heard()
    seq = book.said("我是bot", author=author)
    book.speaker(speaker)
    claimed(database, claims.outbound, MESSENGER)
    assert book.row(seq).state == state


def test_what_the_bot_is_denied_does_not_block_the_person(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    book.said("the bot's", not_before=STAFFED + timedelta(hours=1))
    book.said("staff 说的", author="staff")
    book.speaker(log.HUMAN)
    assert database.now(queue.silence_bot, "messenger:7") == 1
    assert [r.text for r in claimed(database, claims.outbound, MESSENGER)] == ["staff 说的"]


def test_retry_gives_back(database: Database, book: Book, clock: Clock) -> None:
    book.heard()
    seq = book.said()
    database.now(claims.outbound, MESSENGER)
    database.now(queue.retry, messages, seq, "queued", 8, "Messenger answered 500")
    row = book.row(seq)
    assert (row.state, row.attempts, row.lease_until) == ("queued", 1, None)
    assert row.not_before == STAFFED + timedelta(seconds=8)


def test_finish_ends(database: Database, book: Book, clock: Clock) -> None:
    seq = book.heard()
    database.now(claims.inbound)
    assert book.row(seq).lease_until == STAFFED + queue.LEASE
    database.now(queue.finish, messages, seq, "answered", reason="answered", done_at=log.now())
    row = book.row(seq)
    assert (row.state, row.lease_until, row.done_at) == ("answered", None, STAFFED)


def test_recover_gives_back_what_a_dead_worker_held(
    database: Database, book: Book, clock: Clock
) -> None:
    heard, _ = book.heard(), book.said()
    said = book.said("to another 人", person="7")
    database.now(claims.inbound)
    first = database.now(claims.outbound, MESSENGER)
    assert first is not None
    assert database.now(queue.recover, everything=False) == 0
    clock.on(seconds=queue.LEASE.total_seconds() + 1)
    assert database.now(queue.recover, everything=False) == 2
    assert (book.row(heard).state, book.row(heard).maybe_twice) == ("received", False)
    assert (book.row(first.seq).state, book.row(first.seq).maybe_twice) == ("queued", True)
    assert (book.row(said).state, book.row(said).maybe_twice) == ("queued", False)


def test_recover_at_the_start_of_the_only_process_waits_for_no_lease(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    database.now(claims.inbound)
    assert database.now(queue.recover, everything=True) == 1
    assert database.now(claims.inbound) is not None


def a_case(database: Database, book: Book, person: str) -> int:
    book.heard(person=person)
    values = {"reason": "complaint", "question": "?", "department": "x", "language": "en"}
    opened = database.now(cases.insert_case, conversation_id=f"messenger:{person}", **values)
    assert opened is not None
    return int(opened.id)


def test_claim_job_keeps_the_order_of_a_case(database: Database, book: Book, clock: Clock) -> None:
    one, two = a_case(database, book, "1"), a_case(database, book, "2")
    for kind, case_id in (("root", one), ("line", one), ("root", two)):
        database.now(queue.add_job, kind, case_id, {"text": "行"})
    first = database.now(queue.claim_job)
    other = database.now(queue.claim_job)
    assert first is not None
    assert other is not None
    assert (first.kind, first.case_id, other.kind, other.case_id) == ("root", one, "root", two)
    assert database.now(queue.claim_job) is None
    database.now(queue.finish, desk_jobs, first.id, "done")
    assert [row.kind for row in claimed(database, queue.claim_job)] == ["line"]


def test_events_of_a_thread_are_handled_in_order_and_other_threads_beside(
    database: Database, clock: Clock
) -> None:
    threads = {"e1": "C1:1", "e2": "C1:1", "e3": "C1:2", "e4": None, "e5": None}
    for key, thread in threads.items():
        row = {"key": key, "kind": "message", "thread": thread, "payload": {}, "state": "queued"}
        database.now(log.insert_ignoring, desk_events, {**row, "at": log.now()})
    taken = [database.now(queue.claim_event) for _ in range(5)]
    assert [row and row.key for row in taken] == ["e1", "e3", "e4", "e5", None]
    database.now(queue.finish, desk_events, taken[0].id, "done")
    assert database.now(queue.claim_event).key == "e2"


def test_two_threads_never_get_the_same_row(database: Database, book: Book) -> None:
    wanted = {book.heard(f"问题 {n}", person=str(n)) for n in range(40)}
    got: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(5)
        for row in claimed(database, claims.inbound):
            got.append(row.seq)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == sorted(wanted)


def test_of_one_conversation_only_what_is_next_there_is_taken(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard("几点", "8")
    book.heard("hours 几点")
    book.said("别人的", "8")
    first, second = book.said("一"), book.said("two")

    def taken(room: dict[str, int]) -> list[int]:
        found = database.now(queue.claim_leaving, room, "messenger:7")
        return [row.seq for row in found]

    assert taken({"telegram": 8}) == []
    assert taken({"messenger": 8}) == [first]
    assert taken({"messenger": 8}) == []
    database.now(queue.note_sent, first, "mid.1")
    assert taken({"messenger": 8}) == [second]
    database.now(queue.retry, messages, second, "queued", 30.0, "later")
    assert taken({"messenger": 8}) == []
    clock.on(seconds=31)
    assert taken({"messenger": 8}) == [second]
