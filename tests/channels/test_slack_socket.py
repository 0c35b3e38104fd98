"""Socket Mode: the same intake as the webhook's, acknowledged once it is written, opened anew."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.reference import load, reference
from standins.slack import SlackSocketDriver, SlackStandin

from bot.channels import slack_link, slack_socket
from bot.channels.slack import Slack
from bot.channels.slack_socket import SlackSocket
from bot.config import Settings
from bot.errors import ChannelBroken, SendFailed
from bot.store.tables import desk_events, messages

from .slack_room import ADA, DESK, Room, open_room

EVE, FRONT, TOKEN = "U0EVE", "C0FRONT", "xapp-docent"
SOCKET = {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": TOKEN}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connects again at once, so that a test need not wait."""
    monkeypatch.setattr(slack_socket, "BACKOFF", (0.05,))
    monkeypatch.setattr(slack_socket, "SHORTEST_SECONDS", 0.0)
    monkeypatch.setattr(slack_link, "HELLO_SECONDS", 0.3)
    monkeypatch.setattr(slack_link, "DRAIN_SECONDS", 1.0)


@asynccontextmanager
async def socket_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, values=SOCKET) as opened:
        opened.slack.add_user(EVE, "Eve Lin", join=False)
        opened.slack.add_channel(FRONT, "front-desk", members={EVE, ADA, "U0DOCENT"})
        opened.driver = SlackSocketDriver("", "", opened.slack)
        await asyncio.to_thread(opened.slack.links.wait_for, 1)
        await opened.until(lambda: socket_of(opened).is_up)
        yield opened


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with socket_room(tmp_path) as opened:
        yield opened


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        yield standin


def socket_of(room: Room) -> SlackSocket:
    door = room.host.channels["slack"]
    assert isinstance(door, Slack)
    assert door._socket is not None
    return door._socket


def asked(room: Room) -> list[str]:
    return [row.text for row in room.rows(messages) if row.direction == "in"]


async def away(work: Any, *arguments: Any, **more: Any) -> Any:
    return await asyncio.to_thread(work, *arguments, **more)


# -- the same as by the webhook ---------------------------------------------------------------


@pytest.mark.parametrize("text", ["When do you close?", "几点关门？", "我想book两张ticket"])
async def test_a_question_is_heard_and_acknowledged(room: Room, text: str) -> None:
    got = await room.do(room.driver.dm, EVE, text)
    assert got.seconds < 3
    assert asked(room) == [text]


async def test_staff_work_as_ever(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "Yes, it is free. 免费。")
    await room.until(lambda: room.replies == ["Yes, it is free. 免费。"])
    assert asked(room) == ["Is it free?"]


async def test_a_mention_its_twin_and_resends_are_one(room: Room) -> None:
    await away(room.driver.mention, EVE, FRONT, "票价 today?")
    for number in (1, 2):
        await room.do(room.driver.retry, number)
    assert asked(room) == ["票价 today?"]


async def test_commands_and_what_is_not_used_are_acknowledged(room: Room) -> None:
    await room.do(room.driver.slash, ADA, "/docent", "help 帮助")
    for payload in (
        {"type": "event_callback", "event": {"type": 7}},
        {"text": "hello"},
        {},
        "x",
        None,
    ):
        envelope = await away(room.slack.links.deliver, payload)
        assert await away(room.slack.links.acknowledged, envelope), payload


async def test_frames_that_are_none_are_passed_over(room: Room) -> None:
    odd: list[Any] = ["", "[1]", "{", "nonsense 废话", {"type": "hello"}, {"envelope_id": 7}]
    for frame in [*odd, {"envelope_id": ""}, {"type": ["x"], "payload": {}}, {"type": "tomorrow"}]:
        await away(room.slack.links.send, frame)
    await room.do(room.driver.dm, EVE, "still there 还在?")
    assert (room.slack.links.opened, asked(room)) == (1, ["still there 还在?"])


async def test_messages_keep_their_order_and_edits_come_after(room: Room) -> None:
    dm = room.slack.workspace.open_im(EVE).id
    texts = [f"第{number} line" for number in range(20)]
    told = [room.driver._write(EVE, dm, text, None) for text in texts]
    sent = [room.driver._event(dm, message) for message in told]
    for each in sent:
        await away(room.slack.links.deliver, room.driver._envelope(each, ""))
    await room.do(room.driver.edit, EVE, dm, told[-1]["ts"], "the last 最后")
    rows = [row for row in room.rows(messages) if row.direction == "in"]
    assert [row.text for row in rows] == texts
    assert [version["text"] for version in rows[-1].versions] == ["the last 最后"]


# -- written before it is acknowledged --------------------------------------------------------


async def test_what_is_not_written_is_not_acknowledged(room: Room) -> None:
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE messages RENAME TO gone"))
    got = await away(room.driver.dm, EVE, "几点 close?")
    assert got.status == 504
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO messages"))
    await room.do(room.driver.retry, 1)
    assert asked(room) == ["几点 close?"]


async def test_what_the_desk_did_is_not_acknowledged_unwritten(room: Room) -> None:
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE desk_events RENAME TO gone"))
    assert (await away(room.driver.say, ADA, DESK, "hello 您好")).status == 504
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO desk_events"))
    await room.do(room.driver.retry, 1)
    assert len(room.rows(desk_events)) == 1


async def test_a_slow_database_is_no_acknowledgement(room: Room) -> None:
    free = threading.Event()
    held = asyncio.create_task(room.database.run(lambda _: free.wait(6)))
    await asyncio.sleep(0.05)
    assert (await away(room.driver.dm, EVE, "慢 slow")).status == 504
    free.set()
    await held
    await room.do(room.driver.retry, 1)
    assert asked(room) == ["慢 slow"]


# -- connections end and are opened anew ------------------------------------------------------


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets", "新的"])
async def test_another_connection_is_opened_when_slack_says_goodbye(
    room: Room, reason: str
) -> None:
    await away(room.slack.links.disconnect, reason, closes=True)
    await room.until(lambda: room.slack.links.opened == 2 and room.slack.links.count == 1)
    await room.do(room.driver.dm, EVE, "still there 还在?")
    assert asked(room) == ["still there 还在?"]


async def test_a_connection_with_a_warning_is_heard_out(room: Room) -> None:
    await away(room.slack.links.disconnect, "warning")
    await away(room.slack.links.wait_for, 2)
    dm = room.slack.workspace.open_im(EVE).id
    event = room.driver._event(dm, room.driver._write(EVE, dm, "最后 words", None))
    envelope = {"envelope_id": "the-last", "type": "events_api"}
    frame = {**envelope, "payload": room.driver._envelope(event, "")}
    await away(room.slack.links.send, frame, 0)
    assert await away(room.slack.links.acknowledged, "the-last")
    assert asked(room) == ["最后 words"]
    await away(room.slack.links.wait_for, 1)


async def test_a_connection_that_breaks_is_opened_anew(room: Room) -> None:
    await away(room.slack.links.cut)
    await room.until(lambda: room.slack.links.opened == 2 and room.slack.links.count == 1)
    await room.do(room.driver.dm, EVE, "back 回来了")
    assert asked(room) == ["back 回来了"]


async def test_slack_may_be_away_for_a_while(room: Room) -> None:
    room.slack.down()
    await room.until(lambda: not socket_of(room).is_up)
    with pytest.raises(SendFailed, match="Socket Mode connection is down"):
        await socket_of(room).check()
    await asyncio.sleep(0.2)
    room.slack.up()
    await room.until(lambda: socket_of(room).is_up)
    await room.do(room.driver.dm, EVE, "back 回来了")


async def test_a_connection_without_a_hello_is_none(room: Room) -> None:
    room.slack.links.says_hello = False
    await away(room.slack.links.cut)
    await room.until(lambda: room.slack.links.opened >= 3)
    assert not socket_of(room).is_up
    room.slack.links.says_hello = True
    await room.until(lambda: socket_of(room).is_up)


async def test_tries_come_further_and_further_apart(
    slack: SlackStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_socket, "BACKOFF", (0.05, 0.2, 0.6))
    slack.fail_next(4, error="internal_error", on="apps.connections.open")
    socket = SlackSocket(TOKEN, slack.api_url, never)
    socket.start()
    await away(slack.links.wait_for, 1)
    at = [call.at for call in slack.calls("apps.connections.open")]
    gaps = [late - early for early, late in pairwise(at)]
    assert len(gaps) == 4
    assert gaps[0] < gaps[1] < gaps[2]
    await socket.stop()


async def test_slack_says_how_long_to_wait(slack: SlackStandin) -> None:
    slack.rate_limit_next(retry_after=1, on="apps.connections.open")
    socket = SlackSocket(TOKEN, slack.api_url, never)
    socket.start()
    await away(slack.links.wait_for, 1)
    first, second = slack.calls("apps.connections.open")
    assert second.at - first.at >= 1
    await socket.stop()


async def never(payload: dict[str, Any]) -> bool:
    raise AssertionError(payload)


# -- health -----------------------------------------------------------------------------------


async def test_check_tells_of_the_connection(room: Room) -> None:
    words = await room.host.channels["slack"].check()
    assert words == "bot @docent in Museum, desk #museum-desk, Socket Mode connected"


async def test_before_the_start_check_asks_whether_it_may_connect(slack: SlackStandin) -> None:
    values = {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url}
    door = Slack(Settings({**values, **SOCKET, "SLACK_DESK_CHANNEL": DESK}))
    assert (await door.check()).endswith("Socket Mode allowed")
    assert slack.links.opened == 0
    await door.close()


@pytest.mark.parametrize(
    "error", ["invalid_auth", "not_allowed_token_type", "missing_scope", "new"]
)
async def test_a_refused_token_is_named(slack: SlackStandin, error: str) -> None:
    slack.fail_next(99, error=error, on="apps.connections.open")
    socket = SlackSocket(TOKEN, slack.api_url, never)
    for _ in range(2):
        with pytest.raises(ChannelBroken, match="SLACK_APP_TOKEN") as caught:
            await socket.check()
        assert error in caught.value.reason
        assert TOKEN not in str(caught.value)
        assert "SLACK_BOT_TOKEN" not in str(caught.value)
        socket.start()
        await away(slack.wait_for, lambda s: len(s.calls("apps.connections.open")) > 2)
    await socket.stop()


async def test_a_bot_token_opens_no_connection(slack: SlackStandin) -> None:
    with pytest.raises(ChannelBroken, match="not_allowed_token_type"):
        await SlackSocket(slack.token, slack.api_url, never).check()


async def test_socket_mode_that_was_switched_off_is_broken(room: Room) -> None:
    room.slack.fail_next(999, error="forbidden_team", on="apps.connections.open")
    await away(room.slack.links.disconnect, "link_disabled", closes=True)
    await room.until(lambda: not socket_of(room).is_up)
    with pytest.raises(ChannelBroken, match="Socket Mode is on"):
        await room.host.channels["slack"].check()
    room.slack.clear_faults()
    await room.until(lambda: socket_of(room).is_up)


async def test_a_connection_that_stays_down_is_broken(
    slack: SlackStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_socket, "PATIENCE_SECONDS", 0.1)
    slack.down()
    socket = SlackSocket(TOKEN, slack.api_url, never)
    socket.start()
    await asyncio.sleep(0.4)
    with pytest.raises(ChannelBroken, match="Slack cannot be reached"):
        await socket.check()
    await socket.stop()


# -- the end, the webhook beside it, and the log ----------------------------------------------


async def test_it_ends_cleanly(tmp_path: Path) -> None:
    async with socket_room(tmp_path) as room:
        links, begun = room.slack.links, time.monotonic()
        await room.host.stop()
        assert time.monotonic() - begun < 5
        await away(links.wait_for, 0)
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert "slack socket" not in names
        room.host.stop = nothing  # type: ignore[method-assign]


async def nothing() -> None:
    """Stands in for a stop that has been."""


async def test_it_ends_at_any_moment(slack: SlackStandin) -> None:
    for number in range(40):
        socket = SlackSocket(TOKEN, slack.api_url, never)
        socket.start()
        await asyncio.sleep(number / 2000)
        await asyncio.wait_for(socket.stop(), 3)
    await away(slack.links.wait_for, 0)


async def test_it_ends_while_slack_is_away(slack: SlackStandin) -> None:
    slack.down()
    socket = SlackSocket(TOKEN, slack.api_url, never)
    socket.start()
    await asyncio.sleep(0.1)
    await asyncio.wait_for(socket.stop(), 2)


async def test_without_a_signing_secret_the_webhook_refuses_everything(tmp_path: Path) -> None:
    async with open_room(tmp_path, values=SOCKET) as room:
        for secret in ("", "None", "a-signing-secret"):
            room.driver.signing_secret = secret
            assert (await away(room.driver.dm, ADA, "让我进来 let me in")).status == 403
            assert (await away(room.driver.url_verification, "x")).status == 403
        async with httpx.AsyncClient() as client:
            answer = await client.post(room.driver.webhook_url, content=b"{}")
        assert answer.status_code == 403
        assert (asked(room), room.rows(desk_events)) == ([], [])


async def test_with_both_the_webhook_is_heard_too(tmp_path: Path) -> None:
    async with open_room(tmp_path, values={"SLACK_APP_TOKEN": TOKEN}) as room:
        await room.do(room.driver.dm, ADA, "by the webhook 网页")
        await away(room.slack.links.wait_for, 1)
        by_socket = SlackSocketDriver("", "", room.slack)
        by_socket.last = room.driver.last
        await room.do(by_socket.retry, 1)
        await room.do(by_socket.dm, ADA, "by the socket 套接字")
        assert asked(room) == ["by the webhook 网页", "by the socket 套接字"]


async def test_no_secret_and_no_words_are_logged(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await room.do(room.driver.dm, EVE, "Very own words 私密")
    await away(room.slack.links.disconnect, "warning", closes=True)
    await room.until(lambda: room.slack.links.opened == 2 and socket_of(room).is_up)
    room.slack.fail_next(error="invalid_auth", on="apps.connections.open")
    await away(room.slack.links.cut)
    await room.until(lambda: room.slack.links.opened == 3)
    ours = [r for r in caplog.records if not r.name.startswith(("asyncio", "sanic", "aiohttp"))]
    shown = "\n".join(str(vars(record)) for record in ours)
    assert "the Slack socket is down" in shown
    for secret in ("Very own words", "私密", TOKEN, "xoxb-docent", "ticket="):
        assert secret not in shown


# -- other people's frames --------------------------------------------------------------------


def theirs() -> list[dict[str, Any]]:
    folder = reference("slack", "fixtures", "python-slack-sdk")
    paths = [*folder.glob("mock_socket_mode_server__*.json"), *folder.glob("test_request__*.json")]
    return [load(path) for path in sorted(paths)]


async def test_the_frames_of_slacks_own_sdk_are_taken(room: Room) -> None:
    frames = theirs()
    assert len(frames) >= 9
    for frame in frames:
        if frame.get("type") in ("hello", "disconnect"):
            continue
        await away(room.slack.links.send, frame)
        if "envelope_id" in frame:
            assert await away(room.slack.links.acknowledged, frame["envelope_id"]), frame
    [goodbye] = [frame for frame in frames if frame.get("type") == "disconnect"]
    await away(room.slack.links.send, goodbye)
    await room.until(lambda: room.slack.links.opened == 2)


async def test_events_of_java_slack_sdk_are_taken_in_envelopes(room: Room) -> None:
    paths = sorted(reference("slack", "fixtures", "java-slack-sdk", "events").glob("*.json"))
    for path in paths:
        envelope = await away(room.slack.links.deliver, load(path))
        assert await away(room.slack.links.acknowledged, envelope), path.name
    assert len(paths) > 60
    assert json.dumps(room.slack.links.acks)
