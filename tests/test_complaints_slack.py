"""What users of other systems complained of: Slack that drops, leaks, doubles and stays silent.

Each test is named after the report: the repository and the number of its issue or pull request.
The desk is the real one, Slack a stand-in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from channels.slack_room import ADA, BEN, DESK, Room, open_room

from bot.desk.routing import Department
from bot.errors import SendFailed
from bot.store.tables import desk_events


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


def ticked(room: Room, ts: str) -> bool:
    message = room.slack.message(DESK, ts)
    return "white_check_mark" in str(message.get("reactions", ""))


async def test_chatwoot_4397_a_reply_reaches_the_visitor_and_says_so(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    texts = ["Yes, until 5pm", "开放到五点", "Yes，到五点"]
    said = [await room.say(ADA, case, text) for text in texts]
    await room.until(lambda: room.replies == texts)
    await room.quiet()
    assert [ticked(room, each.ts) for each in said] == [True] * 3


async def test_chatwoot_4397_a_reply_that_fails_says_so_in_the_thread(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.quiet()
    room.pocket.failure = SendFailed("blocked by the visitor", retryable=False)
    await room.say(ADA, case, "您好 hello")
    await room.until(lambda: "Not delivered. blocked by the visitor" in room.thread(case))


async def test_chatwoot_4690_a_case_is_resolved_from_slack_by_somebody_with_a_name(
    room: Room,
) -> None:
    case = await room.ask("我的围巾 scarf")
    await room.claimed(case)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    await room.until(lambda: "Ada resolved this case." in room.thread(case))


async def test_chatwoot_13606_routing(room: Room) -> None:
    """Zammad 796 and Papercups 529 ask the same: each department in its own channel."""
    room.slack.add_channel("C0LOST", "lost-property")
    voice = room.host.voice
    lost = Department("lost_property", "Lost property 失物", "C0LOST")
    table = (replace(voice.museum.routes[0], conditions={"reason": ("speak_to_human",)},
                     department=lost),)  # fmt: skip
    museum = replace(voice.museum, routes=table, departments=(lost,))
    room.host.casework.voice = replace(voice, museum=museum)
    case = await room.ask("我的围巾 scarf")
    assert (case.slack_channel, case.department) == ("C0LOST", "lost_property")
    assert len(room.slack.roots("C0LOST")) == 1
    assert room.slack.roots(DESK) == []


SLIPS = (
    "note: she is angry",
    "note：她很生气",
    "备注：不要退款",
    "備註 ： 先不要回",
    "*内部*：等经理",
    "// ask 经理 first",
    "<@U0BEN> refund?",
)


async def test_chatwoot_15605_a_slip_does_not_reach_the_visitor(room: Room) -> None:
    case = await room.ask()
    await room.say(ADA, case, "no prefix 忘了写")
    await room.claimed(case)
    for text in SLIPS:
        await room.say(ADA, case, text)
    await room.quiet()
    assert room.replies == []
    assert len(room.notes()) == 1 + len(SLIPS)


async def test_papercups_560_a_note_in_the_thread_is_a_note(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    for text in ("internal: 等一下", "private: wait"):
        await room.say(ADA, case, text)
    await room.say(ADA, case, "您好 hello")
    await room.until(lambda: room.replies == ["您好 hello"])
    await room.quiet()
    assert room.notes() == ["internal: 等一下", "private: wait"]


async def test_papercups_993_what_slack_does_not_take_is_not_lost(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.slack_posts.BACKOFF", (0.05,))
    case = await room.ask()
    room.slack.fail_next(1, on="chat.postMessage", error="internal_error")
    for number in range(3):
        room.add(f"第 {number} words")
    await room.quiet()
    shown = room.thread(case)
    assert [shown.count(f"第 {number} words") > 0 for number in range(3)] == [True] * 3


async def test_chatwoot_9187_and_rasa_3882_a_retry_of_slack_is_one_reply(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "一次 once")
    for number in (1, 2, 3):
        await room.do(room.driver.retry, number)
    await room.until(lambda: room.replies)
    await room.quiet()
    assert room.replies == ["一次 once"]


async def test_papercups_299_two_who_answer_at_once_do_not_both_reach_the_visitor(
    room: Room,
) -> None:
    case = await room.ask()
    await room.claimed(case)
    await asyncio.gather(room.say(ADA, case, "Ada 说 yes"), room.say(BEN, case, "Ben 说 no"))
    await room.until(lambda: room.replies)
    await room.quiet()
    assert room.replies == ["Ada 说 yes"]
    assert any("Send anyway" in str(each) for each in room.slack.ephemerals(BEN))


async def test_zammad_5352_a_revoked_key_is_red_and_told(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    broken = SendFailed("the key is old 钥匙", retryable=False, broken=True)
    room.pocket.failure = broken
    # The stand-in's own check would call it well again: what sending learnt must stand.
    await room.say(ADA, case, "hello 您好")
    await room.until(lambda: not room.host.health.details()["messenger"]["ok"])
    await room.until(lambda: "Messenger does not work" in str(room.slack.messages(DESK)))


async def test_no_event_of_all_this_ends_in_silence(room: Room) -> None:
    case = await room.ask()
    for text in ("no claim 没认领", "note: 备注"):
        await room.say(ADA, case, text)
    await room.quiet()
    ends: list[Any] = [row.reason for row in room.rows(desk_events)]
    assert len(ends) == 2
    assert all(ends)
