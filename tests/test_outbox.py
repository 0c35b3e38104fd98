"""The outbox: laid in parts, sent in order, tried again, flagged, silenced, and never in doubt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import claims
import pytest
import sqlalchemy as sa
from conftest import LIMITS, STAFFED, Book, Clock
from sqlalchemy.engine import Connection, Row

from bot import lanes, outbox, worker
from bot.errors import SendFailed
from bot.lanes import SLOTS
from bot.limits import Limits
from bot.messages import Button, Choice, Outbound, Reply
from bot.outbox import BACKOFF, LONGEST_WAIT, Outbox
from bot.store import log, queue
from bot.store.database import Database
from bot.store.tables import choices
from bot.windows import Window

Listened = list[tuple[str, str]]
TALK = "messenger:7"


class Postman:
    """A channel that takes what it is given, or fails as it is told to."""

    limits = Limits(2000)
    window: Window | None = None
    named_template = ""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Outbound]] = []
        self.failures: list[Exception] = []

    def template(self) -> str:
        """Returns the template that may go outside the window."""
        return self.named_template

    async def deliver(self, person_id: str, message: Outbound) -> str | None:
        """Takes a message."""
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((person_id, message))
        return f"mid.{len(self.sent)}"

    @property
    def texts(self) -> list[str]:
        """What was taken."""
        return [message.text for _, message in self.sent]


class Office:
    """An outbox with one channel, and what its listeners heard."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.postman = Postman()
        self.sent: Listened = []
        self.dead: Listened = []
        self.waiting: Listened = []
        self.news = 0
        self.heard: list[tuple[str, SendFailed | None]] = []
        self.outbox = Outbox(
            database,
            {"messenger": self.postman},
            self._sent,
            self._dead,
            self._wait,
            self._tell,
            lambda *heard: self.heard.append(heard),
        )

    def _sent(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.sent.append((row.text, reason))

    def _dead(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.dead.append((row.text, reason))

    def _wait(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.waiting.append((row.text, reason))

    def _tell(self) -> None:
        self.news += 1

    async def deliver(self) -> bool:
        """Sends the next message that is due; False where none is."""
        row = await claims.one(self.outbox)
        if row is None:
            return False
        await self.outbox.deliver(row)
        return True


@pytest.fixture
def office(database: Database, book: Book, clock: Clock) -> Office:
    book.heard()
    return Office(database)


def laid(database: Database, reply: Reply, limits: Limits, **values: Any) -> list[int]:
    given = {"author": "bot", "language": "en", **values}
    return database.now(outbox.lay, TALK, "messenger", reply, limits, **given)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We are open. Come in.", ["We are open. Come in."]),
        (
            "Entry is free for everyone. Exhibitions have a price.",
            ["Entry is free for everyone.", "Exhibitions have a price."],
        ),
        ("常" * 30 + "。" + "特" * 20 + "。", ["常" * 30 + "。", "特" * 20 + "。"]),
        ("请book两张ticket，" * 4, ["请book两张ticket，" * 2] * 2),
        ("", []),
    ],
)
def test_lay_writes_one_row_for_each_part(
    database: Database, book: Book, text: str, parts: list[str]
) -> None:
    asked = book.heard()
    numbers = laid(database, Reply(text), LIMITS["tiny"], in_reply_to=asked, language="zh-Hans")
    rows = [book.row(seq) for seq in numbers]
    assert [row.text for row in rows] == parts
    assert {row.state for row in rows} <= {"queued"}
    assert {row.in_reply_to for row in rows} <= {asked}
    assert {row.language for row in rows} <= {"zh-Hans"}


def test_lay_puts_opaque_choices_under_the_last_part(database: Database, book: Book) -> None:
    book.heard()
    buttons = tuple(Button(label, f"faq/{label}") for label in ("Getting here", "交通", "more"))
    numbers = laid(database, Reply("Which? " * 9, buttons), LIMITS["tiny"])
    assert len(numbers) == 2
    assert book.row(numbers[0]).payload == {}
    shown = book.row(numbers[1]).payload["choices"]
    assert [choice["label"] for choice in shown] == ["Getting…", "交通"]
    kept = {row.id: row.value for row in book.rows(choices)}
    assert [kept[choice["id"]] for choice in shown] == ["faq/Getting here", "faq/交通"]
    assert all(len(choice["id"]) >= 16 and "faq" not in choice["id"] for choice in shown)


def test_lay_never_gives_the_same_choice_twice(database: Database, book: Book) -> None:
    book.heard()
    for _ in range(3):
        laid(database, Reply("哪个 one?", (Button("是 yes", "faq/directions"),)), LIMITS["web"])
    assert len({row.id for row in book.rows(choices)}) == 3


def test_lay_marks_the_first_part_alone_as_the_slack_message(
    database: Database, book: Book
) -> None:
    book.heard()
    numbers = laid(database, Reply("Sure. " * 20), LIMITS["tiny"], slack_ts="1.1", author="staff")
    assert [book.row(seq).slack_ts for seq in numbers] == ["1.1", *[None] * (len(numbers) - 1)]


@pytest.mark.parametrize("text", ["We open at ten.", "十点开门。", "周日open到五点半 🎟️"])
async def test_a_message_that_is_taken_is_sent(office: Office, book: Book, text: str) -> None:
    seq = book.said(text, payload={"choices": [{"id": "c1", "label": "好 yes"}]})
    assert await office.deliver()
    row = book.row(seq)
    assert (row.state, row.platform_id, row.reason, row.done_at) == (
        "sent",
        "mid.1",
        None,
        STAFFED,
    )
    assert office.postman.sent == [("7", Outbound(text, (Choice("c1", "好 yes"),), "bot"))]
    assert (office.sent, office.dead, office.news) == ([(text, "")], [], 1)


@pytest.mark.parametrize(("author", "by_person"), [("staff", True), ("bot", False)])
async def test_a_channel_is_told_who_wrote(
    office: Office, book: Book, author: str, by_person: bool
) -> None:
    book.said(author=author)
    await office.deliver()
    [(_, message)] = office.postman.sent
    assert (message.author, message.written_by_person) == (author, by_person)


async def test_a_passing_error_is_tried_again_later(
    office: Office, book: Book, clock: Clock
) -> None:
    seq = book.said("再试 again")
    waits = []
    for attempt, wait in enumerate(BACKOFF[:-1]):
        office.postman.failures = [SendFailed("Messenger answered 500", retryable=True)]
        assert await office.deliver()
        row = book.row(seq)
        assert (row.state, row.attempts) == ("queued", attempt + 1)
        waits.append((row.not_before - clock.at).total_seconds() / wait)
        assert not await office.deliver()
        clock.at = row.not_before
    assert all(0.8 <= wait <= 1.2 for wait in waits)
    assert len(set(waits)) > 1
    assert await office.deliver()
    assert book.row(seq).state == "sent"
    assert book.row(seq).reason is None
    assert office.dead == []


async def test_the_platforms_own_hint_wins(office: Office, book: Book, clock: Clock) -> None:
    seq = book.said()
    office.postman.failures = [SendFailed("slow down", retryable=True, retry_after=77)]
    await office.deliver()
    assert book.row(seq).not_before == STAFFED + timedelta(seconds=77)


@pytest.mark.parametrize("hint", [LONGEST_WAIT, LONGEST_WAIT + 1, 1e30])
async def test_a_hint_without_end_is_not_followed(office: Office, book: Book, hint: float) -> None:
    seq = book.said()
    office.postman.failures = [SendFailed("慢 slow down", retryable=True, retry_after=hint)]
    await office.deliver()
    assert book.row(seq).not_before == STAFFED + timedelta(seconds=LONGEST_WAIT)


async def test_each_answer_of_a_platform_is_heard(
    office: Office, book: Book, clock: Clock
) -> None:
    failures = [
        SendFailed("away", retryable=True, retry_after=1e-9),
        SendFailed("旧 old key", retryable=False, broken=True),
    ]
    office.postman.failures = [*failures, ValueError("a bug of ours")]
    for text in ("one", "二"):
        book.said(text)
    for _ in range(2):
        while await office.deliver():
            pass
        clock.on(minutes=1)
    assert office.heard == [("messenger", failure) for failure in [*failures, None]]


async def test_the_last_attempt_is_final(office: Office, book: Book) -> None:
    seq = book.said("太晚了", attempts=len(BACKOFF))
    office.postman.failures = [SendFailed("Messenger answered 500", retryable=True)]
    await office.deliver()
    assert book.row(seq).state == "dead"
    assert office.dead == [("太晚了", "Messenger answered 500.")]


async def test_a_final_error_is_told_with_the_next_step(office: Office, book: Book) -> None:
    seq = book.said("你好 hello")
    error = SendFailed("the window is closed", retryable=False, next_step="Wait for the visitor.")
    office.postman.failures = [error]
    await office.deliver()
    row = book.row(seq)
    assert (row.state, row.reason, row.done_at) == ("dead", "the window is closed", STAFFED)
    assert office.dead == [("你好 hello", "the window is closed. Wait for the visitor.")]
    assert (office.sent, office.news) == ([], 1)


@pytest.mark.parametrize("maybe", [True, False])
async def test_a_message_that_may_have_arrived_is_flagged(
    office: Office, book: Book, maybe: bool
) -> None:
    seq = book.said()
    office.postman.failures = [SendFailed("no answer", retryable=True, maybe_delivered=maybe)]
    await office.deliver()
    assert book.row(seq).maybe_twice is maybe


async def test_an_unknown_error_is_tried_again_and_its_words_stay_out(
    office: Office, book: Book
) -> None:
    seq = book.said()
    office.postman.failures = [ValueError("https://graph/?access_token=SECRET")]
    await office.deliver()
    row = book.row(seq)
    assert (row.state, row.reason) == ("queued", "ValueError")


async def test_a_conversation_stays_in_order_through_an_error(
    office: Office, book: Book, clock: Clock
) -> None:
    for text in ("one", "二", "three 三"):
        book.said(text)
    office.postman.failures = [SendFailed("500", retryable=True, retry_after=10)]
    assert await office.deliver()
    assert not await office.deliver()
    clock.on(seconds=10)
    while await office.deliver():
        pass
    assert office.postman.texts == ["one", "二", "three 三"]


async def test_a_dead_message_does_not_hold_up_the_next(office: Office, book: Book) -> None:
    book.said("one")
    book.said("二")
    office.postman.failures = [SendFailed("refused", retryable=False)]
    while await office.deliver():
        pass
    assert office.postman.texts == ["二"]


async def test_the_bot_is_silenced_after_a_takeover(office: Office, book: Book) -> None:
    seq = book.said("the bot's thought")
    book.said("我来了", author="staff")
    book.speaker(log.HUMAN)
    while await office.deliver():
        pass
    assert office.postman.texts == ["我来了"]
    assert (book.row(seq).state, book.row(seq).reason) == ("cancelled", "a person took over")


async def test_a_reply_of_staff_waits_until_it_cannot_be_taken_back(
    office: Office, book: Book, clock: Clock
) -> None:
    book.said("请稍等 please", author="staff", not_before=STAFFED + timedelta(seconds=5))
    assert not await office.deliver()
    clock.on(seconds=5)
    assert await office.deliver()
    assert office.postman.texts == ["请稍等 please"]


async def test_a_message_of_another_channel_waits_for_it(office: Office, book: Book) -> None:
    book.heard(channel="web")
    seq = book.said(channel="web")
    assert not await office.deliver()
    assert book.row(seq).state == "queued"


async def test_the_worker_sends_by_itself(
    office: Office, book: Book, until: Callable[..., Any]
) -> None:
    office.outbox.worker.start()
    for number in range(5):
        book.said(f"第{number}")
    office.outbox.worker.wake()
    await until(lambda: len(office.postman.sent) == 5)
    await asyncio.wait_for(office.outbox.worker.stop(), 3)
    assert office.postman.texts == [f"第{number}" for number in range(5)]


@pytest.mark.timeout(30)
async def test_more_than_a_channel_takes_at_once_leaves_without_a_look_at_the_clock(
    office: Office, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 60.0)
    for person in range(2 * SLOTS):
        book.heard(person=str(person))
        book.said(f"第{person}", person=str(person))
    for number in range(3):
        book.said(f"piece {number}", person="0")
    in_hand = office.outbox.worker.in_hand
    office.outbox.worker.start()
    most = 0
    while len(office.postman.sent) < 2 * SLOTS + 3:
        most = max(most, len(list(in_hand)))
        await asyncio.wait_for(asyncio.sleep(0.001), 1)
    await asyncio.wait_for(office.outbox.worker.stop(), 3)
    assert most <= SLOTS
    pieces = [text for text in office.postman.texts if text.startswith("piece")]
    assert pieces == ["piece 0", "piece 1", "piece 2"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("slots", [1, 2, 5])
async def test_what_no_transaction_had_room_for_leaves_without_a_look_at_the_clock(
    office: Office, book: Book, monkeypatch: pytest.MonkeyPatch, slots: int
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 60.0)
    monkeypatch.setattr(lanes, "SLOTS", slots)
    office.outbox.worker.start()
    for person in range(6):
        book.heard(person=str(person))

    def turn(connection: Connection, person: int) -> None:
        # Long enough for all the others to find their room promised.
        time.sleep(0.02)
        talk = {"conversation_id": f"messenger:{person}"}
        log.add_message(connection, **{**_to_visitor(f"答 {person}"), **talk})

    runs = (office.outbox.run(f"messenger:{person}", turn, person) for person in range(6))
    turns = asyncio.gather(*runs)
    await asyncio.sleep(0.01)
    book.said("我来了 from staff", author="staff")
    office.outbox.worker.wake()
    await turns
    while len(office.postman.sent) < 7:
        await asyncio.wait_for(asyncio.sleep(0.005), 1)
    await asyncio.wait_for(office.outbox.worker.stop(), 3)
    assert set(office.postman.texts) == {*(f"答 {n}" for n in range(6)), "我来了 from staff"}


async def test_a_transaction_looks_at_its_own_conversation_alone(
    office: Office, book: Book, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Any] = []
    claim = queue.claim_leaving
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 60.0)
    monkeypatch.setattr(queue, "claim_leaving", lambda *a: looks.append(a) or claim(*a))
    office.outbox.worker.start()
    await until(lambda: len(looks) == 1)
    await office.outbox.run(
        TALK, lambda c: log.add_message(c, **_to_visitor("只此一条 only this"))
    )
    await until(lambda: len(office.sent) == 1)
    await asyncio.wait_for(office.outbox.worker.stop(), 3)
    # The worker looks at all that waits; the transactions that lay it and end it at their own.
    assert [talk for _, _, talk in looks] == [None, TALK, TALK]


def _to_visitor(text: str) -> dict[str, Any]:
    where = {"conversation_id": TALK, "channel": "messenger", "direction": "out"}
    return {**where, "author": "bot", "text": text, "state": "queued"}


class Hanging(Postman):
    """A channel whose platform takes a call and never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    async def deliver(self, person_id: str, message: Outbound) -> str | None:
        """Waits for ever."""
        self.calls += 1
        await asyncio.Event().wait()
        return None


async def test_a_platform_that_hangs_holds_no_other_channel(
    database: Database, book: Book, until: Callable[..., Any]
) -> None:
    office, hanging = Office(database), Hanging()
    senders = {"messenger": office.postman, "web": hanging}
    both = Outbox(database, senders, office._sent, office._dead, office._wait, office._tell)
    for person in range(SLOTS + 10):
        book.heard(person=str(person), channel="web")
        book.said(f"第{person}", person=str(person), channel="web")
    both.worker.start()
    await until(lambda: hanging.calls == SLOTS)
    book.heard()
    book.said("on its way 马上")
    both.worker.wake()
    await until(lambda: office.postman.texts == ["on its way 马上"])
    assert hanging.calls == SLOTS
    for task in both.worker._in_hand:
        task.cancel()
    await asyncio.wait_for(both.worker.stop(), 3)


async def test_a_send_ends_before_its_lease_does(
    database: Database, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=outbox.SEND_SECONDS) < queue.LEASE
    monkeypatch.setattr(outbox, "SEND_SECONDS", 0.01)
    office, seq = Office(database), (book.heard(), book.said("慢 slow"))[1]
    office.outbox._senders = {"messenger": Hanging()}
    await office.deliver()
    row = book.row(seq)
    assert (row.state, row.attempts, row.maybe_twice) == ("queued", 1, True)


@pytest.mark.parametrize("text", ["Yes.", "好的。", "好的 yes"])
async def test_what_was_sent_is_written_down_when_the_database_is_back(
    office: Office, book: Book, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(outbox, "WRITE_AGAIN_SECONDS", (0.001,))
    seq, away = book.said(text), [True] * 3

    def gone(_: Any) -> None:
        if away and away.pop():
            raise sa.exc.OperationalError("BEGIN", {}, Exception("the database is away"))

    leaving = await claims.one(office.outbox)
    assert leaving is not None
    sa.event.listen(office.database.engine, "begin", gone)
    await office.outbox.deliver(leaving)
    assert away == []
    assert (book.row(seq).state, book.row(seq).platform_id) == ("sent", "mid.1")
    assert office.sent == [(text, "")]


async def test_a_message_that_was_sent_is_not_sent_again_whatever_its_listeners_do(
    office: Office, book: Book
) -> None:
    seq = book.said("送到了 sent")

    def fail(*_: Any) -> None:
        raise ValueError("a bug of ours")

    office.outbox._records._sent = fail
    assert await office.deliver()
    assert (book.row(seq).state, book.row(seq).platform_id) == ("sent", "mid.1")


@pytest.mark.parametrize("ending", ["sent", "retry", "dead"])
async def test_an_outcome_that_is_written_twice_counts_once(
    office: Office, book: Book, ending: str
) -> None:
    seq = book.said("两次 twice")
    leaving = await claims.one(office.outbox)
    assert leaving is not None
    error = SendFailed("refused", retryable=True)
    last = {"sent": "mid.1", "retry": error, "dead": error}[ending]
    record = getattr(office.outbox._records, ending)
    for _ in range(2):
        await office.outbox.run(TALK, record, leaving.row, last)
    assert len(office.sent) == (ending == "sent")
    assert len(office.dead) == (ending == "dead")
    assert book.row(seq).attempts == (ending == "retry")


async def test_a_turn_and_its_words_on_their_way_are_one_transaction(
    office: Office, book: Book, until: Callable[..., Any]
) -> None:
    begun: list[Any] = []
    office.outbox.worker.start()
    await asyncio.sleep(0.01)
    sa.event.listen(office.database.engine, "commit", begun.append)

    def turn(connection: Connection) -> int:
        return log.add_message(connection, **_to_visitor("十点 at ten"))

    seq = await office.outbox.run(TALK, turn)
    assert len(begun) == 1
    await until(lambda: office.postman.texts == ["十点 at ten"])
    await asyncio.wait_for(office.outbox.worker.stop(), 3)
    assert book.row(seq).state == "sent"
