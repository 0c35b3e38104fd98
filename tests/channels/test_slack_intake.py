"""Commands, the Home tab, modals and their buttons: written down once, acknowledged at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standins.slack import SlackSocketDriver

from bot.channels.slack_intake import action_notices, command_notice, view_notice
from bot.store.tables import desk_events

from .slack_room import ADA, DESK, Room, open_room

FRONT = "C0FRONT"
FORM = {"words": {"text": {"type": "plain_text_input", "value": "10:30 开门 open"}}}
SOCKET = {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-docent"}


def a_view(kind: str = "modal") -> dict[str, Any]:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Next"}}
    field = {"type": "plain_text_input", "action_id": "text"}
    label = {"type": "plain_text", "text": "Words"}
    blocks = [
        {"type": "actions", "elements": [{**button, "action_id": "next", "value": "7"}]},
        {"type": "input", "block_id": "words", "label": label, "element": field},
    ]
    title = {"type": "plain_text", "text": "A window"}
    own = {"title": title, "submit": title, "notify_on_close": True}
    more = own if kind == "modal" else {}
    return {
        "type": kind,
        "blocks": blocks,
        "callback_id": "ask:7",
        "private_metadata": "7",
        **more,
    }


@pytest.fixture(params=["webhook", "socket"])
async def room(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """Both doors of Slack."""
    values = SOCKET if request.param == "socket" else {}
    async with open_room(tmp_path, values=values) as opened:
        opened.slack.add_channel(FRONT, "front-desk")
        if values:
            opened.driver = SlackSocketDriver("", "", opened.slack)
            await asyncio.to_thread(opened.slack.links.wait_for, 1)
        yield opened


async def shown(room: Room, user: str = ADA) -> str:
    """Opens a modal as if a button had, and returns its id."""
    with room.slack.changing() as workspace:
        trigger = workspace.new_trigger(user)
    api = room.host.channels["slack"]._api
    answer = await api.call("views.open", trigger_id=trigger, view=a_view())
    return str(answer["view"]["id"])


async def only(room: Room, kind: str) -> Any:
    [row] = await room.until(lambda: [r for r in room.rows(desk_events) if r.kind == kind])
    return row


async def test_a_command_is_written_once_wherever_it_is_typed(room: Room) -> None:
    direct = room.slack.workspace.open_im(ADA).id
    typed = [(DESK, "find group"), (FRONT, "说 您好"), (direct, "D-1001 几点 open?")]
    for channel, text in typed:
        got = await room.do(room.driver.slash, ADA, "/docent", text, channel)
        assert got.body == ""
        await room.do(room.driver.retry, 1)
    rows = [row.payload for row in room.rows(desk_events)]
    assert [(row["channel"], row["text"]) for row in rows] == typed
    assert {(row["command"], row["user"], row["team"]) for row in rows} == {
        ("/docent", ADA, "T0DOCENT")
    }
    assert all(row["trigger_id"] and row["response_url"].startswith("http") for row in rows)


async def test_the_home_tab_is_heard_and_what_is_said_in_private_is_a_visitors(
    room: Room,
) -> None:
    await room.do(room.driver.open_home, ADA, "messages")
    await room.do(room.driver.dm, ADA, "几点 open?")
    assert room.rows(desk_events) == []
    await room.do(room.driver.open_home, ADA)
    row = await only(room, "app_home_opened")
    assert (row.payload["event"]["user"], row.payload["event"]["tab"]) == (ADA, "home")


async def test_windows_and_their_buttons_tell_what_was_entered(room: Room) -> None:
    view_id = await shown(room)
    await room.do(room.driver.press_view, ADA, view_id, "Next", values=FORM)
    row = await only(room, "action")
    pressed = (row.payload["action"], row.payload["value"], row.payload["channel"])
    assert pressed == ("next", "7", "")
    assert row.payload["view"]["values"] == {"words": {"text": "10:30 开门 open"}}
    got = await room.do(room.driver.submit, ADA, view_id, FORM)
    assert got.body == ""
    await room.do(room.driver.retry, 1)
    row = await only(room, "view")
    view = row.payload["view"]
    assert (view["id"], view["callback_id"], view["private_metadata"]) == (view_id, "ask:7", "7")
    assert (row.payload["user"], view["values"]) == (ADA, {"words": {"text": "10:30 开门 open"}})


async def test_a_button_in_the_home_tab_and_a_closed_window_are_told(room: Room) -> None:
    api = room.host.channels["slack"]._api
    home = await api.call("views." + "publish", user_id=ADA, view=a_view("home"))
    await room.do(room.driver.press_view, ADA, home["view"]["id"], "next")
    row = await only(room, "action")
    assert (row.payload["view"]["type"], row.payload["value"]) == ("home", "7")
    view_id = await shown(room)
    await room.do(room.driver.close_view, ADA, view_id)
    row = await only(room, "view_closed")
    assert row.payload["view"]["callback_id"] == "ask:7"


@pytest.mark.parametrize(
    "body",
    [
        {"command": 7, "text": [], "user_id": {}, "trigger_id": None},
        {"type": "view_submission", "view": {"state": {"values": {"a": 1, "b": {"c": None}}}}},
        {"type": "view_submission", "view": []},
        {"type": "block_actions", "view": {"id": 7}, "actions": [{"selected_option": "x"}]},
    ],
)
def test_what_is_of_no_shape_is_read_all_the_same(body: dict[str, Any]) -> None:
    made = [command_notice(body), view_notice(body), *action_notices(body)]
    assert all(notice.key and json.dumps(notice.payload) for notice in made)


def test_two_commands_without_a_trigger_are_two() -> None:
    one, two = ({"command": "/docent", "text": text} for text in ("on 在", "off 不在"))
    assert command_notice(one).key != command_notice(two).key
