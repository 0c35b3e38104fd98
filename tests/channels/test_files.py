"""Files on every platform by one contract: from visitors to the thread, and from staff to them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standins import samples

from bot.channels import files as room_of_files
from bot.store import files, queue

from .files_people import PEOPLE, somebody_on
from .files_room import FileRoom, file_room
from .slack_room import ADA, BEN, DESK

NAMES = ["ticket.pdf", "门票说明.pdf", "票 ticket.pdf"]
PNG, PDF = samples.png(), samples.pdf()


@pytest.fixture(params=PEOPLE)
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FileRoom]:
    with somebody_on(request.param) as visitors:
        async with file_room(tmp_path, visitors) as opened:
            yield opened


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, migrated: Path, tmp_path: Path) -> None:
    """Lets what is tried again be tried at once, on a schema that is there."""
    shutil.copy(migrated, tmp_path / "docent.db")
    quick = {"in": (0.05,) * 3, "out": (0.05,) * 3}
    monkeypatch.setattr(room_of_files, "PATIENCE", quick)
    monkeypatch.setattr("bot.outbox.BACKOFF", (0.05,) * 4)


def staffs(room: FileRoom) -> bytes:
    """Returns a file that this platform takes."""
    return PNG if room.visitors.name == "wechat" else PDF


def ending(name: str, room: FileRoom) -> str:
    return name.replace(".pdf", ".png") if room.visitors.name == "wechat" else name


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[FileRoom]:
    with somebody_on("telegram") as visitors:
        async with file_room(tmp_path, visitors) as opened:
            yield opened


async def share(room: FileRoom, case: Any, user: str, text: str = "", **more: Any) -> None:
    more = {"data": PDF, **more}
    await room.do(room.driver.share_file, user, DESK, "ticket.pdf", text, case.slack_ts, **more)


# -- from the visitor -----------------------------------------------------------------------------


async def test_a_photo_comes_into_the_thread_and_stays_on_disk(room: FileRoom) -> None:
    case = await room.opened()
    room.sends(room.visitors.keep(PNG, "image/png"), text="我的票 my ticket")
    row = await room.ended_as("posted")
    assert room.bytes_in_slack(case) == [PNG] == room.held()
    assert (row.mime, row.size, row.name.endswith(".png")) == ("image/png", len(PNG), True)


async def test_a_photo_with_the_message_that_opens_the_case_comes_too(one: FileRoom) -> None:
    case = await one.opened(one.visitors.keep(PNG, "image/png"))
    await one.ended_as("posted")
    assert one.bytes_in_slack(case) == [PNG]


async def test_nothing_is_fetched_while_no_case_is_open(one: FileRoom) -> None:
    one.heard("", one.visitors.keep(PNG, "image/png"))
    one.host.wake()
    await asyncio.sleep(0.3)
    assert (one.files(), one.held()) == ([], [])


async def test_what_is_too_large_is_told_and_not_kept(
    room: FileRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_of_files, "LARGEST", len(PNG) - 1)
    case = await room.opened()
    room.sends(room.visitors.keep(PNG, "image/png"))
    await room.ended_as("failed", "refused")
    await room.quiet()
    assert "larger than" in room.thread(case)
    assert (room.shown(case), room.held()) == ([], [])


async def test_what_is_not_what_it_says_is_refused(one: FileRoom) -> None:
    case = await one.opened()
    one.sends(one.visitors.keep(samples.HTML, "image/png"))
    await one.ended_as("refused")
    await one.quiet()
    assert "Files of this kind are not carried." in one.thread(case)
    assert (one.shown(case), one.held()) == ([], [])


async def test_what_the_platform_has_no_more_is_told(room: FileRoom) -> None:
    case = await room.opened()
    sent = room.visitors.keep(PNG, "image/png")
    room.visitors.forget(sent)
    room.sends(sent)
    await room.ended_as("failed")
    await room.quiet()
    assert "again" in room.thread(case)
    assert "A file of the visitor is not shown" in room.thread(case)


async def test_a_platform_that_stumbles_is_asked_again(room: FileRoom) -> None:
    case = await room.opened()
    sent = room.visitors.keep(PNG, "image/png")
    room.visitors.stumble()
    room.sends(sent)
    row = await room.ended_as("posted")
    assert row.attempts == 1
    assert room.bytes_in_slack(case) == [PNG]


async def test_told_twice_it_is_fetched_and_shown_once(one: FileRoom) -> None:
    case = await one.opened()
    row = one.sends(one.visitors.keep(PNG, "image/png"))
    one.database.now(one.host.casework.relay, row)
    one.host.wake()
    await one.ended_as("posted")
    await one.quiet()
    assert len(one.shown(case)) == 1


# -- from staff -----------------------------------------------------------------------------------


async def test_files_of_the_owner_go_behind_their_words(room: FileRoom) -> None:
    case = await room.opened()
    await room.claimed(case)
    data, share = staffs(room), room.driver.share_file
    names = [ending(name, room) for name in NAMES]
    for number, name in enumerate(names):
        # WeChat lets five messages follow one of the visitor's.
        room.sends(text="And the next? 下一个？")
        words = f"Here you are. 给您 {number}"
        await room.do(share, ADA, DESK, name, words, case.slack_ts, data=data)
        await room.until(lambda: len(room.visitors.got) > number)  # noqa: B023
    await room.quiet()
    assert [(got.name, got.data) for got in room.visitors.got] == [(n, data) for n in names]
    assert {got.person for got in room.visitors.got} == {room.visitors.person}
    said = [row.text for row in room.said("staff") if row.state == "sent"]
    assert said[::2] == [f"Here you are. 给您 {number}" for number in range(3)]
    assert [row.state for row in room.files()] == ["sent"] * 3


async def test_a_file_without_words_goes_and_gets_its_tick(one: FileRoom) -> None:
    case = await one.opened()
    await one.claimed(case)
    await share(one, case, ADA)
    await one.until(lambda: one.visitors.got)
    await one.quiet()
    [post] = [m for m in one.slack.thread(DESK, case.slack_ts) if m.get("files")]
    assert "white_check_mark" in one.slack.reactions(DESK, post["ts"])


async def test_a_refused_kind_is_told_and_the_words_go(one: FileRoom) -> None:
    case = await one.opened()
    await one.claimed(case)
    words = "The plan 平面图"
    share = one.driver.share_file
    await one.do(share, ADA, DESK, "plan.pdf", words, case.slack_ts, data=samples.EXE)
    await one.ended_as("refused")
    await one.quiet()
    assert one.visitors.got == []
    assert words in one.visitors.words()
    assert "Not sent: plan.pdf. Files of this kind are not carried." in one.thread(case)


async def test_a_platform_that_stumbles_gets_the_file_once(room: FileRoom) -> None:
    case = await room.opened()
    await room.claimed(case)
    room.visitors.stumble()
    data = staffs(room)
    name = ending("ticket.pdf", room)
    await room.do(room.driver.share_file, ADA, DESK, name, "", case.slack_ts, data=data)
    await room.until(lambda: room.visitors.got)
    await room.quiet()
    assert [each.data for each in room.visitors.got] == [data]


# -- rules of the desk, on one platform -----------------------------------------------------------


@pytest.mark.parametrize("text", ["note: for us", "备注：内部用", "// 看一下 look"])
async def test_a_file_of_a_note_never_leaves_and_is_not_even_fetched(
    one: FileRoom, text: str
) -> None:
    case = await one.opened()
    await one.claimed(case)
    await share(one, case, ADA, text)
    assert (await one.ended()).startswith("note")
    assert (one.files(), one.visitors.got, one.held()) == ([], [], [])


@pytest.mark.parametrize("text", ["", "Here it is 给您"])
async def test_a_file_of_somebody_else_goes_after_send_anyway(one: FileRoom, text: str) -> None:
    case = await one.opened()
    await one.claimed(case)
    await share(one, case, BEN, text)
    assert "offered (anyway)" in await one.ended()
    assert (one.files(), one.visitors.got) == ([], [])
    [offer] = one.slack.ephemerals(BEN)
    await one.press(BEN, offer["ts"], "Send anyway")
    await one.until(lambda: one.visitors.got)
    await one.quiet()
    assert [each.data for each in one.visitors.got] == [PDF]
    assert (text in one.visitors.words()) is bool(text)


async def test_an_unclaimed_case_offers_to_claim_and_send(one: FileRoom) -> None:
    case = await one.opened()
    await share(one, case, ADA)
    assert "offered (claim)" in await one.ended()
    [offer] = one.slack.ephemerals(ADA)
    await one.press(ADA, offer["ts"], "Claim and send")
    await one.until(lambda: one.visitors.got)
    assert one.case(case.id).owner_id == ADA


async def test_a_file_that_lies_outside_slack_is_told(one: FileRoom) -> None:
    case = await one.opened()
    await one.claimed(case)
    await share(one, case, ADA, "See this", is_external=True, mode="external")
    await one.quiet()
    assert "It lies outside Slack" in one.thread(case)
    assert "See this" in one.visitors.words()
    assert one.files() == []


async def test_undo_takes_the_file_back_with_the_words(tmp_path: Path) -> None:
    with somebody_on("telegram") as visitors:
        async with file_room(tmp_path, visitors, undo=30) as room:
            case = await room.opened()
            await room.claimed(case)
            await share(room, case, ADA, "Here 给您")
            shown = await room.until(lambda: room.slack.ephemerals(ADA))
            await room.press(ADA, shown[-1]["ts"], "Undo")
            await room.until(lambda: "took a reply back" in room.thread(case))
            assert [m.state for m in room.said("staff")] == ["cancelled", "cancelled"]
            assert visitors.got == []


async def test_an_infected_file_is_refused(tmp_path: Path) -> None:
    with somebody_on("telegram") as visitors:
        async with file_room(tmp_path, visitors, FILES_SCAN_COMMAND="false") as room:
            case = await room.opened()
            room.sends(visitors.keep(PNG, "image/png"))
            await room.ended_as("refused")
            await room.quiet()
            assert "The virus scanner found something in it." in room.thread(case)
            assert room.held() == []


async def test_without_an_answer_of_the_scanner_nothing_is_carried(tmp_path: Path) -> None:
    with somebody_on("telegram") as visitors:
        async with file_room(tmp_path, visitors, FILES_SCAN_COMMAND="/no/such/scanner") as room:
            case = await room.opened()
            room.sends(visitors.keep(PNG, "image/png"))
            await room.ended_as("failed")
            await room.quiet()
            assert "FILES_SCAN_COMMAND" in room.thread(case)
            assert (room.held(), room.shown(case)) == ([], [])


# -- crashes --------------------------------------------------------------------------------------


async def test_what_was_fetched_before_a_crash_is_shown_once(one: FileRoom) -> None:
    case = await one.opened()
    one.sends(one.visitors.keep(PNG, "image/png"))
    await one.ended_as("posted")
    await one.quiet()
    [row] = one.files()
    [job] = [j for j in one.rows(queue.desk_jobs) if j.kind == "file"]
    # As after a crash between Slack's yes and our note of it.
    one.database.now(files.change, row.id, state="held")
    lost = {"state": "queued", "reason": "the process ended while it was being posted"}
    one.database.now(queue.finish, queue.desk_jobs, job.id, **lost)
    one.host.wake()
    await one.ended_as("posted")
    await one.quiet()
    assert len(one.shown(case)) == 1


async def test_what_a_dead_process_was_fetching_is_fetched_again(one: FileRoom) -> None:
    case = await one.opened()
    await one.host.files.worker.stop()
    one.sends(one.visitors.keep(PNG, "image/png"))
    assert one.database.now(files.claim) is not None
    assert one.database.now(files.recover, everything=False) == 0
    assert one.database.now(files.recover, everything=True) == 1
    claimed = one.database.now(files.claim)
    await one.host.files.handle(claimed)
    await one.ended_as("posted")
    assert one.bytes_in_slack(case) == [PNG]


async def test_slack_takes_the_file_and_the_answer_is_lost(one: FileRoom) -> None:
    case = await one.opened()
    one.slack.accept_then_drop(on="files.completeUploadExternal")
    one.sends(one.visitors.keep(PNG, "image/png"))
    await one.ended_as("posted")
    await one.quiet()
    assert one.bytes_in_slack(case) == [PNG]


# -- when their time is over ----------------------------------------------------------------------


async def test_files_are_deleted_so_many_days_after_the_case_was_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with somebody_on("telegram") as visitors:
        async with file_room(tmp_path, visitors, FILES_KEEP_DAYS="0") as room:
            case = await room.opened()
            room.sends(visitors.keep(PNG, "image/png"))
            await room.ended_as("posted")
            await room.quiet()
            assert await room.host.files.keep_house() == 0
            await room.claimed(case)
            await room.press(ADA, case.slack_ts, "Resolve")
            await room.until(lambda: room.case(case.id).state == "resolved")
            assert await room.host.files.keep_house() == 1
            [row] = room.files()
            assert (row.state, row.digest, room.held()) == ("deleted", None, [])
