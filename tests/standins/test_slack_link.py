"""The stand-in's Socket Mode and scopes, judged by slack_sdk's clients and by Bolt's handler."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import aiohttp
import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient as AsyncSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from .desk import DESK, case
from .reference import load, reference
from .slack import SlackSocketDriver, SlackStandin
from .slack_scopes import USUAL
from .wire import JsonDict

TOKEN = "xapp-docent"


class Listener:
    """slack_sdk's own client, which acknowledges what it is told to."""

    def __init__(self, slack: SlackStandin) -> None:
        web = WebClient(slack.token, base_url=slack.api_url, timeout=5)
        self.client = SocketModeClient(TOKEN, web_client=web)
        self.heard: list[SocketModeRequest] = []
        self.deaf = False
        self.client.socket_mode_request_listeners.append(self._hear)

    def _hear(self, client: Any, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if not self.deaf:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


@contextmanager
def listening(slack: SlackStandin) -> Iterator[Listener]:
    listener = Listener(slack)
    listener.client.connect()
    try:
        slack.links.wait_for(1)
        yield listener
    finally:
        _close(listener.client)


def _close(client: SocketModeClient) -> None:
    """Ends slack_sdk's client, which waits for ever for a session that began while it ended."""

    def close() -> None:
        with suppress(AttributeError):  # right after a disconnect it finds no session
            client.close()

    closing = threading.Thread(target=close, daemon=True)
    closing.start()
    while closing.is_alive():
        # A session that begins sets it back.
        client.current_session_state.terminated = True
        closing.join(0.05)


@pytest.fixture
def listener(slack: SlackStandin) -> Iterator[Listener]:
    with listening(slack) as made:
        yield made


@pytest.fixture
def driver(slack: SlackStandin) -> SlackSocketDriver:
    return SlackSocketDriver("", "", slack)


@pytest.mark.parametrize("text", ["When do you close?", "几点关门？", "我想book两张ticket 🙂"])
def test_slacks_client_hears_and_acknowledges(
    slack: SlackStandin, listener: Listener, driver: SlackSocketDriver, text: str
) -> None:
    got = driver.dm("U0ADA", text)
    assert (got.status, got.ts) == (200, slack.messages("D0ADA")[0]["ts"])
    [request] = listener.heard
    assert request.type == "events_api"
    assert request.payload["event"]["user"] == "U0ADA"
    assert request.retry_attempt == 0


def test_every_kind_of_envelope_arrives(
    slack: SlackStandin, listener: Listener, driver: SlackSocketDriver, client: WebClient
) -> None:
    driver.press("U0ADA", DESK, case(client), "Claim")
    driver.slash("U0ADA", "/docent", "cases 未处理")
    driver.say("U0ADA", DESK, "hello")
    driver.retry(2)
    kinds = [request.type for request in listener.heard]
    assert kinds == ["interactive", "slash_commands", "events_api", "events_api"]
    press, command, first, again = listener.heard
    assert press.payload["actions"][0]["action_id"] == "claim"
    assert press.accepts_response_payload
    assert command.payload["text"] == "cases 未处理"
    assert again.payload == first.payload
    assert (first.retry_attempt, again.retry_attempt) == (0, 2)


def test_what_is_not_acknowledged_counts_as_lost(
    listener: Listener, driver: SlackSocketDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("standins.slack_socket_driver.LIMIT", 0.3)
    listener.deaf = True
    assert driver.say("U0ADA", DESK, "hello 您好").status == 504
    listener.deaf = False
    assert driver.retry(1).status == 200


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_slacks_client_comes_back_after_a_goodbye(
    slack: SlackStandin, listener: Listener, driver: SlackSocketDriver, reason: str
) -> None:
    slack.links.disconnect(reason)
    slack.wait_for(lambda s: s.links.opened == 2 and s.links.count == 1)
    assert driver.say("U0ADA", DESK, "still there 还在?").status == 200


async def test_slacks_async_client_and_its_pings(slack: SlackStandin) -> None:
    web = AsyncWebClient(slack.token, base_url=slack.api_url, timeout=5)
    client = AsyncSocketModeClient(TOKEN, web_client=web, ping_interval=0.1)
    heard: list[str] = []

    async def hear(client: Any, request: SocketModeRequest) -> None:
        heard.append(request.payload["event"]["text"])
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client.socket_mode_request_listeners.append(hear)
    await client.connect()
    await asyncio.sleep(0.5)
    driver = SlackSocketDriver("", "", slack)
    got = await asyncio.to_thread(driver.say, "U0ADA", DESK, "几点 open?")
    assert (got.status, heard) == (200, ["几点 open?"])
    assert slack.links.opened == 1
    await client.close()


def test_bolts_own_handler_is_served(slack: SlackStandin, client: WebClient) -> None:
    app = App(client=client, signing_secret="unused")
    seen, ready = [], threading.Event()

    @app.event("app_mention")
    def on_mention(event: JsonDict) -> None:
        seen.append(event["text"])
        ready.set()

    @app.event("message")
    def on_message() -> None:
        """Hears the twin."""

    handler = SocketModeHandler(app, TOKEN)
    handler.connect()
    slack.links.wait_for(1)
    event, twin = SlackSocketDriver("", "", slack).mention("U0ADA", DESK, "票价 today?")
    assert (event.status, twin.status) == (200, 200)
    assert ready.wait(5)
    assert seen == ["<@U0DOCENT> 票价 today?"]
    with suppress(AttributeError):
        handler.close()


# -- doors that stay shut ---------------------------------------------------------------------


def test_tokens_open_what_they_are_for(slack: SlackStandin) -> None:
    for token, error in [(slack.token, "not_allowed_token_type"), ("xapp-other", "invalid_auth")]:
        with pytest.raises(SlackApiError) as caught:
            WebClient(base_url=slack.api_url).apps_connections_open(app_token=token)
        assert caught.value.response["error"] == error
    with pytest.raises(SlackApiError) as caught:
        WebClient(TOKEN, base_url=slack.api_url).chat_postMessage(channel=DESK, text="x")
    assert caught.value.response["error"] == "not_allowed_token_type"
    slack.revoke_token(TOKEN)
    with pytest.raises(SlackApiError) as caught:
        WebClient(base_url=slack.api_url).apps_connections_open(app_token=TOKEN)
    assert caught.value.response["error"] == "token_revoked"


async def test_a_ticket_is_good_for_one_connection(slack: SlackStandin) -> None:
    address = slack.links.address()
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as link:
            assert (await link.receive_json())["type"] == "hello"
        for wrong in (address, address.replace("ticket=", "ticket=0")):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(wrong)


def test_a_token_may_do_what_its_scopes_say(client: WebClient, slack: SlackStandin) -> None:
    told = client.auth_test().headers["x-oauth-scopes"]
    assert set(told.split(",")) == USUAL
    slack.scopes = USUAL - {"chat:write"}
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=DESK, text="您好 hello")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "chat:write"
    assert "chat:write" not in client.auth_test().headers["x-oauth-scopes"].split(",")


def test_the_bot_writes_in_private(client: WebClient, slack: SlackStandin) -> None:
    by_person = client.chat_postMessage(channel="U0ADA", text="您好 hello")
    by_channel = client.chat_postMessage(channel="D0ADA", text="again 再来")
    assert by_person["channel"] == by_channel["channel"] == "D0ADA"
    assert [each["text"] for each in slack.messages("D0ADA")] == ["您好 hello", "again 再来"]


# -- shapes -----------------------------------------------------------------------------------


def test_frames_have_the_shapes_of_slacks_own_sdk(slack: SlackStandin) -> None:
    folder = reference("slack", "fixtures", "python-slack-sdk")
    theirs = [load(path) for path in sorted(folder.glob("mock_socket_mode_server__*.json"))]
    by_kind = {frame["type"]: frame for frame in theirs}
    assert set(slack.links._hello()) == set(by_kind["hello"])

    async def frames() -> list[JsonDict]:
        address = slack.links.address()
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as link:
            return [await link.receive_json() for _ in range(4)]

    found: list[JsonDict] = []
    hearing = threading.Thread(target=lambda: found.extend(asyncio.run(frames())))
    hearing.start()
    slack.links.deliver({"event": {}})
    slack.links.deliver({"type": "shortcut"}, "interactive")
    slack.links.disconnect("refresh_requested")
    hearing.join(5)
    assert [frame["type"] for frame in found] == [
        "hello",
        "events_api",
        "interactive",
        "disconnect",
    ]
    for frame in found:
        assert set(frame) <= set(by_kind[frame["type"]]), json.dumps(frame)
