"""The line of visitors who wait: in order, in turns, and nobody passes anybody."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.errors import ClaimLost
from bot.store import cases, claiming, log, queue
from bot.store.claiming import LOOK_AHEAD, Claim
from bot.store.database import Database
from bot.store.tables import conversations

pytestmark = BOTH


def claimed(database: Database) -> Claim | None:
    return next(iter(database.now(claiming.claim, 1)), None)


def texts(claim: Claim | None) -> list[str]:
    return [] if claim is None else [row.text for row in (claim.row, *claim.behind)]


def ended(database: Database, claim: Claim, count: int = 1, reason: str = "answered") -> None:
    database.now(claiming.finish, claim.row, claim.until, reason, claim.behind[: count - 1])


def all_taken(database: Database) -> list[str]:
    """Takes and answers one message after the other until nobody waits."""
    found = []
    while (claim := claimed(database)) is not None:
        found.append(claim.row.text)
        ended(database, claim)
    return found


def test_who_waits_longest_is_next_and_one_message_of_each_is_in_hand(
    database: Database, book: Book, clock: Clock
) -> None:
    for text, person in (("one", "7"), ("二", "7"), ("drei 三", "8"), ("four", "9")):
        book.heard(text, person)
        clock.on(seconds=1)
    assert [texts(claimed(database)) for _ in range(4)] == [
        ["one", "二"],
        ["drei 三"],
        ["four"],
        [],
    ]


def test_what_is_behind_waits_until_what_is_before_has_ended(
    database: Database, book: Book, clock: Clock
) -> None:
    for text in ("one", "二"):
        book.heard(text)
    first = claimed(database)
    assert first is not None
    assert claimed(database) is None
    ended(database, first)
    assert texts(claimed(database)) == ["二"]


def test_what_is_tried_again_holds_up_what_is_behind(
    database: Database, book: Book, clock: Clock
) -> None:
    for text in ("one", "二"):
        book.heard(text)
    first = claimed(database)
    assert first is not None
    database.now(claiming.give_back, first.row, timedelta(seconds=30), "TurnFailed")
    book.heard("三 more")
    assert claimed(database) is None
    clock.on(seconds=30)
    again = claimed(database)
    assert texts(again) == ["one", "二", "三 more"]
    assert again is not None
    assert (again.row.attempts, again.row.reason) == (1, "TurnFailed")


def test_a_wait_that_is_no_failure_counts_as_no_try(
    database: Database, book: Book, clock: Clock
) -> None:
    seq = book.heard("你好 hi")
    first = claimed(database)
    assert first is not None
    database.now(claiming.give_back, first.row, timedelta(seconds=1.2), "waits", tried=False)
    assert (book.row(seq).attempts, book.row(seq).state) == (0, "received")
    clock.on(seconds=1.2)
    assert texts(claimed(database)) == ["你好 hi"]


def test_those_answered_together_end_together_and_say_with_which(
    database: Database, book: Book, clock: Clock
) -> None:
    seqs = [book.heard(text) for text in ("hi", "请问", "open?", "更多 more")]
    first = claimed(database)
    assert first is not None
    ended(database, first, count=3)
    rows = [book.row(seq) for seq in seqs]
    assert [row.state for row in rows] == ["answered"] * 3 + ["received"]
    joined = f"answered with message {seqs[2]}"
    assert [row.reason for row in rows] == [joined, joined, "answered", None]
    assert texts(claimed(database)) == ["更多 more"]


def test_many_messages_of_one_visitor_are_looked_at_in_parts(
    database: Database, book: Book, clock: Clock
) -> None:
    wanted = [book.heard(f"第{n} one") for n in range(LOOK_AHEAD + 5)]
    first = claimed(database)
    assert first is not None
    assert [row.seq for row in (first.row, *first.behind)] == wanted[:LOOK_AHEAD]


def test_one_visitor_with_five_hundred_messages_takes_turns_with_the_others(
    database: Database, book: Book, clock: Clock
) -> None:
    def flood(connection: Any) -> None:
        for n in range(500):
            log.accept(connection, _inbound("busy", n), "en", {})

    database.now(flood)
    clock.on(seconds=1)
    for n in range(31):
        book.heard(f"第{n} of others", str(n))
    order = []
    for _ in range(64):
        claim = claimed(database)
        assert claim is not None
        order.append(claim.row.conversation_id)
        ended(database, claim)
        clock.on(seconds=0.02)
    others = {f"messenger:{n}" for n in range(31)}
    assert others <= set(order[:33])
    assert order.count("messenger:busy") == 33


def _inbound(person: str, number: int) -> Any:
    from bot.messages import Inbound

    return Inbound("messenger", person, f"{person}.{number}", f"{number}")


def test_a_holder_that_is_gone_is_followed_when_its_lease_ends(
    database: Database, book: Book, clock: Clock
) -> None:
    for text in ("one", "二"):
        book.heard(text)
    lost = claimed(database)
    assert lost is not None
    clock.on(seconds=queue.LEASE.total_seconds() - 1)
    assert claimed(database) is None
    clock.on(seconds=1)
    assert texts(claimed(database)) == ["one", "二"]
    with pytest.raises(ClaimLost):
        ended(database, lost)
    assert [row.state for row in book.rows()] == ["answering", "received"]


def test_after_a_restart_of_the_only_process_nobody_waits_for_a_lease(
    database: Database, book: Book, clock: Clock
) -> None:
    for text in ("one", "二"):
        book.heard(text)
    assert claimed(database) is not None
    database.now(queue.recover, everything=True)
    assert texts(claimed(database)) == ["one", "二"]


def test_what_is_answered_at_once_takes_no_place(
    database: Database, book: Book, clock: Clock
) -> None:
    assert database.now(log.accept, _inbound("7", 1), "en", {}, ended="too fast")
    assert claimed(database) is None
    assert book.talk().due_at is None


def test_an_empty_place_is_cleared(database: Database, book: Book, clock: Clock) -> None:
    book.change(book.heard("被 someone ended"), state="answered")
    book.heard("next 下一个", "8")
    assert texts(claimed(database)) == ["next 下一个"]
    assert book.talk().due_at is None


def test_who_waits_outside_the_line_is_put_into_it(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard("旧的 old")
    book.heard("in it", "8")
    out = sa.update(conversations).where(conversations.c.id == "messenger:7")
    database.now(lambda c: c.execute(out.values(due_at=None)))
    assert database.now(claiming.mend) == 1
    assert database.now(claiming.mend) == 0
    assert sorted(all_taken(database)) == ["in it", "旧的 old"]


def test_nobody_is_passed_and_nothing_is_taken_twice_however_many_claim(
    database: Database, book: Book
) -> None:
    """Four claimers, who fail, wait and answer several at once, while visitors write on."""
    wanted: dict[str, list[str]] = defaultdict(list)
    done: dict[str, list[str]] = defaultdict(list)
    writing, start = threading.Event(), threading.Barrier(5)
    numbers = iter(range(10_000))

    def write(seed: int) -> None:
        chance = random.Random(seed)
        start.wait(5)
        for _ in range(90):
            person = str(chance.randrange(6))
            text = f"{next(numbers)} 问"
            book.heard(text, person)
            wanted[f"messenger:{person}"].append(text)
        writing.set()

    def work(seed: int) -> None:
        chance = random.Random(seed)
        start.wait(5)
        while True:
            was_writing = not writing.is_set()
            claim = claimed(database)
            if claim is None:
                if not was_writing and not _left(database):
                    return
                continue
            _some_end(database, claim, chance, done)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    threads.append(threading.Thread(target=write, args=(9,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert done == wanted


def _left(database: Database) -> bool:
    waits = sa.select(conversations.c.id).where(conversations.c.due_at.is_not(None))
    return database.now(lambda c: c.execute(waits).first()) is not None


def _some_end(
    database: Database, claim: Claim, chance: random.Random, done: dict[str, list[str]]
) -> None:
    what = chance.random()
    if what < 0.2:
        wait = timedelta(seconds=chance.random() * 0.005)
        database.now(claiming.give_back, claim.row, wait, "again", chance.random() < 0.5)
        return
    count = chance.randint(1, 1 + len(claim.behind))

    def end(connection: Any) -> None:
        log.locked_conversation(connection, claim.row.conversation_id)
        claiming.finish(connection, claim.row, claim.until, "answered", claim.behind[: count - 1])

    # Noted before it ends: the next claimer of this visitor comes after.
    rows = (claim.row, *claim.behind)[:count]
    done[claim.row.conversation_id].extend(row.text for row in rows)
    database.now(end)


@pytest.mark.parametrize(("count", "understood"), [(1, True), (2, True), (2, False)])
def test_the_end_holds_what_was_understood_of_the_message_that_was_answered(
    database: Database, book: Book, clock: Clock, count: int, understood: bool
) -> None:
    for text in ("几点", "open?"):
        book.heard(text)
    claim = claimed(database)
    assert claim is not None
    ranking = [{"topic": "opening_hours", "confidence": 0.9}]
    read = {"topic": "opening_hours", "confidence": 0.9, "decision": "answer", "ranking": ranking}
    database.now(
        claiming.finish,
        claim.row,
        claim.until,
        "answered",
        claim.behind[: count - 1],
        understood=read if understood else None,
        memory=[{"event": "記憶"}],
    )
    rows = [book.row(row.seq) for row in (claim.row, *claim.behind)]
    *others, answered = rows[:count]
    wanted = tuple(read.values()) if understood else (None, None, None, None)
    found = (answered.topic, answered.confidence, answered.decision, answered.ranking)
    assert found == wanted
    assert all(row.topic is None for row in others + rows[count:])
    assert book.talk().memory == [{"event": "記憶"}]
    assert (book.talk().due_at is None) == (count == 2)


@pytest.mark.parametrize("asked", [True, False])
def test_a_claim_tells_when_the_visitor_was_asked_how_it_was(
    database: Database, book: Book, clock: Clock, asked: bool
) -> None:
    book.heard("谢谢 bye")
    values = {"reason": "complaint", "question": "?", "department": "x", "language": "en"}
    opened = database.now(cases.insert_case, conversation_id="messenger:7", **values)
    assert opened is not None
    if asked:
        database.now(cases.change_case, opened.id, rating_asked_at=STAFFED)
    claim = claimed(database)
    assert claim is not None
    assert claim.talk.asked_to_rate_at == (STAFFED if asked else None)


def test_the_clock_of_a_place_is_the_moment_it_began(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard("one")
    clock.on(seconds=5)
    book.heard("二")
    assert book.talk().due_at == STAFFED
