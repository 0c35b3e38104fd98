"""Windows open at the door, while other events wait; too late is said kindly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.channels import slack_modals
from bot.desk.help_buttons import CORRECT
from bot.desk.suggest_blocks import SUGGESTIONS
from bot.store import queue
from bot.store.tables import desk_events

from .slack_room import ADA, BEN, Room, open_room

WORDS = {
    "kind": "suggestion",
    "id": "parking",
    "label": "Parking",
    "text": "附近有停车场 (Tar Lane)。",
    "english": "There is a car park.",
    "language": "zh-Hans",
}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def offered(room: Room) -> tuple[Any, str]:
    """A claimed case and an offer in it; returns the case and the offer's ts."""
    case = await room.ask()
    await room.claimed(case)
    offer = {"user": ADA, "key": "k", "head": "Suggested", "answers": [WORDS]}
    room.database.now(queue.add_job, SUGGESTIONS, case.id, offer)
    room.host.wake()
    [shown] = await room.until(lambda: room.slack.ephemerals(ADA))
    return case, str(shown["ts"])


def modals(room: Room) -> list[Any]:
    return [row for row in room.rows(desk_events) if row.kind == "modal"]


def told(room: Room) -> list[Any]:
    return [e for e in room.slack.ephemerals(ADA) if "press the button again" in str(e)]


def said_times(room: Room, count: int) -> bool:
    return len(told(room)) == count


async def test_a_window_opens_while_every_event_waits(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ts = await offered(room)
    monkeypatch.setattr(queue, "claim_event", lambda _: None)
    begun = time.monotonic()
    await room.press(ADA, ts, "Edit first")
    await room.until(lambda: room.slack.views(ADA))
    assert time.monotonic() - begun < 3
    await room.until(lambda: [row.reason for row in modals(room)] == ["modal: opened"])


async def test_a_resend_opens_nothing_more(room: Room) -> None:
    _, ts = await offered(room)
    await room.press(ADA, ts, "Edit first")
    for number in (1, 2):
        await room.do(room.driver.retry, number)
    await room.until(lambda: room.slack.views(ADA))
    await room.quiet()
    assert (len(room.slack.views(ADA)), len(modals(room))) == (1, 1)


async def test_too_late_is_said_to_whoever_pressed(room: Room) -> None:
    case, ts = await offered(room)
    for count, error in enumerate(("expired_trigger_id", "internal_error", "invalid_auth"), 1):
        room.slack.fail_next(error=error, on="views.open")
        await room.press(ADA, ts, "Edit first")
        await room.until(partial(said_times, room, count))
    assert {shown["thread_ts"] for shown in told(room)} == {case.slack_ts}
    assert room.slack.ephemerals(BEN) == []


async def test_a_slack_that_hangs_is_given_up(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_modals, "SECONDS", 0.2)
    _, ts = await offered(room)
    room.slack.hang_next(2, on="views.open")
    await room.press(ADA, ts, "Edit first")
    await room.until(lambda: "not opened" in str([row.reason for row in modals(room)]))


async def test_a_guest_opens_nothing(room: Room) -> None:
    _, ts = await offered(room)
    with room.slack.changing() as workspace:
        workspace.users[ADA]["is_restricted"] = True
    people = room.host.channels["slack"]._modals._people
    people._known.clear()
    await room.press(ADA, ts, "Edit first")
    await room.until(lambda: "you are a guest" in str(room.slack.ephemerals(ADA)))
    assert room.slack.views(ADA) == []


async def test_a_button_that_names_no_message_says_so(room: Room) -> None:
    _, ts = await offered(room)
    with room.slack.changing() as workspace:
        message = next(e for e in workspace.ephemerals if e["ts"] == ts)
        message["blocks"][-1]["elements"][-1].update({"action_id": CORRECT})
    values = ["", "x:y", "7:1", "1:999", "99999999999999999999:1"]
    for value in values:
        await room.press(ADA, ts, CORRECT, value=value)
    await room.until(
        lambda: (
            sum("not here any more" in str(e) for e in room.slack.ephemerals(ADA)) == len(values)
        )
    )
    assert room.slack.views(ADA) == []


async def test_the_host_stops_while_a_window_opens(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        _, ts = await offered(room)
        room.slack.hang_next(3, on="views.open")
        await room.press(ADA, ts, "Edit first")
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 3
