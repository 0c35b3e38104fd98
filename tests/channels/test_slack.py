"""The Slack door: what is let in, how fast, how often, and while what is broken."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from standins.slack import Delivery as How
from standins.slack_courier import Parcel

from bot.channels.payload import Delivery
from bot.channels.slack import Slack
from bot.channels.slack_intake import action_notices, event_notice
from bot.channels.slack_notices import bolt_request_of
from bot.config import Settings
from bot.errors import BadRequest, BadSignature
from bot.store.tables import desk_events

from .slack_room import ADA, DESK, SECRET, Room, open_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


def door() -> Slack:
    values = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SECRET}
    return Slack(Settings({**values, "SLACK_DESK_CHANNEL": DESK}))


async def refused(room: Room, how: How) -> int:
    got = await asyncio.to_thread(room.driver.say, ADA, DESK, "hello", how=how)
    return int(got.status)


@pytest.mark.parametrize(
    "how",
    [
        How.stale(),
        How.forged(),
        How.unsigned(),
        How(age=-400.0),
        How(signature="v0=" + "0" * 64),
        How(signature="v0="),
        How(signature="v1=" + "a" * 64),
        How(signature="nonsense"),
    ],
)
async def test_what_slack_did_not_sign_is_refused(room: Room, how: How) -> None:
    assert await refused(room, how) == 403
    assert room.rows(desk_events) == []


@pytest.mark.parametrize("timestamp", ["", "soon", "1e9", "\u0663", "9" * 400])
def test_a_timestamp_that_is_no_time_is_refused(timestamp: str) -> None:
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": "v0=00"}
    with pytest.raises(BadSignature):
        door().verify(Delivery(b"{}", headers, {}))


def test_a_body_that_is_no_text_is_refused() -> None:
    now = str(int(time.time()))
    headers = {"x-slack-request-timestamp": now, "x-slack-signature": "v0=ä"}
    with pytest.raises(BadSignature):
        door().verify(Delivery(b"\xff\xfe", headers, {}))


@pytest.mark.parametrize(
    "body", [b"{", b'{"a":', b"payload=%7Bnot", b"payload=[]", b"{}" + b" " * 3_145_729]
)
def test_a_body_that_cannot_be_read_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        bolt_request_of(Delivery(body, {}, {}))


async def test_the_challenge_comes_back(room: Room) -> None:
    got = await room.do(room.driver.url_verification, "tell-me-again")
    assert json.loads(got.body)["challenge"] == "tell-me-again"


async def test_the_challenge_is_not_answered_unsigned(room: Room) -> None:
    got = await asyncio.to_thread(room.driver.url_verification, "x", How.unsigned())
    assert got.status == 403


async def test_slacks_own_checks_and_unknown_requests_are_acknowledged(room: Room) -> None:
    await room.do(room.driver.ssl_check)
    await room.do(room.driver.slash, ADA, "/docent", "help")
    rate = json.dumps({"type": "app_rate_limited", "team_id": "T0"}).encode()
    url = room.driver.webhook_url
    await room.do(room.driver.carry, Parcel(url, rate, "application/json"))


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain", ""])
async def test_the_content_type_does_not_matter(room: Room, kind: str) -> None:
    envelope = room.driver._envelope({"type": "message", "channel": DESK, "ts": "1.2"}, "")
    parcel = Parcel(room.driver.webhook_url, json.dumps(envelope).encode(), kind)
    await room.do(room.driver.carry, parcel)
    assert [row.kind for row in room.rows(desk_events)] == ["message"]


async def test_a_resend_is_written_once(room: Room) -> None:
    await room.do(room.driver.say, ADA, DESK, "hello")
    for number in (1, 2, 3):
        await room.do(room.driver.retry, number)
    assert len(room.rows(desk_events)) == 1


async def test_twenty_resends_at_once_are_written_once(room: Room) -> None:
    await room.do(room.driver.say, ADA, DESK, "hello")
    await asyncio.gather(*(room.do(room.driver.retry, 1) for _ in range(20)))
    assert len(room.rows(desk_events)) == 1


async def test_the_twin_of_a_mention_is_written_once(room: Room) -> None:
    event, twin = await asyncio.to_thread(room.driver.mention, ADA, DESK, "hello")
    assert (event.status, twin.status) == (200, 200)
    assert len(room.rows(desk_events)) == 1


async def test_slack_is_answered_while_its_api_is_down(room: Room) -> None:
    room.slack.down()
    got = await room.do(room.driver.say, ADA, DESK, "hello")
    assert got.seconds < 1
    room.slack.up()


async def test_slack_is_answered_while_its_api_hangs(room: Room) -> None:
    room.slack.hang_next(30, n=20)
    got = await room.do(room.driver.say, ADA, DESK, "hello")
    assert got.seconds < 1
    room.slack.clear_faults()


async def test_no_web_api_call_stands_before_the_acknowledgement(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        for worker in room.host.channels["slack"]._workers:  # type: ignore[attr-defined]
            await worker.stop()
        before = len(room.slack.exchanges)
        await room.do(room.driver.say, ADA, DESK, "hello")
        assert room.slack.exchanges[before:] == []


async def test_slack_is_asked_to_send_again_while_the_database_is_away(room: Room) -> None:
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE desk_events RENAME TO gone"))
    got = await asyncio.to_thread(room.driver.say, ADA, DESK, "hello")
    assert got.status == 503
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO desk_events"))
    await room.do(room.driver.retry)
    assert len(room.rows(desk_events)) == 1


async def test_a_slow_database_is_a_503_within_three_seconds(room: Room) -> None:
    free = threading.Event()

    def hold(connection: Any) -> None:
        free.wait(6)

    held = asyncio.create_task(room.database.run(hold))
    await asyncio.sleep(0.05)
    got = await asyncio.to_thread(room.driver.say, ADA, DESK, "hello")
    free.set()
    await held
    assert got.status == 503
    await room.do(room.driver.retry)
    assert len(room.rows(desk_events)) == 1


async def test_two_presses_are_two_events_and_a_resent_press_is_one(room: Room) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "Claim")
    await room.do(room.driver.retry)
    await room.press(ADA, case.slack_ts, "Claim")
    assert [row.kind for row in room.rows(desk_events)] == ["action", "action"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": 7},
        {"type": "message"},
        {"type": "message", "channel": DESK, "ts": "1.1", "thread_ts": "1.0", "user": None},
        {"type": "message", "channel": DESK, "ts": [], "thread_ts": {}, "text": {}},
        {"type": "message", "subtype": "message_changed", "channel": DESK},
        {"type": "message", "subtype": "message_deleted"},
        {"type": "reaction_added", "reaction": "eyes", "item": "x"},
        {"type": "reaction_added", "reaction": "eyes", "user": ADA},
        {"type": "team_join", "user": {"id": "U9"}},
    ],
)
async def test_odd_events_end_as_no_ops(room: Room, event: dict[str, Any]) -> None:
    if not isinstance(event.get("type"), str):
        assert event_notice({"event": event}).kind
        return
    await room.do(room.driver.deliver_event, event)
    assert (await room.ended()).startswith("no-op")


@pytest.mark.parametrize(
    "payload",
    [
        {"actions": [{"action_id": "claim"}]},
        {"actions": [{"action_id": "claim", "value": "99"}], "channel": {"id": DESK}},
        {"actions": [{"action_id": "undo", "value": "x:y"}], "user": {"id": ADA}},
        {"actions": [{"action_id": "claim", "value": "9" * 40}], "user": {"id": ADA}},
        {"actions": [{"action_id": 5, "value": {}}], "user": [], "container": []},
    ],
)
async def test_odd_presses_end_as_no_ops(room: Room, payload: dict[str, Any]) -> None:
    body = {"type": "block_actions", "team": {"id": "T0"}, **payload}
    raw = urlencode({"payload": json.dumps(body)}).encode()
    parcel = Parcel(room.driver.webhook_url, raw, "application/x-www-form-urlencoded")
    if not isinstance(payload["actions"][0]["action_id"], str):
        assert action_notices(body)[0].payload["action"] == ""
        return
    await room.do(room.driver.carry, parcel)
    assert (await room.ended()).startswith("no-op")


def test_keys_tell_messages_and_events_apart() -> None:
    new = {"event_id": "Ev1", "event": {"type": "message", "channel": "C", "ts": "1.0"}}
    twin = {"event_id": "Ev2", "event": {**new["event"], "type": "app_mention"}}
    change = {"event_id": "Ev3", "event": {**new["event"], "subtype": "message_changed"}}
    keys = [event_notice(body).key for body in (new, twin, change)]
    assert keys == ["message:C:1.0", "message:C:1.0", "event:Ev3"]


def test_no_secret_and_no_words_are_logged(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")

    async def live() -> None:
        async with open_room(tmp_path) as room:
            case = await room.ask("Visitor's very own words")
            room.slack.fail_next(error="internal_error", on="chat.postMessage")
            await room.say(ADA, case, "Staff's very own words")
            await refused(room, replace(How.forged(), age=1))
            await room.quiet()

    asyncio.run(live())
    ours = [r for r in caplog.records if not r.name.startswith(("asyncio", "sanic", "aiohttp"))]
    shown = "\n".join(str(vars(record)) for record in ours)
    for secret in ("very own words", SECRET, "xoxb-docent"):
        assert secret not in shown
