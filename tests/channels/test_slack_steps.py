"""The further steps of the card, at the real door of Slack: from the press to the thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from standins.slack import labels

from bot.channels import host
from bot.content.desk_routing import Department
from bot.content.voice import Voice

from .slack_room import ADA, BEN, DESK, Room, open_room

ACCESS, GUEST = "C0ACCESS", "U0GUEST"


@pytest.fixture
async def room(
    tmp_path: Path, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Room]:
    """A desk whose department for access has a channel and people of its own."""
    known = tuple(
        Department(each.id, each.name, ACCESS, (BEN,)) if each.id == "access" else each
        for each in voice.museum.departments
    )
    peopled = replace(voice, museum=replace(voice.museum, departments=known))
    monkeypatch.setattr(host, "load_voice", lambda _: peopled)
    async with open_room(tmp_path) as opened:
        opened.slack.add_user(GUEST, "Gus Guest", is_restricted=True)
        yield opened


async def state(room: Room, case: Any, wanted: str) -> Any:
    """Waits until a case is in a state and its card shows it."""
    await room.until(lambda: room.case(case.id).state == wanted)
    await room.quiet()
    return room.case(case.id)


def card(room: Room, case: Any) -> dict[str, Any]:
    """Returns the card as it stands."""
    [found] = [m for m in room.slack.roots(DESK) if m["ts"] == case.slack_ts]
    return dict(found)


async def test_a_claimed_case_is_released_and_claimed_by_the_next(room: Room) -> None:
    case = await room.ask("有人吗 anybody?")
    await room.claimed(case)
    await room.quiet()
    assert labels(card(room, case))[:3] == ["Resolve", "Back to bot", "Release"]
    await room.press(ADA, case.slack_ts, "Release")
    assert (await state(room, case, "queued")).owner is None
    assert "put this case back in the queue" in room.thread(case)
    await room.claimed(case, BEN)
    assert room.case(case.id).owner_id == BEN


async def test_a_closed_case_is_opened_again(room: Room) -> None:
    case = await room.ask("还要 more")
    await room.press(ADA, case.slack_ts, "Resolve")
    await state(room, case, "resolved")
    assert labels(card(room, case)) == ["Reopen"]
    await room.press(BEN, case.slack_ts, "Reopen")
    await state(room, case, "reopened")
    assert "Claim" in labels(card(room, case))
    assert any("looking into your question again" in m.text for m in room.pocket.sent)


async def test_a_case_is_given_to_a_colleague_who_then_answers(room: Room) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "Assign to…", option=BEN)
    given = await state(room, case, "claimed")
    assert given.owner_id == BEN
    assert f"<@{BEN}>" in room.thread(case)
    await room.say(BEN, case, "在二楼 upstairs")
    await room.until(lambda: room.replies == ["在二楼 upstairs"])
    await state(room, case, "waiting")
    assert "Waiting for the visitor." in str(card(room, case))


async def test_a_guest_is_given_nothing(room: Room) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "Assign to…", option=GUEST)
    assert await room.ended() == "warning: assigned to a guest"
    assert room.case(case.id).state == "queued"
    assert "is a guest, so nothing was done" in str(room.slack.ephemerals(ADA))


@pytest.mark.parametrize(("option", "marks"), [("Mark urgent", "🚨"), ("urgent", "🚨")])
async def test_a_case_is_marked_urgent_and_the_channel_is_called(
    room: Room, option: str, marks: str
) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "priority", option=option)
    await room.until(lambda: room.case(case.id).priority == "urgent")
    await room.quiet()
    assert marks in str(card(room, case)["text"])
    [call] = [m for m in room.slack.thread(DESK, case.slack_ts) if "<!channel>" in str(m)]
    # Shown in the channel as well: not everybody who is called reads the thread.
    assert call["subtype"] == "thread_broadcast"
    await room.press(ADA, case.slack_ts, "priority", option="Not urgent")
    await room.until(lambda: room.case(case.id).priority == "normal")


async def test_a_department_with_a_channel_of_its_own_is_led_to_the_thread(room: Room) -> None:
    room.slack.add_channel(ACCESS, "access")
    case = await room.ask("轮椅 wheelchair <!channel>?")
    await room.press(ADA, case.slack_ts, "Department", option="Access")
    await room.until(lambda: room.slack.roots(ACCESS))
    [led] = room.slack.roots(ACCESS)
    assert str(case.slack_ts).replace(".", "") in str(led)
    assert f"<@{BEN}>" in str(led)
    assert f"<@{BEN}>" in room.thread(case)
    assert "<!channel>" not in str(led)
    assert room.case(case.id).slack_channel == DESK


async def test_a_department_whose_channel_cannot_be_reached_is_told_of_in_the_thread(
    room: Room,
) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "Department", option="Access")
    await room.until(lambda: "cannot be reached: invite the app" in room.thread(case))
    await room.claimed(case)
    assert room.case(case.id).department == "access"


async def test_a_case_of_a_department_stands_in_its_channel_and_is_answered_there(
    room: Room,
) -> None:
    room.slack.add_channel(ACCESS, "access")
    case = await room.ask("轮椅 wheelchair?", department="access")
    assert case.slack_channel == ACCESS
    await room.quiet()
    [root] = room.slack.roots(ACCESS)
    assert room.slack.roots(DESK) == []
    assert f"<@{BEN}>" in str(room.slack.thread(ACCESS, root["ts"]))
    await room.do(room.driver.press, BEN, ACCESS, root["ts"], "Claim")
    await room.until(lambda: room.case(case.id).state == "claimed")
    await room.do(room.driver.say, BEN, ACCESS, "门口有 at the door", root["ts"])
    await room.until(lambda: room.replies == ["门口有 at the door"])


async def test_a_visitor_is_not_hidden_by_a_channel_that_we_were_not_invited_to(
    room: Room,
) -> None:
    case = await room.ask("轮椅 wheelchair?", department="access")
    assert case.slack_channel == DESK
    assert len(room.slack.roots(DESK)) == 1
