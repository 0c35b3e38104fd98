"""What is lost without a case is told to all staff: at once, then once an hour, never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Book, Clock
from postgres import BOTH

from bot.desk.casework import Casework
from bot.desk.lost import PAUSE, Lost, today
from bot.store import log, losses, queue
from bot.store.database import Database
from bot.store.tables import desk_events, desk_jobs


@pytest.fixture(autouse=True)
def _same_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "now", clock)
    monkeypatch.setattr("bot.desk.lost.now", clock)


class Loser:
    """Loses messages, and reads what staff were told."""

    def __init__(self, database: Database, book: Book, casework: Casework, clock: Clock) -> None:
        self.database, self.book, self.clock, self.news = database, book, clock, 0
        self._lost = Lost(database, casework, self._count)

    def _count(self) -> None:
        self.news += 1

    async def look(self) -> list[str]:
        """Looks a while later; returns what staff were told in all."""
        self.clock.on(seconds=10)
        await self._lost.look()
        return [job.payload["text"] for job in self.book.rows(desk_jobs, kind="announcement")]

    def lose(self, text: str, person: str, channel: str = "messenger", **values: Any) -> int:
        self.book.heard(text, person, channel)
        dead = {"state": "dead", "done_at": log.now(), "reason": "HTTP 400", **values}
        return self.book.said("Yes.", person, channel=channel, **dead)


@pytest.fixture
def loser(database: Database, book: Book, casework: Casework, clock: Clock) -> Loser:
    return Loser(database, book, casework, clock)


@BOTH
async def test_an_outage_is_one_piece_of_news(loser: Loser, clock: Clock) -> None:
    assert await loser.look() == []
    clock.on(minutes=1)
    for person, text in enumerate(("Is it free?", "免费吗？", "你们 today 开吗")):
        loser.lose(text, str(person))
    loser.lose("hello", "9", "wechat", reason="errcode 45015")
    [told] = await loser.look()
    assert told.startswith("4 messages did not reach visitors who have no case. ")
    assert "Messenger: 3, HTTP 400; WeChat: 1, errcode 45015." in told
    assert "免费" not in told
    loser.lose("and me?", "10")
    assert len(await loser.look()) == 1
    assert loser.news == 1
    clock.on(seconds=PAUSE.total_seconds() + 1)
    assert (await loser.look())[1].startswith("1 message did not reach")
    assert len(await loser.look()) == 2


@BOTH
async def test_what_a_thread_tells_is_not_told_twice(loser: Loser, casework: Casework) -> None:
    from bot.desk.casework import Request

    seq = loser.book.heard("a person please", "7")
    row = loser.book.row(seq)
    loser.database.now(casework.open_case, row, "en", Request("speak_to_human"))
    failed = loser.book.said(state="dead", reason="HTTP 400", done_at=log.now())
    loser.database.now(casework.reply_failed, loser.book.row(failed), "HTTP 400")
    assert [job.kind for job in loser.book.rows(desk_jobs) if job.kind == "failed"] == ["failed"]
    assert await loser.look() == []


@BOTH
async def test_a_lost_press_and_a_lost_post_are_told(loser: Loser, clock: Clock) -> None:
    await loser.look()
    clock.on(minutes=1)
    row = {"key": "e1", "kind": "event", "payload": {}, "state": "dead", "at": log.now()}
    loser.database.now(lambda c: c.execute(sa.insert(desk_events).values(**row)))
    loser.database.now(queue.add_job, "announcement", None, {"text": "x", "ok": True})
    loser.database.now(lambda c: c.execute(sa.update(desk_jobs).values(state="dead")))
    told = await loser.look()
    assert "2 posts or presses on the desk were lost: see docent doctor." in told


@BOTH
async def test_of_two_processes_one_tells(loser: Loser, clock: Clock) -> None:
    other = Lost(loser.database, Casework(*_like(loser)), lambda: None)
    loser.lose("hello", "1")
    await loser.look()
    await other.look()
    assert len(await loser.look()) == 1


def _like(loser: Loser) -> tuple[Any, ...]:
    casework = loser._lost._casework
    return casework.voice, {}, 5, True


@BOTH
async def test_the_web_desk_shows_it_for_a_day(loser: Loser, clock: Clock) -> None:
    assert loser.database.now(today) == []
    loser.lose("hello", "1")
    clock.on(hours=1)
    assert loser.database.now(today)[0].startswith("1 message did not reach")
    clock.on(hours=24)
    assert loser.database.now(today) == []


async def test_without_slack_nothing_is_posted(
    database: Database, book: Book, casework: Casework, clock: Clock
) -> None:
    casework.slack = False
    loser = Loser(database, book, casework, clock)
    loser.lose("hello", "1")
    assert await loser.look() == []
    assert loser.database.now(today) != []


def test_the_pause_is_longer_than_a_look() -> None:
    assert timedelta(seconds=10) < PAUSE
