"""Two of staff at once: one reply goes, the other one is held until its author knows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Book, Clock
from postgres import BOTH

from bot.content.voice import Voice
from bot.desk.casework import Casework, Outcome, Person, Request
from bot.limits import Limits
from bot.store import cases
from bot.store.database import Database
from bot.store.tables import case_events

ADA, BEN, CAT = Person("U0ADA", "Ada"), Person("U0BEN", "Ben"), Person("U0CAT", "猫 Cat")
LIMITS = {"messenger": Limits(length=2000)}


class Desk:
    """A case, and staff who write in it."""

    def __init__(self, database: Database, book: Book, voice: Voice, undo: int) -> None:
        self.database, self.book = database, book
        self.casework = Casework(voice, LIMITS, undo, True)
        row = book.row(book.heard("免费 free?"))
        want = Request("speak_to_human")
        self.case_id = database.now(self.casework.open_case, row, "en", want).id

    def say(self, person: Person, ts: str, **how: Any) -> Outcome:
        """Lets somebody write, or press a button under what they wrote."""
        words = f"from {person.name} 你好"
        says = self.casework.staff_says
        return self.database.now(says, self.case_id, person, words, slack_ts=ts, **how)

    def staff(self) -> list[str]:
        """Returns whose replies go to the visitor, in order."""
        out = self.book.rows(direction="out", author="staff")
        return [row.author_name for row in out if row.state != "cancelled"]

    def at_once(self, *deeds: Callable[[], Outcome]) -> list[Outcome]:
        """Does several things in the same moment, each on a connection of its own."""
        start, done = threading.Barrier(len(deeds)), [Outcome("refused")] * len(deeds)

        def run(place: int) -> None:
            start.wait(5)
            done[place] = deeds[place]()

        threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return done


@pytest.fixture(params=[0, 5], ids=["no undo", "undo"])
def desk(request: pytest.FixtureRequest, database: Database, book: Book, voice: Voice) -> Desk:
    return Desk(database, book, voice, request.param)


@BOTH
def test_of_two_who_answer_at_once_one_is_held(desk: Desk) -> None:
    done = desk.at_once(
        lambda: desk.say(ADA, "1700000000.000001", confirm="claim"),
        lambda: desk.say(BEN, "1700000000.000002", confirm="claim"),
    )
    assert sorted(outcome.kind for outcome in done) == ["queued", "refused"]
    assert len(desk.staff()) == 1


@BOTH
def test_of_two_who_send_anyway_at_once_one_is_held(desk: Desk) -> None:
    desk.database.now(desk.casework.claim, desk.case_id, ADA)
    done = desk.at_once(
        lambda: desk.say(BEN, "1700000000.000001", confirm="anyway"),
        lambda: desk.say(CAT, "1700000000.000002", confirm="anyway"),
    )
    assert sorted(outcome.kind for outcome in done) == ["needs_confirm", "queued"]
    held = next(outcome for outcome in done if outcome.kind == "needs_confirm")
    assert "is replying" in held.reason
    assert len(desk.staff()) == 1


@BOTH
def test_of_two_follow_ups_at_once_one_is_held(desk: Desk) -> None:
    desk.database.now(desk.casework.claim, desk.case_id, ADA)
    desk.database.now(desk.casework.resolve, desk.case_id, ADA)
    done = desk.at_once(
        lambda: desk.say(BEN, "1700000000.000001", confirm="follow_up"),
        lambda: desk.say(CAT, "1700000000.000002", confirm="follow_up"),
    )
    assert sorted(outcome.kind for outcome in done) == ["needs_reopen", "queued"]
    assert desk.database.now(cases.case, desk.case_id).state == "resolved"


def test_the_owner_and_a_colleague_at_once(desk: Desk) -> None:
    desk.database.now(desk.casework.claim, desk.case_id, ADA)
    done = desk.at_once(
        lambda: desk.say(ADA, "1700000000.000001"), lambda: desk.say(BEN, "1700000000.000002")
    )
    assert [outcome.kind for outcome in done] == ["queued", "needs_confirm"]
    assert desk.staff() == ["Ada"]


@pytest.mark.parametrize("undo", [5])
def test_who_sends_anyway_into_somebodys_undo_time_is_told(
    database: Database, book: Book, voice: Voice, clock: Clock, undo: int
) -> None:
    desk = Desk(database, book, voice, undo)
    database.now(desk.casework.claim, desk.case_id, ADA)
    assert desk.say(BEN, "1700000000.000002").reason == "Somebody else has this case."
    first = desk.say(ADA, "1700000000.000001")
    clock.on(seconds=2)
    held = desk.say(BEN, "1700000000.000002", confirm="anyway")
    assert (held.kind, held.knowing) == ("needs_confirm", first.seq)
    assert held.reason == "Ada is replying: their words go out in 3 s. Send anyway?"
    assert desk.staff() == ["Ada"]
    sent = desk.say(BEN, "1700000000.000002", confirm="anyway", knowing=held.knowing)
    assert sent.kind == "queued"
    assert desk.staff() == ["Ada", "Ben"]
    audited = [(row.actor, row.what) for row in book.rows(case_events)]
    assert audited.count(("Ben", "held")) == 1
    assert [row.detail for row in book.rows(case_events, what="replied")] == [
        "as the owner",
        "sent anyway",
    ]


def test_a_newer_reply_is_told_of_again(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    desk = Desk(database, book, voice, 5)
    database.now(desk.casework.claim, desk.case_id, ADA)
    first = desk.say(ADA, "1700000000.000001")
    desk.say(ADA, "1700000000.000003")
    held = desk.say(BEN, "1700000000.000002", confirm="anyway", knowing=first.seq)
    assert held.kind == "needs_confirm"


def test_what_went_a_while_ago_holds_nobody_up(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    desk = Desk(database, book, voice, 0)
    database.now(desk.casework.claim, desk.case_id, ADA)
    seq = desk.say(ADA, "1700000000.000001").seq
    book.change(seq or 0, state="sent")
    clock.on(seconds=11)
    assert desk.say(BEN, "1700000000.000002", confirm="anyway").kind == "queued"
