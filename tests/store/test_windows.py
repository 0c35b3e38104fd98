"""What the store knows of a window: acts, what was sent, where it belongs, and what waits."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import claims
import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.messages import Inbound
from bot.store import claiming, log, queue, windows
from bot.store.database import Database
from bot.store.tables import messages
from bot.windows import CLICK, CLOSED, MESSAGE, OPEN, Allowance, Window

pytestmark = BOTH

HERE = "messenger:7"
WINDOW = Window("a window", {MESSAGE: Allowance(100, 2), CLICK: Allowance(10)})


def acts(database: Database) -> dict[str, Any]:
    return dict(database.now(windows.acts_of, HERE))


def standing(database: Database, **how: Any) -> str:
    return database.now(windows.left_of, HERE, WINDOW, **how).standing


def test_the_last_act_of_each_kind_is_known(database: Database, book: Book, clock: Clock) -> None:
    book.heard("你好 hi")
    clock.on(seconds=5)
    book.heard("", act=CLICK)
    clock.on(seconds=5)
    book.heard("还在 still")
    five, ten = STAFFED + timedelta(seconds=5), STAFFED + timedelta(seconds=10)
    assert acts(database) == {MESSAGE: ten, CLICK: five}


def test_a_late_message_turns_nothing_back(database: Database, book: Book, clock: Clock) -> None:
    book.heard("新 new")
    book.heard("旧 old", sent_at=STAFFED - timedelta(hours=5))
    assert acts(database) == {MESSAGE: STAFFED}


def test_a_message_sent_again_opens_nothing(database: Database, book: Book, clock: Clock) -> None:
    inbound = Inbound("messenger", "7", "m.1", "你好 there")
    for _ in range(2):
        database.now(log.accept, inbound, "en", {})
        clock.on(seconds=60)
    assert acts(database) == {MESSAGE: STAFFED}


def test_a_conversation_from_before_acts_were_written_down(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard("从前 before")
    database.now(log.change_conversation, HERE, acts=None)
    assert acts(database) == {MESSAGE: STAFFED}
    database.now(log.change_conversation, HERE, last_in_at=None)
    assert (acts(database), standing(database)) == ({}, CLOSED)


def test_acts_at_once_are_all_written(database: Database, book: Book) -> None:
    book.heard()

    def act(number: int) -> None:
        kind = MESSAGE if number % 2 else f"act{number}"
        inbound = Inbound("messenger", "7", f"m.at.once.{number}", "同时 at once", act=kind)
        database.now(log.accept, inbound, "en", {})

    crowd = [threading.Thread(target=act, args=(number,)) for number in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(20)
    assert set(acts(database)) == {MESSAGE, "act0", "act2", "act4", "act6"}


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"state": "sent"}, True),
        ({"state": "sent", "payload": {"passive": True}}, False),
        ({"state": "dead"}, False),
        ({"state": "cancelled"}, False),
        ({"state": "waiting"}, False),
        ({"direction": "note", "state": "sent"}, False),
        ({"state": "sent", "done_at": STAFFED - timedelta(seconds=1)}, False),
        ({"state": "sent", "person": "8"}, False),
    ],
)
def test_what_is_counted(
    database: Database, book: Book, clock: Clock, row: dict[str, Any], counts: bool
) -> None:
    book.heard(person="8")
    book.heard()
    for _ in range(2):
        book.said("好 ok", **{"done_at": STAFFED, **row})
    assert standing(database) == (CLOSED if counts else OPEN)


def test_a_new_message_counts_anew(database: Database, book: Book, clock: Clock) -> None:
    book.heard()
    for _ in range(2):
        book.said(state="sent", done_at=STAFFED)
    clock.on(seconds=1)
    book.heard("又来 again")
    assert database.now(windows.left_of, HERE, WINDOW).messages == 2


# -- where words belong -----------------------------------------------------------------------


def placed(database: Database, text: str, place: dict[str, str]) -> int:
    inbound = Inbound("slack", "T1:U1", f"m.{text}", text)
    seq = database.now(log.accept, inbound, "en", {"place": place} if place else {})
    assert seq is not None
    return seq


def test_an_answer_belongs_beside_its_question(database: Database, book: Book) -> None:
    one = placed(database, "一 one", {"thread": "1"})
    placed(database, "二 two", {"thread": "2"})
    none = placed(database, "三 three", {})
    said = {"person": "T1:U1", "channel": "slack"}
    rows = [
        book.row(book.said(**said, in_reply_to=one)),
        book.row(book.said(**said, in_reply_to=none)),
        book.row(book.said(**said, author="staff")),
    ]
    assert [database.now(windows.place_of, row) for row in rows] == [{"thread": "1"}, {}, {}]
    placed(database, "四 four", {"thread": "4"})
    assert database.now(windows.place_of, rows[2]) == {"thread": "4"}


# -- what waits -------------------------------------------------------------------------------


def hold(database: Database, book: Book, text: str, **more: Any) -> bool:
    row = book.row(book.said(text, author="staff", **more))
    return database.now(windows.hold, row, "closed")


def test_the_first_that_waits_is_told(database: Database, book: Book) -> None:
    book.heard()
    book.heard(person="8")
    assert [hold(database, book, text) for text in ("one", "二", "3 三")] == [True, False, False]
    assert hold(database, book, "别人 other", person="8")
    assert {row.state for row in book.rows(direction="out")} == {"waiting"}


def test_what_waits_is_neither_sent_nor_in_the_way(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    hold(database, book, "等 wait")
    later = book.said("later 后来", author="staff")
    row = database.now(claims.outbound, ("messenger",))
    assert row is not None
    assert row.seq == later


def test_a_release_is_for_one_visitor_and_in_order(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    book.heard(person="8")
    for text in ("one", "二"):
        hold(database, book, text, not_before=STAFFED + timedelta(days=1))
    hold(database, book, "别人 other", person="8")
    assert database.now(windows.release, HERE) == 2
    assert database.now(windows.release, HERE) == 0
    taken = []
    while (row := database.now(claims.outbound, ("messenger",))) is not None:
        taken.append(row.text)
        database.now(queue.finish, messages, row.seq, "sent")
    assert taken == ["one", "二"]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"author": "system", "payload": {"template": True}}, "cancelled"),
        ({"author": "system", "payload": {"template": True}, "state": "sending"}, "sending"),
        ({"author": "system", "payload": {"template": True}, "state": "sent"}, "sent"),
        ({"author": "system", "text": "您的编号 ref"}, "queued"),
        ({"author": "bot"}, "queued"),
    ],
)
def test_only_a_template_that_has_not_left_is_taken_back(
    database: Database, book: Book, row: dict[str, Any], state: str
) -> None:
    book.heard()
    seq = book.said(**row)
    database.now(windows.release, HERE)
    assert book.row(seq).state == state


# -- the platform's own order -----------------------------------------------------------------


def test_messages_are_answered_in_the_platforms_order(
    database: Database, book: Book, clock: Clock
) -> None:
    for text, position in (("三 3", 12), ("one", 10), ("二", 11)):
        book.heard(text, position=position)
    book.heard("另 other", "8", position=1)
    texts = []
    while (row := database.now(claims.inbound)) is not None:
        texts.append(row.text)
        database.now(claiming.finish, row, None, "answered")
    assert [text for text in texts if text != "另 other"] == ["one", "二", "三 3"]


@pytest.mark.parametrize("positions", [(5, 5), (None, None), (5, 6)], ids=str)
def test_of_one_visitor_one_message_is_in_hand(
    database: Database, book: Book, clock: Clock, positions: tuple[int | None, int | None]
) -> None:
    for text, position in zip(("one", "二"), positions, strict=True):
        book.heard(text, position=position)
    first = database.now(claims.inbound)
    assert first is not None
    assert first.text == "one"
    assert database.now(claims.inbound) is None
    database.now(claiming.finish, first, None, "answered")
    second = database.now(claims.inbound)
    assert second is not None
    assert second.text == "二"
