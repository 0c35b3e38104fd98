"""Every channel's own window at its boundaries: the real outbox and store, a frozen clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import claims
import pytest
from conftest import STAFFED, Book, Clock
from sqlalchemy.engine import Connection, Row
from standins.graph import GraphStandin

from bot import accepting
from bot.channels.messenger import Messenger
from bot.config import Settings
from bot.errors import SendFailed
from bot.limits import Limits
from bot.messages import Inbound, Outbound
from bot.outbox import Outbox
from bot.server import CHANNELS
from bot.store.database import Database
from bot.windows import BY_PERSON, CLICK, MESSAGE, OPEN, Allowance, Window

WINDOWS = {each.channel: each.window for each in CHANNELS if each.window is not None}
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Edge:
    """A moment that a channel's rules speak of: what the visitor did, and what it still allows."""

    channel: str
    act: str
    allowance: Allowance
    standing: str

    @property
    def end(self) -> datetime:
        """When it ends, for an act at noon."""
        return STAFFED + timedelta(seconds=self.allowance.seconds)

    def __str__(self) -> str:
        return f"{self.channel}-{self.act}-{self.standing}"


EDGES = [
    Edge(name, act, allowance, standing)
    for name, window in WINDOWS.items()
    for standing, rules in ((OPEN, window.after), (BY_PERSON, window.by_person))
    for act, allowance in rules.items()
]
COUNTED = [edge for edge in EDGES if edge.allowance.messages is not None]
each_channel = pytest.mark.parametrize("channel", WINDOWS)


class Sender:
    """A platform that takes everything; the window alone decides."""

    limits = Limits(2000)

    def __init__(self, window: Window, template: str = "") -> None:
        self.window = window
        self._template = template
        self.sent: list[Outbound] = []

    def template(self) -> str:
        """Returns the template that may go outside the window."""
        return self._template

    async def deliver(self, person_id: str, message: Outbound) -> str | None:
        """Takes a message."""
        await asyncio.sleep(0)
        self.sent.append(message)
        return f"mid.{len(self.sent)}"

    @property
    def texts(self) -> list[str]:
        """What was taken, templates by a sign."""
        return ["<template>" if m.is_template else m.text for m in self.sent]


class Counter:
    """A visitor, an outbox with one channel, and what it told the desk."""

    def __init__(self, database: Database, book: Book, channel: str, sender: Any) -> None:
        self.database, self.book, self.channel, self.sender = database, book, channel, sender
        self.dead: list[str] = []
        self.waiting: list[str] = []
        self.outbox = Outbox(
            database, {channel: sender}, self._sent, self._dead, self._wait, lambda: None
        )
        self._ids = 0

    def _sent(self, connection: Connection, row: Row[Any], reason: str) -> None:
        """Is not asked about."""

    def _dead(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.dead.append(reason)

    def _wait(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.waiting.append(reason)

    def heard(self, text: str = "你好 hi", act: str = MESSAGE, **more: Any) -> None:
        """Lets the visitor act, now."""
        self._ids += 1
        event = Inbound(self.channel, "7", f"in.{self._ids}", text, act=act, **more)
        assert self.database.now(accepting.accept, event)

    def lay(self, text: str = "好 ok", author: str = "bot", **more: Any) -> int:
        """Lays a message to the visitor."""
        return self.book.said(text, channel=self.channel, author=author, **more)

    async def run(self) -> None:
        """Sends all that is due."""
        while (leaving := await claims.one(self.outbox)) is not None:
            await self.outbox.deliver(leaving)

    async def says(self, author: str = "bot", text: str = "好 ok") -> str:
        """Says something now; returns what became of it."""
        seq = self.lay(text, author)
        await self.run()
        return str(self.book.row(seq).state)


@pytest.fixture
def counter(database: Database, book: Book, clock: Clock, channel: str) -> Counter:
    return Counter(database, book, channel, Sender(WINDOWS[channel]))


@pytest.fixture
def at_edge(database: Database, book: Book, clock: Clock, edge: Edge) -> Counter:
    made = Counter(database, book, edge.channel, Sender(WINDOWS[edge.channel]))
    made.heard(act=edge.act)
    return made


def test_meta_and_wechat_have_windows_and_the_others_have_none() -> None:
    assert set(WINDOWS) == {"messenger", "whatsapp", "wechat"}


@pytest.mark.parametrize("edge", EDGES, ids=str)
@pytest.mark.parametrize("author", ["bot", "staff"])
async def test_a_second_before_and_at_the_end(
    at_edge: Counter, clock: Clock, edge: Edge, author: str
) -> None:
    may = edge.standing == OPEN or author == "staff"
    clock.at = edge.end - SECOND
    assert await at_edge.says(author) == ("sent" if may else "dead")
    assert [sent.standing for sent in at_edge.sender.sent] == ([edge.standing] if may else [])
    for late in (edge.end, edge.end + SECOND):
        clock.at = late
        before = len(at_edge.sender.sent)
        goes_on = author == "staff" and edge.standing == OPEN and by_person(edge)
        assert await at_edge.says(author) == ("sent" if goes_on else "dead")
        standings = [sent.standing for sent in at_edge.sender.sent[before:]]
        assert standings == ([BY_PERSON] if goes_on else [])


def by_person(edge: Edge) -> bool:
    """Tells whether a person's words may still go when this edge is passed."""
    longer = WINDOWS[edge.channel].by_person.get(edge.act)
    return longer is not None and longer.seconds > edge.allowance.seconds + 1


@pytest.mark.parametrize("edge", COUNTED, ids=str)
async def test_the_last_of_a_count_and_the_one_after(
    at_edge: Counter, clock: Clock, edge: Edge
) -> None:
    most = edge.allowance.messages or 0
    authors = ["bot", "staff", "system"] * most
    for author in authors[:most]:
        clock.on(seconds=1)
        assert await at_edge.says(author) == "sent"
    clock.on(seconds=1)
    assert [await at_edge.says(author) for author in authors[:3]] == ["dead"] * 3
    assert len(at_edge.sender.sent) == most
    at_edge.heard("还在 still here", act=edge.act)
    assert await at_edge.says() == "sent"


@pytest.mark.parametrize("edge", COUNTED, ids=str)
async def test_what_travels_in_the_response_is_not_counted(
    at_edge: Counter, clock: Clock, edge: Edge
) -> None:
    most = edge.allowance.messages or 0
    for _ in range(most + 1):
        at_edge.lay(state="sent", payload={"passive": True}, done_at=clock())
    for _ in range(most):
        assert await at_edge.says() == "sent"
    assert await at_edge.says() == "dead"


@each_channel
async def test_the_reason_and_the_next_step_are_told(counter: Counter, clock: Clock) -> None:
    counter.heard()
    clock.at += WINDOWS[counter.channel].longest
    seq = counter.lay("太晚 late", "staff")
    await counter.run()
    name = WINDOWS[counter.channel].name
    assert counter.book.row(seq).reason == f"{name} is closed"
    assert counter.dead == [f"{name} is closed. The visitor has to write first."]


@each_channel
async def test_a_message_that_came_late_opens_less(counter: Counter, clock: Clock) -> None:
    longest = WINDOWS[counter.channel].after[MESSAGE].seconds
    counter.heard(sent_at=clock() - timedelta(seconds=longest - 1))
    assert await counter.says() == "sent"
    clock.on(seconds=1)
    assert await counter.says() == "dead"


@each_channel
@pytest.mark.parametrize("days", [1, 10_000])
async def test_a_message_of_the_future_opens_no_more_than_one_of_now(
    counter: Counter, clock: Clock, days: int
) -> None:
    counter.heard(sent_at=clock() + timedelta(days=days))
    assert await counter.says() == "sent"
    clock.at += WINDOWS[counter.channel].longest
    assert await counter.says("staff") == "dead"


@each_channel
async def test_an_old_message_that_is_sent_again_takes_nothing_away(
    counter: Counter, clock: Clock
) -> None:
    longest = WINDOWS[counter.channel].after[MESSAGE].seconds
    counter.heard()
    counter.heard("旧 old", sent_at=clock() - timedelta(seconds=longest))
    assert await counter.says() == "sent"


@each_channel
async def test_a_touch_opens_only_what_the_platform_says(counter: Counter, clock: Clock) -> None:
    counter.heard("", act=CLICK)
    allowed = CLICK in WINDOWS[counter.channel].after
    assert await counter.says() == ("sent" if allowed else "dead")


# -- templates --------------------------------------------------------------------------------


@pytest.fixture
def shut(database: Database, book: Book, clock: Clock) -> Counter:
    """A counter with a template, whose visitor has been silent for too long."""
    window = Window("the platform's window", {MESSAGE: Allowance(3600)})
    made = Counter(database, book, "whatsapp", Sender(window, "come_back"))
    made.heard()
    clock.on(seconds=3600)
    return made


@pytest.mark.parametrize("author", ["staff", "bot"])
async def test_words_wait_and_the_template_goes_out_once(
    shut: Counter, clock: Clock, author: str
) -> None:
    states = [await shut.says(author, text) for text in ("one", "二", "three 三")]
    clock.on(days=30)
    await shut.run()
    assert states == ["waiting"] * 3
    assert shut.sender.texts == ["<template>"]
    assert (shut.waiting, shut.dead) == (["the platform's window is closed"], [])
    assert shut.book.texts(author="system") == ["[template come_back]"]


async def test_what_waited_goes_out_in_order_and_once_when_the_visitor_writes(
    shut: Counter, clock: Clock
) -> None:
    for text in ("one", "二"):
        await shut.says("staff", text)
    clock.on(days=2)
    shut.heard("我回来了 back")
    shut.lay("three 三", "staff")
    for _ in range(2):
        await shut.run()
    assert shut.sender.texts == ["<template>", "one", "二", "three 三"]
    assert {sent.standing for sent in shut.sender.sent[1:]} == {OPEN}
    rows = shut.book.rows(direction="out")
    assert {(row.state, row.reason) for row in rows} == {("sent", None)}


async def test_a_template_is_sent_again_for_the_next_silence(shut: Counter, clock: Clock) -> None:
    for _ in range(2):
        await shut.says("staff")
        shut.heard()
        await shut.run()
        clock.on(seconds=3600)
    assert shut.sender.texts == ["<template>", "好 ok"] * 2


async def test_a_template_that_has_not_left_is_taken_back_when_the_visitor_writes(
    shut: Counter, clock: Clock
) -> None:
    shut.lay("一会儿 soon", "staff")
    leaving = await claims.one(shut.outbox)
    assert leaving is not None
    await shut.outbox.deliver(leaving)
    shut.heard()
    await shut.run()
    assert shut.sender.texts == ["一会儿 soon"]
    [template] = shut.book.rows(author="system")
    assert (template.state, template.reason) == ("cancelled", "the visitor wrote")


async def test_a_touch_does_not_release_what_waits_for_words(shut: Counter) -> None:
    seq = shut.lay("等 wait", "staff")
    await shut.run()
    shut.heard("", act=CLICK)
    await shut.run()
    assert shut.book.row(seq).state == "waiting"


async def test_words_that_wait_can_be_taken_back(shut: Counter, database: Database) -> None:
    from bot.store import log

    seq = shut.lay("不要 never", "staff")
    await shut.run()
    assert database.now(log.cancel_queued, seq, "taken back")
    shut.heard()
    await shut.run()
    assert shut.sender.texts == ["<template>"]


# -- with the platform's own opinion ----------------------------------------------------------


@pytest.fixture
def graph(clock: Clock) -> Iterator[GraphStandin]:
    with GraphStandin("T", enforce_window=True, clock=lambda: clock().timestamp()) as standin:
        yield standin


@pytest.mark.parametrize(
    ("hours", "author", "tag"),
    [
        (24 - 0.001, "bot", None),
        (24 - 0.001, "staff", None),
        (24, "staff", "HUMAN_AGENT"),
        (7 * 24 - 0.001, "staff", "HUMAN_AGENT"),
        (24, "bot", "refused"),
        (7 * 24, "staff", "refused"),
    ],
)
async def test_messengers_platform_agrees(
    database: Database,
    book: Book,
    clock: Clock,
    graph: GraphStandin,
    hours: float,
    author: str,
    tag: str | None,
) -> None:
    page = {"PAGE_TOKEN": "T", "APP_SECRET": "s", "VERIFY_TOKEN": "v", "API_URL": graph.url}
    channel = Messenger(Settings({f"MESSENGER_{name}": value for name, value in page.items()}))
    counter = Counter(database, book, "messenger", channel)
    counter.heard()
    graph.person_wrote("7")
    clock.on(hours=hours)
    state = await counter.says(author)
    await channel.close()
    assert state == ("dead" if tag == "refused" else "sent")
    assert [sent.tag for sent in graph.sent("7")] == ([] if tag == "refused" else [tag])
    assert graph.refused == []


async def test_a_platform_that_sees_its_window_closed_is_believed(shut: Counter) -> None:
    class Strict(Sender):
        async def deliver(self, person_id: str, message: Outbound) -> str | None:
            raise SendFailed("the window is closed", retryable=False, next_step="Wait.")

    shut.outbox._senders = {"whatsapp": Strict(Window("none", {MESSAGE: Allowance(9e9)}))}
    assert await shut.says("staff") == "dead"
    assert shut.dead == ["the window is closed. Wait."]
