"""Slack away and back: nothing that staff wrote is lost, and nothing floods their threads."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standins.slack import SlackDriver, labels

from bot.channels import slack_backfill, slack_posts
from bot.channels.slack_catch_up import SlackCatchUp
from bot.desk.casework import Person, Request
from bot.errors import SendFailed
from bot.store import cases, catch_up, log, queue
from bot.store.tables import desk_events, desk_jobs, messages

from .slack_room import ADA, BEN, DESK, Room, open_room

SAID = ["Is the café open?", "咖啡厅开着吗？", "咖啡 café 开吗 open?"]
WEB = Person("web:mei", "Mei 梅")


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """A desk that is quick to try again."""
    monkeypatch.setattr(slack_posts, "BACKOFF", (0.05,))
    async with open_room(tmp_path) as opened:
        yield opened


def catching_up(room: Room) -> SlackCatchUp:
    found = room.host.channels["slack"]._catch_up  # type: ignore[attr-defined]
    assert isinstance(found, SlackCatchUp)
    return found


def opened(room: Room, text: str, **want: Any) -> Any:
    """Opens a case while nobody looks whether its card is there."""
    row = room.database.now(log.message, room._heard(text, "Li Wei 李", "7"))
    request = Request("speak_to_human", **want)
    return room.database.now(room.host.casework.open_case, row, "en", request)


def aged(room: Room) -> None:
    """Lets what waits for Slack have waited for five minutes."""
    earlier = log.now() - timedelta(minutes=5)
    room.database.now(lambda c: c.execute(sa.update(desk_jobs).values(at=earlier)))


def unheard(driver: SlackDriver, user: str, case: Any, text: str, **more: Any) -> str:
    """Writes in a thread without an event of it reaching us."""
    message = driver._write(user, DESK, text, case.slack_ts, **more)
    return str(message["ts"])


def posts(room: Room, ts: str) -> list[str]:
    return [str(m) for m in room.slack.thread(DESK, ts)]


# -- Slack was away -------------------------------------------------------------------------------


async def test_many_posts_of_one_case_are_made_as_one(room: Room) -> None:
    room.slack.down()
    case = opened(room, SAID[0])
    words = [f"{SAID[number % 3]} {number}" for number in range(14)]
    for each in words:
        room.add(each, name="Li Wei 李")
    aged(room)
    room.slack.up()
    await room.quiet()
    assert len(room.slack.roots(DESK)) == 1
    told = posts(room, room.case(case.id).slack_ts)
    assert len(told) <= 2
    places = [" ".join(told).index(each) for each in words]
    assert places == sorted(places)
    assert all(" ".join(told).count(f"{each}\\n") <= 1 for each in words)


@pytest.mark.parametrize("text", SAID)
async def test_a_case_that_was_closed_meanwhile_is_told_in_one(room: Room, text: str) -> None:
    room.slack.down()
    case, desk = opened(room, text, priority="urgent"), room.host.casework
    room.database.now(desk.claim, case.id, WEB)
    room.database.now(desk.staff_says, case.id, WEB, f"Yes, {text}")
    room.database.now(desk.resolve, case.id, WEB)
    aged(room)
    room.slack.up()
    room.host.wake()
    await room.quiet()
    [card] = room.slack.roots(DESK)
    [told] = posts(room, str(card["ts"]))
    steps = ["Mei 梅 claimed", f"Mei 梅 (web desk): Yes, {text}", "Mei 梅 resolved"]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    assert "<!here>" not in str(card)


async def test_few_posts_are_made_one_by_one(room: Room) -> None:
    room.slack.down()
    case = opened(room, SAID[1])
    for each in SAID:
        room.add(each)
    aged(room)
    room.slack.up()
    await room.quiet()
    told = posts(room, room.case(case.id).slack_ts)
    assert [each for each in told if slack_backfill.BACKFILL in each] == []
    assert len(told) == len(SAID)


async def test_what_waits_is_posted_at_once_when_slack_is_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_posts, "BACKOFF", (600.0,))
    case = await room.ask()
    room.slack.down()
    room.add("说一句 a word")
    await room.until(lambda: any(job.attempts for job in room.rows(desk_jobs)))
    catching_up(room).heard(False)
    room.slack.up()
    catching_up(room).heard(True)
    await room.until(lambda: "说一句 a word" in room.thread(case))


async def test_after_trouble_cards_are_brought_up_to_date_once(room: Room) -> None:
    case = await room.ask()
    await room.quiet()
    before = len(room.slack.calls("chat.update"))
    await catching_up(room).read_back(after_trouble=False)
    await room.quiet()
    assert len(room.slack.calls("chat.update")) == before
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert len(room.slack.calls("chat.update")) == before + 1
    assert room.case(case.id).state == "queued"


# -- we were away ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SAID)
async def test_an_unheard_reply_is_found_and_sent_once(room: Room, text: str) -> None:
    case = await room.ask()
    await room.claimed(case)
    ts = unheard(room.driver, ADA, case, text)
    await catching_up(room).read_back(after_trouble=True)
    await room.until(lambda: room.replies == [text])
    message = room.slack.message(DESK, ts)
    await room.do(room.driver.deliver_event, room.driver._event(DESK, message))
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert room.replies == [text]


async def test_an_unheard_text_is_judged_as_any_other(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    unheard(room.driver, ADA, case, "备注：先查 VIP")
    unheard(room.driver, BEN, case, "I can answer 我来")
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert room.replies == []
    assert room.notes() == ["备注：先查 VIP", "I can answer 我来"]
    [offer] = [each for each in room.slack.ephemerals(BEN) if labels(each)]
    assert "Send anyway" in str(offer)


@pytest.mark.parametrize("text", SAID)
async def test_a_reply_that_is_found_late_is_offered(room: Room, text: str) -> None:
    case = await room.ask()
    await room.claimed(case)
    with room.slack.changing() as workspace:
        clock, workspace.clock = workspace.clock, lambda: time.time() - 1500
        workspace._last_ts = 0
    ts = unheard(room.driver, ADA, case, text)
    with room.slack.changing() as workspace:
        workspace.clock = clock
    room.database.now(catch_up.set_read_until, log.now() - timedelta(hours=1))
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert (room.replies, room.notes()) == ([], [text])
    [offer] = [each for each in room.slack.ephemerals(ADA) if labels(each)]
    assert "25 minutes late" in str(offer)
    await room.press(ADA, offer["ts"], "Send anyway")
    await room.until(lambda: room.replies == [text])
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert room.replies == [text]
    assert ts in [row.slack_ts for row in room.rows(messages)]


async def test_long_threads_are_read_page_by_page(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.slack_catch_up.PAGE_SIZE", 2)
    case = await room.ask()
    for number in range(5):
        unheard(room.driver, ADA, case, f"// 第{number}条 line")
    assert await catching_up(room).read_back(after_trouble=False) == 5
    await room.quiet()
    assert room.notes() == [f"// 第{number}条 line" for number in range(5)]


async def test_our_own_posts_and_tombstones_are_not_read_as_staffs(room: Room) -> None:
    case = await room.ask()
    room.add("写了 wrote")
    await room.quiet()
    before = len(room.rows(desk_events))
    with room.slack.changing() as workspace:
        gone = {"subtype": "tombstone", "user": "USLACKBOT", "thread_ts": case.slack_ts}
        workspace.add_message(workspace.channels[DESK], {**gone, "text": "deleted"})
    assert await catching_up(room).read_back(after_trouble=False) == 0
    assert len(room.rows(desk_events)) == before


async def test_a_thread_that_cannot_be_read_is_left_out(room: Room) -> None:
    lost, case = await room.ask(person="7"), await room.ask(person="8")
    room.database.now(lambda c: cases.change_case(c, lost.id, slack_ts="1.000001"))
    unheard(room.driver, ADA, case, "// 还在 still here")
    await catching_up(room).read_back(after_trouble=False)
    await room.quiet()
    assert room.notes() == ["// 还在 still here"]


async def test_what_could_not_be_read_is_read_the_next_time(room: Room) -> None:
    case = await room.ask()
    before = room.database.now(catch_up.read_until)
    unheard(room.driver, ADA, case, "// 稍后 later")
    room.slack.fail_next(1, error="internal_error", on="conversations.replies")
    with pytest.raises(SendFailed):
        await catching_up(room).read_back(after_trouble=True)
    assert room.database.now(catch_up.read_until) == before
    await catching_up(room).read_back(after_trouble=True)
    await room.quiet()
    assert room.notes() == ["// 稍后 later"]


# -- which posts are told as one ------------------------------------------------------------------


def laid(book: Any, casework: Any, kinds: list[str], **head: Any) -> Any:
    """Lays posts of these kinds for a new case; returns the first of them, claimed."""
    row = book.row(book.heard(SAID[2]))
    case = book.database.now(casework.open_case, row, "en", Request("failure"))
    book.database.now(lambda c: c.execute(sa.delete(desk_jobs)))
    for kind in kinds:
        payload = {"text": kind, "people": [], "channel": False, "ts": "1.1", "name": "x"}
        book.database.now(queue.add_job, kind, case.id, payload)
    earlier = log.now() - timedelta(minutes=5)
    book.database.now(lambda c: c.execute(sa.update(desk_jobs).values(at=earlier)))
    first = book.rows(desk_jobs)[0]
    book.database.now(
        lambda c: c.execute(sa.update(desk_jobs).where(desk_jobs.c.id == first.id).values(**head))
    ) if head else None
    return book.database.now(queue.claim_job)


TWELVE = ["line"] * 12


@pytest.mark.parametrize(
    ("kinds", "head", "left"),
    [
        (TWELVE, {}, []),
        (["line"] * 5, {}, ["line"] * 4),
        (TWELVE, {"attempts": 1}, ["line"] * 11),
        (TWELVE, {"reason": "the process ended while it was being posted"}, ["line"] * 11),
        ([*TWELVE, "file", "line"], {}, ["file", "line"]),
        (["line", "file", *TWELVE], {}, ["file", *TWELVE]),
        ([*TWELVE[:6], "react", "card", *TWELVE[:6]], {}, ["react", "card"]),
        ([*TWELVE, "ping"], {}, ["ping"]),
        (["ping", *TWELVE], {}, TWELVE),
        (["line"] * 40, {}, ["line"] * 10),
    ],
)
def test_what_is_told_as_one(
    book: Any, casework: Any, kinds: list[str], head: dict[str, Any], left: list[str]
) -> None:
    row = laid(book, casework, kinds, **head)
    job = book.database.now(slack_backfill.prepare, row, {})
    told = [each.kind for each in book.rows(desk_jobs, state="queued")]
    assert told == left
    assert (job.row.kind == slack_backfill.BACKFILL) is (len(left) < len(kinds) - 1)


def test_a_fresh_post_is_never_folded(book: Any, casework: Any) -> None:
    row = laid(book, casework, TWELVE)
    book.database.now(lambda c: c.execute(sa.update(desk_jobs).values(at=log.now())))
    fresh = book.rows(desk_jobs, id=row.id)[0]
    assert book.database.now(slack_backfill.prepare, fresh, {}).row.kind == "line"


def test_a_card_that_a_later_one_shows_is_left_out(book: Any, casework: Any) -> None:
    row = laid(book, casework, ["card", "line", "card"])
    assert book.database.now(slack_backfill.prepare, row, {}) is None


def test_how_many_posts_wait_is_known(book: Any, casework: Any) -> None:
    laid(book, casework, ["line", "line"], attempts=2)
    assert book.database.now(catch_up.behind, log.now()) == 2
    assert book.database.now(catch_up.behind, log.now() - timedelta(hours=1)) == 0
