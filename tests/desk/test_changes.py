"""What the desk makes of edits, reactions, receipts and moves: told where a person needs it."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Book, Clock

from bot.desk.casework import Casework, Person, Request
from bot.messages import Edited, Event, Moved, Reacted, Receipt
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs
from bot.store.tables import cases as case_table

ANA = Person("U1", "Ana")


class Room:
    """A desk, and what is told there."""

    def __init__(self, database: Database, book: Book, casework: Casework) -> None:
        self.database, self.book, self.casework = database, book, casework

    def open(self, person: str = "7", text: str = "我的伞 umbrella") -> Any:
        """Opens a case for a visitor's words, of the id m.<person>."""
        row = self.book.row(self.book.heard(text, person, platform_id=f"m.{person}"))
        case = self.database.now(self.casework.open_case, row, "en", Request("speak_to_human"))
        self.database.now(lambda c: c.execute(desk_jobs.delete()))
        return case

    def note(self, event: Event) -> None:
        """Lets something happen."""
        self.database.now(self.casework.note, event)

    @property
    def posts(self) -> list[tuple[str, dict[str, Any]]]:
        """What is to be posted to threads."""
        return [(row.kind, row.payload) for row in self.book.rows(desk_jobs)]

    @property
    def audited(self) -> list[tuple[str, str]]:
        """Who did what, without the opening."""
        rows = self.book.rows(case_events)
        return [(row.actor, row.what) for row in rows if row.what not in ("opened", "routed")]

    @property
    def version(self) -> int:
        """The number by which the web desk knows that something has changed."""
        return self.database.now(cases.version)


@pytest.fixture
def room(database: Database, book: Book, casework: Casework, clock: Clock) -> Room:
    return Room(database, book, casework)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("A red umbrella", "changed a message"),
        ("红色的伞", "changed a message"),
        ("红色umbrella", "changed a message"),
        (None, "took a message back"),
    ],
)
def test_an_edit_is_shown_in_the_thread(room: Room, text: str | None, what: str) -> None:
    case = room.open()
    before = room.version
    for _ in range(2):
        room.note(Edited("messenger", "7", "m.7", text))
    [row] = room.book.rows(direction="in")
    assert room.posts == [("visitor_changed", {"seq": row.seq, "text": text})]
    assert room.audited == [("visitor", what)]
    assert room.version > before
    assert room.database.now(cases.case, case.id).question == "我的伞 umbrella"


@pytest.mark.parametrize(
    "event",
    [
        Edited("messenger", "7", "m.7", "改 changed"),
        Reacted("messenger", "7", "m.7", "👍"),
        Receipt("messenger", "mid.1", "failed", "no way", "Call."),
        Moved("messenger", "7", "77"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_without_a_case_nobody_is_told(room: Room, event: Event) -> None:
    room.book.heard(platform_id="m.7")
    room.book.said(state="sent", platform_id="mid.1")
    room.note(event)
    assert (room.posts, room.audited) == ([], [])


@pytest.mark.parametrize("message_id", ["m.7", "m.9"])
def test_a_reaction_changes_the_web_desk_where_it_is_known(room: Room, message_id: str) -> None:
    room.open()
    before = room.version
    room.note(Reacted("messenger", "7", message_id, "❤️"))
    assert (room.version > before) is (message_id == "m.7")
    assert room.posts == []


@pytest.mark.parametrize("own", [True, False], ids=["of the case", "from before the case"])
def test_a_failure_that_a_platform_tells_later_is_told(room: Room, own: bool) -> None:
    case = room.open()
    seq = room.book.said(
        "找到了 found", state="sent", platform_id="mid.1", case_id=case.id if own else None
    )
    for status in ("sent", "failed", "failed"):
        room.note(Receipt("messenger", "mid.1", status, "WhatsApp: blocked", "Call them."))
    reason = "WhatsApp: blocked. Call them."
    assert room.posts == [("failed", {"seq": seq, "reason": reason})]
    assert room.audited == [("docent", "failed")]
    assert room.book.row(seq).state == "dead"


def test_each_receipt_changes_the_web_desk_and_tells_nobody(room: Room) -> None:
    case = room.open()
    room.book.said(state="sent", platform_id="mid.1", case_id=case.id)
    versions = [room.version]
    for status in ("sent", "delivered", "read", "delivered"):
        room.note(Receipt("messenger", "mid.1", status))
        versions.append(room.version)
    assert versions[:-1] == sorted(set(versions))
    assert versions[-1] == versions[-2]
    assert room.posts == []


def test_words_that_wait_are_told(room: Room) -> None:
    case = room.open()
    row = room.book.row(room.book.said(case_id=case.id, author="staff"))
    room.database.now(room.casework.reply_waits, row, "The window is closed")
    [(kind, payload)] = room.posts
    assert kind == "warning"
    assert payload["text"].startswith("The window is closed. The visitor was sent the approved")
    assert room.audited == [("docent", "waits")]


def test_a_move_takes_the_case_along(room: Room) -> None:
    case = room.open()
    room.note(Moved("messenger", "7", "77"))
    found = room.database.now(cases.case, case.id)
    assert (found.conversation_id, found.state) == ("messenger:77", "queued")
    room.database.now(room.casework.claim, case.id, ANA)
    assert room.book.talk("messenger:77").speaker == log.HUMAN


def test_of_two_cases_one_is_closed_and_says_where_the_other_is(room: Room) -> None:
    old, kept = room.open("7", "旧 old"), room.open("77", "新 new")
    room.note(Moved("messenger", "7", "77"))
    states = {row.ref: row.state for row in room.book.rows(case_table)}
    assert states == {old.ref: "resolved", kept.ref: "queued"}
    words = f"This visitor has another open case, {kept.ref}: please go on there."
    assert room.posts == [("card", {}), ("warning", {"text": words})]
    assert {row.case_id for row in room.book.rows(desk_jobs)} == {old.id}
