"""An announcement leaves once, claims nothing, changes no case, and can be taken back whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import LIMITS, Book, Clock
from postgres import BOTH
from standins.slack_blocks import check_blocks

from bot.content.voice import Voice
from bot.desk.announcing import visitors
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.say_preview import preview, sent
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs, messages

from .test_announcing import ADA, KNOWN, Town

BEN = Person("U0BEN", "本 Ben")
TEXT = "en: Closed today. zh: 今天闭馆。"


@pytest.fixture
def town(database: Database, book: Book, casework: Casework, clock: Clock) -> Town:
    """Three who wait in three languages, and one who only asked."""
    made = Town(database, book, casework)
    made.waits("1", "en"), made.waits("2", "zh-Hans"), made.waits("3", "zh-Hant")
    made.book.heard("open today?", "4", "web")
    return made


def send(town: Town, number: int, person: Person = ADA) -> Outcome:
    return town.database.now(town.casework.say_to_all, number, person, KNOWN)


def back(town: Town, number: int) -> Outcome:
    return town.database.now(town.casework.take_back_from_all, number, BEN)


def told(town: Town) -> list[Any]:
    return [row for row in town.book.rows(direction="out") if row.author == "staff"]


async def test_everybody_is_told_once_in_their_language(town: Town, clock: Clock) -> None:
    draft = await town.draft(TEXT, today=True)
    outcome = send(town, draft.number)
    assert outcome == Outcome("queued", "On its way to 4 visitors.", draft.number)
    rows = told(town)
    assert [(row.conversation_id, row.text) for row in rows] == [
        ("messenger:1", "Closed today."),
        ("messenger:2", "今天闭馆。"),
        ("messenger:3", "今天閉館。"),
        ("web:4", "Closed today."),
    ]
    assert {(row.state, row.author_name, row.author_id) for row in rows} == {
        ("queued", "Ada", "U0ADA")
    }
    assert {(row.not_before - clock()).total_seconds() for row in rows} == {5}


async def test_no_case_is_claimed_answered_or_changed(town: Town) -> None:
    before = town.book.rows(cases.cases)
    send(town, (await town.draft(TEXT)).number)
    for row in told(town):
        town.book.change(row.seq, state="sent")
        town.database.now(town.casework.reply_sent, town.book.row(row.seq), "")
    assert town.book.rows(cases.cases) == before
    assert {town.book.talk(f"messenger:{n}").speaker for n in "123"} == {log.QUEUED}
    assert "delivered" not in {row.what for row in town.book.rows(case_events)}


async def test_threads_audit_and_the_channel_are_told(town: Town) -> None:
    for number in (1, 2, 3):
        values = {"slack_channel": "C1", "slack_ts": f"1.{number}"}
        town.database.now(cases.change_case, number, **values)
    send(town, (await town.draft(TEXT)).number)
    lines = [row.payload for row in town.book.rows(desk_jobs) if row.kind == "line"]
    assert [line["thread_ts"] for line in lines] == ["1.1", "1.2", "1.3"]
    assert lines[0]["text"] == "Ada told everybody who waits: Closed today."
    [one] = [row for row in town.book.rows(desk_jobs) if row.kind == "announcement"]
    assert one.payload == {"text": "Ada told 3 visitors: Closed today.", "ok": True}
    heard = [(r.case_id, r.actor) for r in town.book.rows(case_events) if r.what == "announced"]
    assert heard == [(1, "Ada"), (2, "Ada"), (3, "Ada")]


async def test_pressed_twice_it_leaves_once(town: Town) -> None:
    draft = await town.draft(TEXT)
    send(town, draft.number)
    rows = told(town)
    assert send(town, draft.number, BEN) == Outcome("done", "It was sent already.")
    assert told(town) == rows


@BOTH
async def test_pressed_by_many_at_once_it_leaves_once(
    database: Database, book: Book, casework: Casework, clock: Clock
) -> None:
    town = Town(database, book, casework)
    town.waits("1", "en"), town.waits("2", "zh-Hans")
    number = (await town.draft(TEXT)).number
    with ThreadPoolExecutor(6) as pool:
        kinds = [one.kind for one in pool.map(lambda _: send(town, number), range(6))]
    assert sorted(kinds) == ["done"] * 5 + ["queued"]
    assert len(told(town)) == 2


async def test_taken_back_nobody_reads_it(town: Town) -> None:
    draft = await town.draft(TEXT, today=True)
    send(town, draft.number)
    outcome = back(town, draft.number)
    assert outcome.reason == "本 Ben took the announcement back."
    assert {row.state for row in told(town)} == {"cancelled"}
    assert back(town, draft.number) == Outcome("refused", "There is nothing to take back.")
    assert send(town, draft.number) == Outcome("refused", "It was taken back.")
    assert {row.state for row in told(town)} == {"cancelled"}


async def test_what_has_gone_is_said_when_it_is_taken_back(town: Town) -> None:
    draft = await town.draft(TEXT)
    send(town, draft.number)
    town.book.change(told(town)[0].seq, state="sent")
    assert back(town, draft.number).reason.endswith("1 of 3 messages had gone out.")


async def test_too_late_is_too_late(town: Town) -> None:
    draft = await town.draft(TEXT)
    send(town, draft.number)
    for row in told(town):
        town.book.change(row.seq, state="sent")
    assert back(town, draft.number) == Outcome("refused", "Too late: it has been sent.")
    assert send(town, draft.number).reason == "It was sent already."


async def test_cancelled_it_is_not_sent(town: Town) -> None:
    draft = await town.draft(TEXT)
    drop = town.casework.drop_announcement
    assert town.database.now(drop, draft.number, ADA).kind == "done"
    assert send(town, draft.number) == Outcome("refused", "It was cancelled.")
    assert town.database.now(drop, draft.number, ADA).reason == "It was cancelled."
    assert told(town) == []


async def test_a_sent_one_is_not_cancelled(town: Town) -> None:
    draft = await town.draft(TEXT)
    send(town, draft.number)
    outcome = town.database.now(town.casework.drop_announcement, draft.number, ADA)
    assert outcome.reason == "It was sent already."
    assert {row.state for row in told(town)} == {"queued"}


@pytest.mark.parametrize("number", [0, 999])
def test_a_draft_that_is_not_there_is_refused(town: Town, number: int) -> None:
    assert send(town, number).kind == "refused"


async def test_an_old_preview_is_refused(town: Town, clock: Clock) -> None:
    draft = await town.draft(TEXT)
    clock.on(minutes=30, seconds=1)
    assert send(town, draft.number).reason == "This preview is too old. Write it again."
    assert told(town) == []


async def test_whose_window_closed_meanwhile_is_left_out(town: Town, clock: Clock) -> None:
    clock.on(hours=23, minutes=50)
    town.book.heard("还在等 still", "2", language="zh-Hans")
    draft = await town.draft(TEXT)
    assert len(draft.audience.people) == 3
    clock.on(minutes=20)
    assert send(town, draft.number).reason == "On its way to 1 visitor."
    assert [row.conversation_id for row in told(town)] == ["messenger:2"]


async def test_without_time_to_take_back_it_leaves_at_once(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    town = Town(database, book, Casework(voice, LIMITS, 0, False))
    town.waits("1")
    send(town, (await town.draft(TEXT)).number)
    assert [row.not_before for row in told(town)] == [None]
    assert town.book.rows(desk_jobs) == []


# -- the preview ----------------------------------------------------------------------------------


async def test_the_preview_names_how_many_in_which_words(town: Town) -> None:
    post = preview(await town.draft(TEXT, today=True))
    check_blocks(post.blocks)
    words = str(post.blocks)
    for said in ("Closed today.", "今天闭馆。", "今天閉館。", "3 with an open case, 1 more who"):
        assert said in words
    assert "English · 2 visitors" in words
    labels = [each["text"]["text"] for each in post.blocks[-1]["elements"]]
    assert labels == ["Send to 4 visitors", "Cancel"]


async def test_the_preview_names_those_who_cannot_be_told(town: Town, clock: Clock) -> None:
    clock.on(hours=25)
    town.waits("9")
    post = preview(await town.draft("Closed 闭馆"))
    assert "their reply window is closed: 3 visitors" in str(post.blocks)


async def test_the_preview_warns_where_nothing_was_translated(town: Town) -> None:
    post = preview(await town.draft("Closed"))
    check_blocks(post.blocks)
    assert "Give both texts yourself" in str(post.blocks)


@pytest.mark.parametrize(("seconds", "blocks"), [(5, 2), (0, 1)])
def test_the_way_back_is_shown_while_there_is_one(seconds: int, blocks: int) -> None:
    post = sent("On its way.", 7, seconds)
    check_blocks(post.blocks)
    assert len(post.blocks) == blocks


def test_one_visitor_is_one() -> None:
    assert (visitors(1), visitors(23)) == ("1 visitor", "23 visitors")


# -- how long it takes ----------------------------------------------------------------------------


async def test_two_hundred_visitors_are_told_within_a_second(
    database: Database, book: Book, casework: Casework
) -> None:
    town = Town(database, book, casework)

    def arrive(connection: Any) -> None:
        people = [f"messenger:{number}" for number in range(200)]
        at, talk = log.now(), {"channel": "messenger", "speaker": "queued"}
        moments = {"created_at": at, "last_in_at": at}
        languages = ("en", "zh-Hans", "zh-Hant")
        rows = [{"id": key, "person_id": key[10:], **talk, **moments} for key in people]
        for number, row in enumerate(rows):
            row["language"] = languages[number % 3]
        connection.execute(log.conversations.insert(), rows)
        case = {"state": "queued", "reason": "x", "question": "?", "department": "access"}
        held = [{"conversation_id": key, "open_key": key, **case} for key in people]
        more = {"language": "en", "opened_at": at}
        connection.execute(cases.cases.insert(), [{**row, **more} for row in held])

    database.now(arrive)
    began = time.perf_counter()
    draft = await town.draft(TEXT)
    assert send(town, draft.number).reason == "On its way to 200 visitors."
    assert time.perf_counter() - began < 1.5
    assert len(book.rows(messages, direction="out")) == 200
    assert len(book.rows(case_events, what="announced")) == 200
