"""The conversation log: what is written once, what is pinned, what may be taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.messages import Inbound
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import conversations, messages

pytestmark = BOTH

WORDS = [
    "Is it free?",
    "门票多少钱？",
    "我想book两张ticket 🎟️",
    "",
    "שלום",
    "'; DROP TABLE messages; --",
]


@pytest.mark.parametrize("text", WORDS)
def test_accept_writes_the_message_and_its_conversation(
    book: Book, clock: Clock, text: str
) -> None:
    seq = book.heard(text, name="Li 雷", language="zh-Hans", platform_id="m.x")
    row, talk = book.row(seq), book.talk()
    assert (row.text, row.state, row.direction, row.author) == (text, "received", "in", "visitor")
    assert (row.platform_id, row.author_name, row.at) == ("m.x", "Li 雷", STAFFED)
    assert (talk.channel, talk.person_id, talk.name) == ("messenger", "7", "Li 雷")
    assert (talk.speaker, talk.language, talk.last_in_at) == (log.BOT, "zh-Hans", STAFFED)


def test_accept_takes_a_message_once(database: Database, book: Book) -> None:
    inbound = Inbound("messenger", "7", "m.1", "你好 there")
    taken = [database.now(log.accept, inbound, "zh-Hans", {}) for _ in range(3)]
    assert [seq is None for seq in taken] == [False, True, True]
    assert book.texts() == ["你好 there"]


def test_accept_tells_channels_apart(book: Book) -> None:
    book.heard("a", platform_id="same")
    book.heard("b", platform_id="same", channel="web")
    assert book.texts() == ["a", "b"]


def test_a_repeated_message_does_not_move_the_language(database: Database, book: Book) -> None:
    inbound = Inbound("messenger", "7", "m.1", "Hello")
    database.now(log.accept, inbound, "en", {})
    database.now(log.accept, inbound, "zh-Hans", {})
    assert book.talk().language == "en"


def test_a_name_is_kept_when_a_later_message_has_none(book: Book) -> None:
    book.heard(name="李雷")
    book.heard()
    assert book.talk().name == "李雷"


def test_pinned_language_is_none_before_the_first_message(database: Database, book: Book) -> None:
    assert database.now(log.pinned_language, "messenger:7") is None
    book.heard(language="zh-Hant")
    assert database.now(log.pinned_language, "messenger:7") == "zh-Hant"


def test_conversation_and_message_are_none_where_nothing_is(database: Database) -> None:
    assert database.now(log.conversation, "messenger:7") is None
    assert database.now(log.message, 1) is None
    assert database.now(log.by_slack_ts, None) is None
    assert database.now(log.by_slack_ts, "1.2") is None


def test_insert_ignoring_says_whether_it_wrote(database: Database) -> None:
    row = {"id": "web:1", "channel": "web", "person_id": "1", "speaker": "bot"}
    row |= {"created_at": STAFFED}
    first = database.now(log.insert_ignoring, conversations, row)
    assert first is not None
    assert database.now(log.insert_ignoring, conversations, row) is None


def test_cancel_queued_takes_back_only_what_waits(database: Database, book: Book) -> None:
    book.heard()
    waiting, leaving = book.said("one"), book.said("二", state="sending")
    assert database.now(log.cancel_queued, waiting, "taken back by Ana")
    assert not database.now(log.cancel_queued, waiting, "again")
    assert not database.now(log.cancel_queued, leaving, "too late")
    assert (book.row(waiting).state, book.row(waiting).reason) == (
        "cancelled",
        "taken back by Ana",
    )
    assert book.row(leaving).state == "sending"


def test_forget_note_removes_notes_alone(database: Database, book: Book) -> None:
    book.heard()
    note = book.said("internal", direction="note", state="kept")
    reply = book.said("hello")
    database.now(log.forget_note, note)
    database.now(log.forget_note, reply)
    assert book.texts(direction="note") == []
    assert book.texts(direction="out") == ["hello"]


def test_has_said_counts_words_to_the_visitor_alone(database: Database, book: Book) -> None:
    book.heard()
    book.said("a note", direction="note", state="kept")
    assert not database.now(log.has_said, "messenger:7")
    book.said("您好 there", state="dead")
    assert database.now(log.has_said, "messenger:7")


@pytest.mark.parametrize(
    ("state", "speaker", "thinking"),
    [
        ("received", log.BOT, True),
        ("answering", log.BOT, True),
        ("answering", log.CLOSED, True),
        ("answered", log.BOT, False),
        ("received", log.QUEUED, False),
        ("received", log.HUMAN, False),
    ],
)
def test_is_thinking(
    database: Database, book: Book, state: str, speaker: str, thinking: bool
) -> None:
    book.change(book.heard(), state=state)
    book.speaker(speaker)
    assert database.now(log.is_thinking, "messenger:7") is thinking
    assert not database.now(log.is_thinking, "messenger:8")


def test_history_is_in_order_and_of_one_conversation(database: Database, book: Book) -> None:
    book.heard("Where?")
    book.heard("别人", person="8")
    book.said("Here 这里")
    book.said("A note", direction="note", state="kept")
    rows = database.now(log.history, "messenger:7")
    assert [row.text for row in rows] == ["Where?", "Here 这里", "A note"]
    assert [row.case_ref for row in rows] == [None] * 3
    later = database.now(log.history, "messenger:7", rows[0].seq, 1)
    assert [row.text for row in later] == ["Here 这里"]


def test_history_names_the_case(database: Database, book: Book) -> None:
    seq = book.heard()
    values = {"reason": "complaint", "question": "?", "department": "x", "language": "en"}
    opened = database.now(cases.insert_case, conversation_id="messenger:7", **values)
    assert opened is not None
    book.change(seq, case_id=opened.id)
    assert [row.case_ref for row in database.now(log.history, "messenger:7")] == [opened.ref]


def test_a_choice_belongs_to_one_person(database: Database, book: Book) -> None:
    book.heard()
    book.heard(person="8")
    values = {"id": "c1", "conversation_id": "messenger:7", "value": "faq/directions"}
    database.now(log.add_choice, **values, label="交通路线")
    found = database.now(log.choice, "messenger:7", "c1")
    assert found is not None
    assert found.value == "faq/directions"
    assert database.now(log.choice, "messenger:8", "c1") is None
    assert database.now(log.choice, "messenger:7", "c2") is None


def test_a_slack_message_becomes_one_message(book: Book) -> None:
    book.heard()
    book.said("one", slack_ts="1.1")
    with pytest.raises(sa.exc.IntegrityError):
        book.said("二", slack_ts="1.1")
    assert book.texts(slack_ts="1.1") == ["one"]
    assert messages.c.slack_ts.nullable
