"""Edits, reactions, receipts and moves: in any order, told twice, and never on the wrong row."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.messages import Edited, Moved, Reacted, Receipt
from bot.store import cases, changes, log
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.store.tables import choices

pytestmark = [BOTH, pytest.mark.usefixtures("clock")]

CHANNEL = "messenger"


def later(seconds: float) -> Any:
    return STAFFED + timedelta(seconds=seconds)


def edit(database: Database, text: str | None, seconds: float | None = None, **who: str) -> Any:
    named = {"channel": CHANNEL, "person_id": "7", "message_id": "m.x", **who}
    at = None if seconds is None else later(seconds)
    return database.now(changes.edit, Edited(text=text, at=at, **named))


def versions(book: Book, seq: int) -> list[str | None]:
    return [each["text"] for each in book.row(seq).versions or []]


# -- edits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["On Monday?", "周一呢？", "周一open吗 🎟️", None])
def test_an_edit_is_kept_beside_the_words(
    database: Database, book: Book, text: str | None
) -> None:
    seq = book.heard("On Sunday? 周日", platform_id="m.x")
    row = edit(database, text, 5)
    assert (row.seq, row.text, row.state) == (seq, "On Sunday? 周日", "received")
    assert row.versions == [{"at": later(5).isoformat(), "text": text}]
    assert len(book.rows()) == 1


def test_the_message_may_have_a_name_beside_that_of_its_delivery(
    database: Database, book: Book
) -> None:
    seq = book.heard("一 one", platform_id="update.1", message_id="m.x")
    assert edit(database, "二 two", 1).seq == seq
    assert versions(book, seq) == ["二 two"]


def test_versions_stand_in_the_order_of_the_visitor(database: Database, book: Book) -> None:
    seq = book.heard("一", platform_id="m.x")
    told = [edit(database, text, at) for text, at in [("二", 2), ("four", 4), ("三 3", 3)]]
    assert [row is not None for row in told] == [True, True, False]
    assert versions(book, seq) == ["二", "三 3", "four"]


@pytest.mark.parametrize("again", [("二", 2), ("三 3", 3), ("一", 1)])
def test_the_same_edit_twice_changes_nothing(
    database: Database, book: Book, again: tuple[str, float]
) -> None:
    seq = book.heard("一", platform_id="m.x")
    for text, at in [("二", 2), ("三 3", 3)]:
        edit(database, text, at)
    assert edit(database, *again) is None
    assert versions(book, seq) == ["二", "三 3"]


def test_what_says_the_same_is_no_version(database: Database, book: Book) -> None:
    seq = book.heard("一 one", platform_id="m.x")
    assert edit(database, "一 one", 1) is None
    assert edit(database, "二", 2) is not None
    assert edit(database, "二", 3) is None
    assert edit(database, "一 one", 4) is not None
    assert versions(book, seq) == ["二", "一 one"]


def test_an_edit_without_a_time_is_of_now(database: Database, book: Book, clock: Clock) -> None:
    seq = book.heard("一", platform_id="m.x")
    clock.on(seconds=9)
    edit(database, "二 two")
    assert book.row(seq).versions[0]["at"] == later(9).isoformat()


@pytest.mark.parametrize(
    "who",
    [{"person_id": "8"}, {"channel": "web"}, {"message_id": "m.y"}, {"message_id": ""}],
    ids=str,
)
def test_nobody_changes_what_is_not_theirs(
    database: Database, book: Book, who: dict[str, str]
) -> None:
    seq = book.heard("我的 mine", platform_id="m.x")
    book.heard("别人 other", "8", platform_id="m.8")
    assert edit(database, "改 changed", 1, **who) is None
    assert versions(book, seq) == []


def test_what_we_said_is_not_edited_by_a_visitor(database: Database, book: Book) -> None:
    book.heard()
    seq = book.said(platform_id="m.x", state="sent")
    assert edit(database, "改 changed", 1) is None
    assert book.row(seq).versions is None


def test_changes_without_end_are_not_kept(database: Database, book: Book) -> None:
    seq = book.heard("0", platform_id="m.x")
    for number in range(1, changes.MOST_VERSIONS + 20):
        edit(database, f"第{number}", number)
    assert len(versions(book, seq)) == changes.MOST_VERSIONS


def test_two_edits_at_once_are_both_kept(database: Database, book: Book) -> None:
    seq = book.heard("一", platform_id="m.x")
    texts = [f"第{n} version" for n in range(1, 7)]
    crowd = [
        threading.Thread(target=edit, args=(database, text, n)) for n, text in enumerate(texts)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(20)
    assert versions(book, seq) == texts


# -- reactions --------------------------------------------------------------------------------


@pytest.mark.parametrize("emoji", ["❤️", "👍🏽", "", "thumbsup"])
def test_a_reaction_stands_with_the_message(database: Database, book: Book, emoji: str) -> None:
    book.heard()
    seq = book.said(platform_id="m.x", state="sent", payload={"choices": []})
    database.now(changes.react, Reacted(CHANNEL, "7", "m.x", "😀"))
    row = database.now(changes.react, Reacted(CHANNEL, "7", "m.x", emoji))
    assert row is not None
    assert book.row(seq).payload == {"choices": [], "reaction": emoji}


def test_a_reaction_may_be_on_a_message_of_the_visitor(database: Database, book: Book) -> None:
    seq = book.heard(platform_id="m.x")
    database.now(changes.react, Reacted(CHANNEL, "7", "m.x", "好" * 40))
    assert book.row(seq).payload["reaction"] == "好" * 16


def test_a_reaction_on_nothing_is_nothing(database: Database, book: Book) -> None:
    book.heard(platform_id="m.x")
    assert database.now(changes.react, Reacted(CHANNEL, "8", "m.x", "👍")) is None
    assert [row.payload for row in book.rows()] == [{}]


# -- receipts ---------------------------------------------------------------------------------


def told(database: Database, *statuses: str, name: str = "mid.1") -> list[int]:
    """Tells of a message; returns how many rows each receipt changed."""
    receipts = [Receipt(CHANNEL, name, each, "no way", "Call.") for each in statuses]
    return [len(database.now(changes.receipt, each)) for each in receipts]


@pytest.fixture
def sent(book: Book) -> int:
    book.heard()
    return book.said("好 ok", platform_id="mid.1", state="sent", done_at=STAFFED)


@pytest.mark.parametrize(
    ("statuses", "receipt"),
    [
        (["sent"], "sent"),
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["read"], "read"),
        (["seen by aliens"], None),
    ],
)
def test_receipts_only_grow(
    database: Database, book: Book, sent: int, statuses: list[str], receipt: str | None
) -> None:
    told(database, *statuses)
    assert (book.row(sent).receipt, book.row(sent).state) == (receipt, "sent")


def test_a_receipt_twice_is_news_once(database: Database, sent: int) -> None:
    assert told(database, "delivered", "delivered", "read", "delivered") == [1, 0, 1, 0]


@pytest.mark.parametrize("before", [[], ["sent"]])
def test_a_failure_is_the_end(
    database: Database, book: Book, sent: int, before: list[str]
) -> None:
    assert told(database, *before, "failed", "failed")[-2:] == [1, 0]
    assert (book.row(sent).state, book.row(sent).reason) == ("dead", "no way")


@pytest.mark.parametrize("before", ["delivered", "read"])
def test_a_failure_of_what_has_arrived_is_ignored(
    database: Database, book: Book, sent: int, before: str
) -> None:
    assert told(database, before, "failed") == [1, 0]
    row = book.row(sent)
    assert (row.state, row.receipt, row.reason) == ("sent", before, None)


def test_what_arrives_after_all_is_not_dead(database: Database, book: Book, sent: int) -> None:
    assert told(database, "failed", "sent", "delivered") == [1, 0, 1]
    row = book.row(sent)
    assert (row.state, row.receipt, row.reason) == ("sent", "delivered", None)


@pytest.mark.parametrize("state", ["queued", "sending", "waiting", "cancelled"])
def test_only_what_has_left_has_receipts(database: Database, book: Book, state: str) -> None:
    book.heard()
    seq = book.said(platform_id="mid.1", state=state)
    assert told(database, "read", "failed") == [0, 0]
    assert (book.row(seq).state, book.row(seq).receipt) == (state, None)


def test_a_receipt_is_for_our_words_of_that_channel(database: Database, book: Book) -> None:
    mine = book.heard(platform_id="mid.1")
    book.heard(channel="web")
    web = book.said(channel="web", platform_id="mid.1", state="sent")
    assert told(database, "read") == [0]
    assert (book.row(mine).receipt, book.row(web).receipt) == (None, None)


def up_to(database: Database, status: str, seconds: float, person: str = "7") -> list[int]:
    receipt = Receipt(CHANNEL, "", status, person_id=person, up_to=later(seconds))
    return [row.seq for row in database.now(changes.receipt, receipt)]


def test_a_receipt_up_to_a_moment_is_for_all_before_it(database: Database, book: Book) -> None:
    book.heard()
    book.heard(person="8")
    first, second, last = (
        book.said(f"第{n}", state="sent", done_at=later(n)) for n in (0, 10, 20)
    )
    other = book.said(person="8", state="sent", done_at=later(0))
    waiting = book.said("等 wait", state="queued")
    dead = book.said("没 not", state="dead", done_at=later(0))
    assert up_to(database, "delivered", 10) == [first, second]
    assert up_to(database, "read", 0) == [first]
    assert up_to(database, "delivered", 30) == [last]
    shown = {seq: book.row(seq).receipt for seq in (first, second, last, other, waiting, dead)}
    assert shown == {
        first: "read",
        second: "delivered",
        last: "delivered",
        other: None,
        waiting: None,
        dead: None,
    }
    assert book.row(dead).state == "dead"


def test_the_platforms_clock_may_be_a_little_behind(database: Database, book: Book) -> None:
    book.heard()
    seq = book.said(state="sent", done_at=later(1))
    assert up_to(database, "read", 0) == [seq]
    assert up_to(database, "read", -60) == []


@pytest.mark.parametrize("status", ["failed", "read"])
def test_a_receipt_that_names_nothing_is_nothing(
    database: Database, book: Book, sent: int, status: str
) -> None:
    assert database.now(changes.receipt, Receipt(CHANNEL, "", status, person_id="7")) == []
    assert (book.row(sent).state, book.row(sent).receipt) == ("sent", None)


# -- moves ------------------------------------------------------------------------------------

MOVE = Moved(CHANNEL, "7", "77")
NEW = "messenger:77"


def opened(database: Database, book: Book, person: str, speaker: str = log.QUEUED) -> Any:
    """Opens a case of a person who has written."""
    conversation = f"messenger:{person}"
    book.speaker(speaker, conversation)
    return database.now(
        cases.insert_case,
        conversation_id=conversation,
        reason="complaint",
        question="太吵 loud",
        department="access",
        language="en",
    )


def test_all_that_belongs_to_a_conversation_moves(database: Database, book: Book) -> None:
    heard, said = book.heard("我 me", name="Li 雷"), book.said(state="queued")
    database.now(
        log.add_choice, id="c1", conversation_id="messenger:7", value="faq/x", label="路 way"
    )
    case = opened(database, book, "7")
    before = book.talk()
    assert database.now(changes.move, MOVE) is None
    talk = book.talk(NEW)
    assert talk._mapping == {**before._mapping, "id": NEW, "person_id": "77"}
    assert {book.row(seq).conversation_id for seq in (heard, said)} == {NEW}
    assert [row.conversation_id for row in book.rows(choices)] == [NEW]
    found = database.now(cases.open_case_of, NEW)
    assert found is not None
    assert (found.id, found.person_id) == (case.id, "77")
    assert database.now(log.conversation, "messenger:7") is None


def test_a_move_of_nobody_and_a_move_to_oneself_are_nothing(
    database: Database, book: Book
) -> None:
    book.heard("你好 hi")
    for moved in (Moved(CHANNEL, "9", "99"), Moved(CHANNEL, "7", "7"), Moved("web", "7", "8")):
        assert database.now(changes.move, moved) is None
    assert book.texts(conversation_id="messenger:7") == ["你好 hi"]
    assert database.now(log.conversation, "messenger:99") is None


def test_a_move_twice_is_a_move_once(database: Database, book: Book) -> None:
    book.heard("你好 hi")
    for _ in range(2):
        database.now(changes.move, MOVE)
    assert book.texts(conversation_id=NEW) == ["你好 hi"]


def test_two_conversations_become_one(database: Database, book: Book, clock: Clock) -> None:
    book.heard("旧 old", name="Li 雷")
    database.now(log.change_conversation, "messenger:7", memory=[{"event": "old"}])
    clock.on(seconds=60)
    book.heard("新 new", "77", act="click")
    database.now(changes.move, MOVE)
    talk = book.talk(NEW)
    assert book.texts(conversation_id=NEW) == ["旧 old", "新 new"]
    assert (talk.name, talk.memory, talk.last_in_at) == ("Li 雷", [{"event": "old"}], later(60))
    assert talk.acts == {"message": later(0).isoformat(), "click": later(60).isoformat()}
    assert talk.speaker == log.BOT


@pytest.mark.parametrize(("old", "new"), [(log.HUMAN, None), (None, log.QUEUED)])
def test_whoever_is_with_a_person_stays_so(
    database: Database, book: Book, old: str | None, new: str | None
) -> None:
    book.heard("旧 old")
    book.heard("新 new", "77")
    case = opened(database, book, "7" if old else "77", old or new or "")
    assert database.now(changes.move, MOVE) is None
    found = database.now(cases.open_case_of, NEW)
    assert found is not None
    assert (found.id, book.talk(NEW).speaker) == (case.id, old or new)


def test_of_two_open_cases_the_newer_conversations_stays(database: Database, book: Book) -> None:
    book.heard("旧 old")
    book.heard("新 new", "77")
    first, second = opened(database, book, "7", log.HUMAN), opened(database, book, "77")
    closed = database.now(changes.move, MOVE)
    assert closed is not None
    assert closed.id == first.id
    states = {row.id: (row.state, row.open_key) for row in book.rows(case_table)}
    assert states == {first.id: ("resolved", None), second.id: ("queued", NEW)}
    assert {row.conversation_id for row in book.rows(case_table)} == {NEW}
    assert book.talk(NEW).speaker == log.QUEUED
