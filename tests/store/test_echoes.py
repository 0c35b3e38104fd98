"""What a platform says it took, by our own number: noted once, whoever else writes it down."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.messages import Receipt
from bot.store import echoes, queue
from bot.store.database import Database
from bot.store.tables import platform_tokens

pytestmark = BOTH

LATER = STAFFED + timedelta(seconds=10)


def told(seq: int, mid: str = "mid.1", channel: str = "messenger", person: str = "7") -> Receipt:
    return Receipt(channel, mid, "taken", person_id=person, row=seq)


def tell(database: Database, receipt: Receipt) -> bool:
    return database.now(echoes.heard, receipt) is not None


STATES: list[tuple[str, dict[str, Any], bool]] = [
    ("sending", {}, True),
    ("queued", {"maybe_twice": True}, True),
    ("queued", {"attempts": 1}, True),
    ("queued", {}, False),
    ("waiting", {"maybe_twice": True}, False),
    ("cancelled", {"maybe_twice": True}, False),
    ("dead", {"maybe_twice": True, "attempts": 14}, False),
]


def test_only_what_was_tried_and_has_not_ended_is_sent_by_it(
    database: Database, book: Book, clock: Clock
) -> None:
    book.heard()
    for number, (state, more, is_news) in enumerate(STATES):
        seq, mid = book.said("好的 sure", state=state, **more), f"mid.{number}"
        assert tell(database, told(seq, mid)) is is_news, (state, more)
        row = book.row(seq)
        assert (row.state, row.platform_id) == (("sent", mid) if is_news else (state, None))
        assert not tell(database, told(seq, mid))


def test_other_conversations_and_channels_and_visitors_messages_are_left_alone(
    database: Database, book: Book, clock: Clock
) -> None:
    asked = book.heard("在吗 hello?")
    seq = book.said("在 yes", state="sending")
    before = book.rows()
    others = [
        told(seq, person="8"),
        told(seq, channel="whatsapp"),
        told(seq, mid=""),
        told(seq + 100),
        told(10**17),
        told(asked),
    ]
    assert not any(tell(database, each) for each in others)
    assert book.rows() == before


def test_only_a_channel_that_tells_is_waited_for(
    database: Database, book: Book, clock: Clock
) -> None:
    for channel in ("messenger", "whatsapp", "telegram"):
        book.heard(channel=channel)
    tell(database, told(10**6))
    rows = {
        channel: book.said("稍等 wait", channel=channel, state="sending")
        for channel in ("messenger", "whatsapp", "telegram")
    }
    assert database.now(queue.recover, everything=True) == 3
    waits = {channel: book.row(seq).not_before for channel, seq in rows.items()}
    assert waits == {"messenger": LATER, "whatsapp": None, "telegram": None}
    tells = [database.now(echoes.tells, channel) for channel in rows]
    assert tells == [True, False, False]


@pytest.mark.parametrize(
    ("channel", "before", "after"),
    [
        ("messenger", timedelta(seconds=1), timedelta(seconds=10)),
        ("messenger", timedelta(minutes=5), timedelta(minutes=5)),
        ("telegram", timedelta(seconds=1), timedelta(seconds=1)),
    ],
)
def test_who_dies_again_while_it_waits_lets_it_wait_anew(
    database: Database,
    book: Book,
    clock: Clock,
    channel: str,
    before: timedelta,
    after: timedelta,
) -> None:
    book.heard("在吗 hello?", channel=channel)
    tell(database, told(10**6))
    seq = book.said("在 yes", channel=channel, state="sending")
    database.now(queue.recover, everything=True)
    clock.on(seconds=9)
    book.change(seq, not_before=clock.at + before)
    assert database.now(queue.recover, everything=True) == 0
    assert book.row(seq).not_before == clock.at + after


def test_it_is_remembered_once_a_day_and_for_a_month(
    database: Database, book: Book, clock: Clock
) -> None:
    tell(database, told(1))
    [first] = book.rows(platform_tokens)
    clock.on(hours=23)
    tell(database, told(1))
    assert book.rows(platform_tokens) == [first]
    clock.on(hours=2)
    tell(database, told(1))
    assert book.rows(platform_tokens)[0].until == clock.at + timedelta(days=30)
    clock.on(days=30)
    assert not database.now(echoes.tells, "messenger")


def test_the_record_and_the_telling_at_the_same_moment_count_once(
    database: Database, book: Book
) -> None:
    book.heard()
    numbers = [book.said(f"第{n} line", state="sending") for n in range(8)]
    both = threading.Barrier(2)
    news: list[bool] = []

    def run(work: Any) -> None:
        for seq in numbers:
            both.wait()
            news.append(bool(work(seq)))

    def record(seq: int) -> bool:
        return database.now(queue.note_sent, seq, f"mid.{seq}")

    def telling(seq: int) -> bool:
        return tell(database, told(seq, f"mid.{seq}"))

    threads = [threading.Thread(target=run, args=(work,)) for work in (record, telling)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(news) == len(numbers)
    assert {(row.state, row.platform_id) for row in book.rows(direction="out")} == {
        ("sent", f"mid.{seq}") for seq in numbers
    }
