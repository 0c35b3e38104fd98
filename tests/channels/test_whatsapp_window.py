"""WhatsApp's 24 hours and receipts, through the real outbox, the real inbox and the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import claims
import pytest
from conftest import LIMITS as OTHER_LIMITS
from conftest import STAFFED, Book, Clock
from sqlalchemy.engine import Connection, Row
from standins import whatsapp_webhooks as build
from standins.messenger import encode
from standins.whatsapp import WhatsAppStandin

from bot import outbox
from bot.channels.payload import Delivery
from bot.channels.whatsapp import LIMITS, WhatsApp
from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.inbox import Inbox
from bot.messages import Reply
from bot.outbox import Outbox
from bot.store import log, windows
from bot.store.database import Database
from bot.store.tables import desk_jobs
from bot.translate import NoTranslator
from bot.windows import CLOSED, OPEN, left

from .test_whatsapp_sending import MEI, TOKEN, WRITE, channel

# -- the 24 hours -----------------------------------------------------------------------------


@dataclass
class Post24:
    """The real outbox and the real channel, on a clock that stands still."""

    cloud: WhatsAppStandin
    outbox: Outbox
    heard: list[tuple[str, str, str]]

    async def run(self) -> None:
        """Sends all that is due."""
        while (leaving := await claims.one(self.outbox)) is not None:
            await self.outbox.deliver(leaving)


@pytest.fixture
async def day(database: Database, clock: Clock) -> AsyncIterator[Post24]:
    heard: list[tuple[str, str, str]] = []

    def listen(kind: str) -> Any:
        def told(_: Connection, row: Row[Any], reason: str) -> None:
            heard.append((kind, row.text, reason))

        return told

    with WhatsAppStandin(
        TOKEN,
        enforce_window=True,
        templates={"write_again": ["en", "zh_CN"]},
        clock=lambda: clock.at.timestamp(),
    ) as cloud:
        opened = channel(WHATSAPP_API_URL=cloud.url)
        box = Outbox(
            database,
            {"whatsapp": opened},
            listen("sent"),
            listen("dead"),
            listen("waiting"),
            lambda: None,
        )
        yield Post24(cloud, box, heard)
        await opened.close()


def wrote(book: Book, day: Post24, clock: Clock, text: str) -> None:
    """Lets the visitor write now, to us and so to Meta."""
    book.heard(text, person=MEI, channel="whatsapp", sent_at=clock.at)
    book.database.now(windows.release, f"whatsapp:{MEI}")
    day.cloud.person_wrote(MEI)


def states(book: Book) -> list[str]:
    return [row.state for row in book.rows(direction="out")]


@pytest.mark.parametrize("text", ["When do you open?", "几点开门？", "周日open吗？"])
async def test_one_second_before_the_window_ends_words_go(
    book: Book, day: Post24, clock: Clock, text: str
) -> None:
    wrote(book, day, clock, text)
    clock.on(seconds=24 * 3600 - 1)
    book.said("答复 reply", person=MEI, channel="whatsapp")
    await day.run()
    assert day.cloud.texts(MEI) == ["答复 reply"]
    assert not day.cloud.refused


@pytest.mark.parametrize(
    ("text", "language", "used"),
    [
        ("When do you open?", "en", "en"),
        ("几点开门？", "zh-Hans", "zh_CN"),
        ("周日open吗？", "zh-Hans", "zh_CN"),
    ],
)
async def test_when_the_window_has_ended_words_wait_and_the_template_goes_once(
    book: Book, day: Post24, clock: Clock, text: str, language: str, used: str
) -> None:
    wrote(book, day, clock, text)
    clock.on(seconds=24 * 3600)
    for words in ("一 one", "二 two"):
        book.said(words, person=MEI, channel="whatsapp", author="staff", language=language)
    await day.run()
    assert [each.template for each in day.cloud.sent(MEI)] == [("write_again", used)]
    assert states(book) == ["waiting", "waiting", "sent"]
    assert [each for each in day.heard if each[0] != "sent"] == [
        ("waiting", "一 one", "WhatsApp's 24-hour window is closed"),
    ]
    clock.on(hours=1)
    wrote(book, day, clock, "我回来了 back")
    await day.run()
    assert day.cloud.texts(MEI)[1:] == ["一 one", "二 two"]
    assert states(book) == ["sent"] * 3
    assert not day.cloud.refused


def test_the_window_is_the_same_for_all_who_write() -> None:
    assert WhatsApp.window is not None
    acts = {"message": STAFFED}
    for by_person in (False, True):
        for seconds, standing in ((86399, OPEN), (86400, CLOSED)):
            at = STAFFED + timedelta(seconds=seconds)
            found = left(WhatsApp.window, acts, [], at, by_person=by_person)
            assert found.standing == standing


async def test_words_that_came_late_to_meta_are_final(
    book: Book, day: Post24, clock: Clock
) -> None:
    """Lets Meta's clock be ahead of ours: it alone refuses."""
    wrote(book, day, clock, "几点 when?")
    day.cloud.person_wrote(MEI, clock.at.timestamp() - 25 * 3600)
    seq = book.said("太晚 late", person=MEI, channel="whatsapp")
    await day.run()
    assert book.row(seq).state == "dead"
    [(kind, _, reason)] = [each for each in day.heard if each[0] != "sent"]
    assert (kind, WRITE in reason, "24-hour" in reason) == ("dead", True, True)


# -- receipts ---------------------------------------------------------------------------------


@pytest.fixture
def inbox(database: Database, voice: Voice, clock: Clock) -> Inbox:
    limits = {**OTHER_LIMITS, "whatsapp": LIMITS}
    casework = Casework(voice, limits, 0, True)
    return Inbox(
        database,
        lambda: pytest.fail("nobody asks"),
        casework,
        voice,
        limits,
        NoTranslator(),
        lambda: None,
    )


async def accept(inbox: Inbox, *statuses: Any) -> None:
    body = encode(build.receipts(*statuses))
    await inbox.accept(channel().parse(Delivery(body, {}, {})))


def sent_before(book: Book, **values: Any) -> int:
    book.heard("几点 when?", person=MEI, channel="whatsapp")
    given = {"state": "sent", "platform_id": "wamid.ours", **values}
    return book.said("十点 at ten", person=MEI, channel="whatsapp", **given)


@pytest.mark.parametrize(
    "order",
    ["sent delivered read", "read delivered sent", "delivered read sent", "read sent delivered"],
)
async def test_receipts_in_any_order_end_at_read(inbox: Inbox, book: Book, order: str) -> None:
    seq = sent_before(book)
    for told in order.split():
        await accept(inbox, build.status("wamid.ours", told, MEI))
    assert (book.row(seq).receipt, book.row(seq).state) == ("read", "sent")
    again = sent_before(book, platform_id="wamid.bundle")
    await accept(inbox, *(build.status("wamid.bundle", told, MEI) for told in order.split()))
    assert book.row(again).receipt == "read"


async def test_receipts_of_unknown_messages_change_nothing(inbox: Inbox, book: Book) -> None:
    seq = sent_before(book)
    await accept(inbox, build.status("wamid.other", "read", MEI))
    assert book.row(seq).receipt is None


@pytest.mark.parametrize(("before", "state"), [("", "dead"), ("sent", "dead"), ("read", "sent")])
async def test_failed_after_sent_is_dead_unless_it_was_read(
    inbox: Inbox, book: Book, before: str, state: str
) -> None:
    seq = sent_before(book)
    if before:
        await accept(inbox, build.status("wamid.ours", before, MEI))
    for _ in range(2):
        await accept(inbox, build.status("wamid.ours", "failed", MEI, 131026))
    assert book.row(seq).state == state


async def test_staff_are_told_why_a_message_never_arrived(
    inbox: Inbox, book: Book, database: Database
) -> None:
    asked = book.heard("找人 a person please", person=MEI, channel="whatsapp")
    casework = inbox._casework

    def claimed(connection: Connection) -> int:
        row = log.message(connection, asked)
        assert row is not None
        case = casework.open_case(connection, row, "en", Request("speak_to_human"))
        casework.claim(connection, case.id, Person("U1", "Ana"))
        [seq, *_] = outbox.lay(
            connection, f"whatsapp:{MEI}", "whatsapp", Reply("您好 hello"), LIMITS,
            author="staff", language="en", case_id=case.id,
        )  # fmt: skip
        log.change_message(connection, seq, state="sent", platform_id="wamid.staff")
        return seq

    seq = database.now(claimed)
    await accept(inbox, build.status("wamid.staff", "failed", MEI, 131049))
    [job] = book.rows(desk_jobs, kind="failed")
    assert job.payload["seq"] == seq
    assert "held the message back" in job.payload["reason"]
    assert "Wait a day" in job.payload["reason"]
    assert (book.row(seq).state, "131049" in book.row(seq).reason) == ("dead", True)
