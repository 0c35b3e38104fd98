"""Colleagues who ask Docent on Slack: what is heard as a question, and where the answer goes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from standins.slack import SlackStandin
from standins.slack_scopes import USUAL
from standins.slack_typing import wire_text

from bot.channels.payload import Delivery
from bot.channels.slack import LIMITS, Slack
from bot.channels.slack_answers import LONGEST, render
from bot.channels.slack_words import readable
from bot.config import Settings
from bot.desk.casework import Request
from bot.errors import ChannelBroken, Refused, SendFailed
from bot.limits import utf16_units
from bot.messages import (
    Attachment,
    Button,
    Choice,
    Edited,
    Event,
    Inbound,
    Outbound,
    Reacted,
    Reply,
)
from bot.outbox import lay
from bot.store import log
from bot.store.tables import conversations, desk_events, messages

from .contract import ChannelContract, Door, as_json
from .served import Served, serving
from .slack_room import ADA, BEN, DESK, SECRET, Room, open_room

FIXTURES = Path(__file__).parents[1] / "fixtures" / "slack"
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-docent",
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_DESK_CHANNEL": DESK,
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}
EVE, FRONT = "U0EVE", "C0FRONT"
_people = count(1)


def channel(**values: str) -> Slack:
    return Slack(Settings({**SETTINGS, **values}))


def parsed(body: bytes) -> list[Any]:
    return list(channel().parse(Delivery(body, {}, {})))


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def read(name: str) -> list[Any]:
    body = load(name)
    raw = as_json(body)
    if body["type"] == "block_actions":
        raw = urlencode({"payload": raw.decode()}).encode()
    return parsed(raw)


def event(kind: str, **content: Any) -> dict[str, Any]:
    bot = {"team_id": "T0DOCENT", "user_id": "U0DOCENT", "is_bot": True}
    return {
        "type": "event_callback",
        "team_id": "T0DOCENT",
        "api_app_id": "A0DOCENT",
        "event_id": f"Ev{next(_people)}",
        "authorizations": [bot],
        "event": {"type": kind, **content},
    }


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    base = b":".join([b"v0", stamp.encode(), body])
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed(body: bytes, age: float = 0, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time() - age))
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(body, stamp, secret),
    }


class SlackDoor(Door):
    """Slack's way to knock: one signed event a request, in the asker's direct messages."""

    path = "/webhooks/slack/webhook"

    def person(self) -> str:
        """Returns somebody of the museum's own workspace."""
        return f"slack:T0DOCENT:U{next(_people):06d}"

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns a direct message, in Slack's notation."""
        return as_json(
            self._told(conversation_id, self._written(conversation_id, text, message_id))
        )

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Signs a body, now."""
        return signed(body)

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns signatures that are none, and good ones of another time."""
        good, now = signed(body), str(int(time.time()))
        name = "X-Slack-Signature"
        digest = good[name].removeprefix("v0=")
        return {
            "missing": {},
            "no timestamp": {name: good[name]},
            "no signature": {"X-Slack-Request-Timestamp": now},
            "empty": {**good, name: ""},
            "stale": signed(body, 310),
            "future": signed(body, -310),
            "other secret": signed(body, 0, "other"),
            "no secret": signed(body, 0, ""),
            "other body": {**good, name: signature(body + b" ", now)},
            "other time": {**good, "X-Slack-Request-Timestamp": str(int(now) - 60)},
            "no number": {**good, "X-Slack-Request-Timestamp": "now"},
            "no prefix": {**good, name: digest},
            "other version": {**good, name: f"v1={digest}"},
            "cut short": {**good, name: good[name][:-1]},
            "upper case": {**good, name: f"v0={digest.upper()}"},
        }

    def edited(self, conversation_id: str, message_id: str, text: str | None) -> bytes | None:
        """Returns that a message was changed or deleted."""
        before = self._written(conversation_id, "as it was", message_id)
        hidden: dict[str, Any] = {"hidden": True, "previous_message": before}
        hidden["event_ts"] = hidden["ts"] = f"{int(time.time())}.000200"
        if text is None:
            hidden.update({"subtype": "message_deleted", "deleted_ts": before["ts"]})
        else:
            now = self._written(conversation_id, text, message_id)
            hidden.update({"subtype": "message_changed", "message": now})
        return as_json(self._told(conversation_id, {"type": "message", **hidden}))

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes | None:
        """Returns a file alone; Slack has no stickers, places or contacts of its own."""
        mimes = {"image": "image/png", "audio": "audio/mpeg", "voice": "audio/mp4"}
        mimes |= {"video": "video/mp4", "file": "application/pdf"}
        if kind not in mimes:
            return None
        file = {
            "id": "F1",
            "name": "a",
            "mimetype": mimes[kind],
            "size": 9,
            "url_private": "https://f",
        }
        clip = {"subtype": "slack_audio"} if kind == "voice" else {}
        message = self._written(conversation_id, "", message_id)
        message |= {"subtype": "file_share", "files": [{**file, **clip}]}
        return as_json(self._told(conversation_id, message))

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns what is none of a visitor's words."""
        message = self._written(conversation_id, "beep", "unknown")
        kinds = [
            {"subtype": name} for name in ("bot_message", "channel_join", "ekm_access_denied")
        ]
        kinds += [
            {"bot_id": "B1"},
            {"user": "USLACKBOT"},
            {"user": "U0DOCENT"},
            {"channel": FRONT, "channel_type": "channel"},
        ]
        told = [self._told(conversation_id, {**message, **kind}) for kind in kinds]
        others = [{"type": name} for name in ("team_join", "app_home_opened", "im_open")]
        told += [self._told(conversation_id, each) for each in others]
        return [as_json(each) for each in told] + [b'{"type": "app_rate_limited"}']

    def _written(self, conversation_id: str, text: str, message_id: str) -> dict[str, Any]:
        user = conversation_id.rpartition(":")[2]
        number = int(hashlib.sha256(message_id.encode()).hexdigest()[:8], 16)
        order = int(message_id.rpartition("-")[2]) if message_id[-1:].isdigit() else 0
        ts = f"{1767265200 + order}.{number % 1_000_000:06d}"
        return {"type": "message", "user": user, "ts": ts, "text": wire_text(text)}

    def _told(self, conversation_id: str, message: dict[str, Any]) -> dict[str, Any]:
        private = "D" + conversation_id.rpartition(":")[2][1:]
        return event(**{"channel": private, "channel_type": "im", **message}, kind=message["type"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("slack"), **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> SlackDoor:
    return SlackDoor(served)


class TestContract(ChannelContract):
    """Slack keeps the contract."""


# -- payloads ---------------------------------------------------------------------------------

PERSON = "T0DOCENT:U0EVE"


def at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), timezone.utc)


# What is asked in each payload: who, the words, and where the answer belongs.
ASKED: dict[str, tuple[str, str, dict[str, str]]] = {
    "visitor_english": (PERSON, "Is the museum open on Sunday?", {"channel": "D0EVE"}),
    "visitor_chinese": (PERSON, "周日开放吗？", {"channel": "D0EVE"}),
    "visitor_mixed": (PERSON, "我想book两张ticket 🎟️", {"channel": "D0EVE"}),
    "visitor_escapes": (
        PERSON,
        "Tickets < £5 & free? See the page (https://m.example/a?b=1&c=2), "
        "#front-desk, @U0BEN 👍🏽",
        {"channel": "D0EVE"},
    ),
    "visitor_in_dm_thread": (
        PERSON,
        "And on Monday?",
        {"channel": "D0EVE", "thread_ts": "1767265301.000100"},
    ),
    "visitor_mention": (
        PERSON,
        "几点关门？",
        {"channel": FRONT, "thread_ts": "1767265320.000100"},
    ),
    "visitor_mention_in_thread": (
        PERSON,
        "can school groups buy lunch here?",
        {"channel": FRONT, "thread_ts": "1767265319.000100"},
    ),
    "visitor_mention_mpim": (
        PERSON,
        "团体票 @Docent how much?",
        {"channel": "G0GROUP", "thread_ts": "1767265322.000100"},
    ),
    "visitor_of_other_team": ("T0OTHER:U0EXT", "Do you lend objects?", {"channel": "D0EVE"}),
    "direct_message": ("T0DOCENT:U0ADA", "几点关门？", {"channel": "D0ADA"}),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_read_with_the_place_of_its_answer(name: str) -> None:
    person, words, place = ASKED[name]
    [found] = read(name)
    assert isinstance(found, Inbound)
    assert (found.person_id, found.text, dict(found.place)) == (person, words, place)
    told = load(name)["event"]
    assert found.platform_id == f"{told['channel']}:{told['ts']}"
    assert found.sent_at == at(told["ts"])
    assert found.position == int(told["ts"].replace(".", ""))
    assert found.conversation_id == f"slack:{person}"


def test_a_mention_and_its_twin_are_one_message() -> None:
    assert read("visitor_mention") == read("visitor_mention_twin")


LATER: dict[str, list[Event]] = {
    "visitor_changed": [
        Edited(
            "slack",
            PERSON,
            "D0EVE:1767265301.000100",
            "Is the museum open on Monday?",
            at("1767265310.000000"),
        )
    ],
    "visitor_changed_by_unfurl": [],
    "visitor_deleted": [
        Edited("slack", PERSON, "D0EVE:1767265301.000100", None, at("1767265312.000100"))
    ],
    "visitor_reaction": [Reacted("slack", PERSON, "D0EVE:1767265313.000100", "👍")],
    "visitor_reaction_removed": [Reacted("slack", PERSON, "D0EVE:1767265313.000100", "")],
    "visitor_reaction_to_colleague": [],
}


@pytest.mark.parametrize("name", LATER)
def test_what_happens_to_a_message_later(name: str) -> None:
    assert read(name) == LATER[name]


NOBODYS = ["visitor_own_answer", "visitor_bot_message", "visitor_mpim_chatter"]
NOBODYS += ["visitor_channel_chatter", "unknown_event", "member_joined_channel", "slash_command"]


@pytest.mark.parametrize("name", NOBODYS)
def test_what_is_not_asked_is_no_question(name: str) -> None:
    if name == "slash_command":
        assert parsed(urlencode(load(name)).encode()) == []
    else:
        assert read(name) == []


DESKS = [path.stem for path in sorted(FIXTURES.glob("*.json")) if DESK in path.read_text("utf-8")]


@pytest.mark.parametrize("name", [name for name in DESKS if "command" not in load(name)])
def test_nothing_that_happens_at_the_desk_is_a_question(name: str) -> None:
    assert read(name) == []


FILES = {
    "visitor_image": Attachment(
        "image",
        url="https://files.slack.com/files-pri/T0DOCENT-F0000101/vase.jpg",
        id="F0000101",
        name="vase.jpg",
        mime="image/jpeg",
        size=48211,
    ),
    "visitor_voice": Attachment(
        "voice",
        url="https://files.slack.com/files-tmb/T0DOCENT-F0000102/audio.mp4",
        id="F0000102",
        name="audio_message.m4a",
        mime="audio/mp4",
        size=30111,
        seconds=4.2,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_noted_and_not_fetched(name: str) -> None:
    [found] = read(name)
    assert (found.text, found.attachments) == ("", (FILES[name],))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("visitor_press", {"channel": "D0EVE"}),
        ("visitor_press_in_thread", {"channel": FRONT, "thread_ts": "1767265320.000100"}),
    ],
)
def test_a_press_is_a_choice_with_its_label(name: str, place: dict[str, str]) -> None:
    [found], [again] = read(name), read(name)
    assert (found.text, found.choice) == ("Opening hours", "aB3dE5gH7jK9mN1p")
    assert (found.person_id, dict(found.place)) == (PERSON, place)
    assert found.platform_id == again.platform_id
    assert len(found.platform_id) <= 200


def test_two_presses_of_one_button_are_two() -> None:
    first, second = load("visitor_press"), load("visitor_press")
    second["actions"][0]["action_ts"] = "1767265339.000100"
    ids = [
        parsed(urlencode({"payload": json.dumps(each)}).encode())[0].platform_id
        for each in (first, second)
    ]
    assert len(set(ids)) == 2


def test_a_choice_pressed_at_the_desk_is_nothing() -> None:
    body = load("visitor_press")
    body["channel"]["id"] = body["container"]["channel_id"] = DESK
    assert parsed(urlencode({"payload": json.dumps(body)}).encode()) == []


WORDS = [
    ("Tickets &lt; £5 &amp; &gt; 3", "Tickets < £5 & > 3"),
    ("票价 &amp;amp; 时间", "票价 &amp; 时间"),
    ("我想book :ticket::ticket: 两张", "我想book 🎫🎫 两张"),
    ("see <https://m.example/a?b=1&amp;c=2>", "see https://m.example/a?b=1&c=2"),
    ("看<https://m.example|官网>", "看官网 (https://m.example)"),
    ("<https://m.example|m.example>", "https://m.example"),
    ("write to <mailto:a@m.example|a@m.example>", "write to a@m.example"),
    ("call <tel:+442000000000|020 0000 0000>", "call 020 0000 0000 (+442000000000)"),
    ("问<@U0BEN|Ben> or <@U0ADA>", "问@Ben or @U0ADA"),
    ("in <#C0FRONT|front-desk> 或 <#C0BACK>", "in #front-desk 或 #C0BACK"),
    ("<!here> <!subteam^S0DESK|@desk> <!subteam^S0DESK>", "@here @desk @S0DESK"),
    ("<!date^1767265200^{date}|1 January>", "1 January"),
    ("at 10:30:15, a:ticket:b, :nope: 12:00", "at 10:30:15, a:ticket:b, :nope: 12:00"),
    (":wave::skin-tone-2: 您好", "👋🏻 您好"),
    ("*bold* _snake_case_ `code` ~还有~", "*bold* _snake_case_ `code` ~还有~"),
    ("<@U0DOCENT> 几点关门？", "几点关门？"),
    ("<@U0DOCENT|docent>, when?", "when?"),
    ("  <@U0DOCENT>：票 price?", "票 price?"),
    ("ask <@U0DOCENT> 吧", "ask @Docent 吧"),
    ("<@U0DOCENTX> hi", "@U0DOCENTX hi"),
    ("<" * 5000, "<" * 5000),
]


@pytest.mark.parametrize(("wired", "plain"), WORDS, ids=lambda text: text[:20])
def test_slacks_notation_becomes_what_was_typed(wired: str, plain: str) -> None:
    assert readable(wired, "U0DOCENT") == plain


# -- bodies that mean harm --------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = ["type", "subtype", "user", "ts", "text", "channel", "channel_type", "thread_ts", "team"]
KEYS += [
    "files",
    "message",
    "previous_message",
    "item",
    "reaction",
    "bot_id",
    "deleted_ts",
    "event_ts",
]
KINDS = ["message", "app_mention", "reaction_added", "message_changed", "message_deleted"]
SENSE = st.sampled_from(
    [*KINDS, "D1", FRONT, DESK, EVE, "1.1", "T1", "<@U0DOCENT> 你好 hi", "file_share"]
)
SHAPES = st.recursive(
    SENSE | JUNK,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=9),
    max_leaves=20,
)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(st.dictionaries(st.sampled_from(KEYS), SHAPES, max_size=12), JUNK)
def test_no_event_breaks_the_reading(content: dict[str, Any], junk: Any) -> None:
    for body in (
        {**event("message"), "event": content},
        {**event("message"), "event": content, "authorizations": junk, "team_id": junk},
        {
            "type": "block_actions",
            "actions": [content],
            "user": content,
            "channel": content,
            "container": junk,
        },
    ):
        try:
            found = parsed(json.dumps(body).encode())
        except Refused:
            continue
        assert all(each.channel == "slack" and each.person_id for each in found)
        assert all(len(getattr(each, "platform_id", "")) <= 200 for each in found)


@FUZZ
@given(st.dictionaries(st.sampled_from(KEYS), SHAPES, max_size=12), JUNK)
def test_no_signed_body_is_answered_with_a_failure(
    door: SlackDoor, content: dict[str, Any], junk: Any
) -> None:
    actions = {"type": "block_actions", "actions": [content], "user": junk, "channel": content}
    bodies = [
        json.dumps({**event("message"), "event": content, "authorizations": junk}).encode(),
        urlencode(
            {"payload": json.dumps({**actions, "team": junk, "container": content})}
        ).encode(),
    ]
    for body in bodies:
        assert door.knock(body, signed(body)).status_code < 500, body


# -- the desk and the visitors in one app -----------------------------------------------------


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        opened.slack.add_user(EVE, "Eve Lin", join=False)
        opened.slack.add_channel(FRONT, "front-desk", members={EVE, ADA, BEN, "U0DOCENT"})
        yield opened


def asked(room: Room) -> list[Any]:
    return [row for row in room.rows(messages) if row.direction == "in"]


async def answer(room: Room, text: str, *buttons: str) -> Any:
    """Lays the bot's answer to the newest question, and waits until it has left."""
    row = asked(room)[-1]
    reply = Reply(text, tuple(Button(label, f"means {label}") for label in buttons))
    more = {"author": "bot", "language": row.language, "in_reply_to": row.seq}
    laid = room.database.now(lay, row.conversation_id, "slack", reply, LIMITS, **more)
    room.host.wake()
    left = ("sent", "dead")
    return await room.until(
        lambda: (r := room.database.now(log.message, laid[-1])).state in left and r
    )


@pytest.mark.parametrize("text", ["When do you close?", "几点关门？", "我想book两张ticket"])
async def test_a_direct_message_is_answered_where_it_was_written(room: Room, text: str) -> None:
    await room.do(room.driver.dm, EVE, text)
    [row] = asked(room)
    assert (row.conversation_id, row.text) == ("slack:T0DOCENT:U0EVE", text)
    sent = await answer(room, "At 17:30 <today> & tomorrow. 下午五点半。")
    [_, said] = room.slack.messages("D0EVE")
    assert said["text"] == "At 17:30 &lt;today&gt; &amp; tomorrow. 下午五点半。"
    assert "thread_ts" not in said
    assert sent.platform_id == f"D0EVE:{said['ts']}"
    call = room.slack.calls("chat.postMessage")[-1].body or {}
    assert (call["mrkdwn"], call["unfurl_links"], call["unfurl_media"]) == (False, False, False)
    assert room.rows(desk_events) == []


async def test_a_mention_is_answered_in_its_thread_and_counts_once(room: Room) -> None:
    await asyncio.to_thread(room.driver.mention, EVE, FRONT, "几点关门 today?")
    [row] = asked(room)
    await answer(room, "At 17:30.")
    root = row.platform_id.partition(":")[2]
    assert [m["text"] for m in room.slack.thread(FRONT, root)] == ["At 17:30."]
    assert room.rows(desk_events) == []


async def test_a_mention_in_a_thread_of_others_is_answered_there(room: Room) -> None:
    said = await room.do(room.driver.say, ADA, FRONT, "lunch?")
    await asyncio.to_thread(room.driver.mention, EVE, FRONT, "二楼 café open?", said.ts)
    await answer(room, "Until 17:00.")
    assert [m["text"] for m in room.slack.thread(FRONT, said.ts)][-1] == "Until 17:00."
    assert [row.text for row in asked(room)] == ["二楼 café open?"]


async def test_a_group_message_is_heard_only_when_we_are_called(room: Room) -> None:
    members = {EVE, ADA, "U0DOCENT"}
    room.slack.add_channel("G0GROUP", "group", members=members, is_private=True, is_mpim=True)
    await room.do(room.driver.say, EVE, "G0GROUP", "lunch 吗?")
    await asyncio.to_thread(room.driver.mention, EVE, "G0GROUP", "票 price?")
    assert [row.text for row in asked(room)] == ["票 price?"]


async def test_what_people_say_elsewhere_is_not_kept(room: Room) -> None:
    said = await room.do(room.driver.say, EVE, FRONT, "谁有 the key?")
    await room.do(room.driver.say, ADA, FRONT, "me", said.ts)
    await room.do(room.driver.edit, EVE, FRONT, said.ts, "found it")
    await room.do(room.driver.react, ADA, "eyes", FRONT, said.ts)
    await room.do(room.driver.bot_says, FRONT, "beep")
    assert (asked(room), room.rows(desk_events)) == ([], [])


async def test_nothing_at_the_desk_reaches_the_inbox(room: Room) -> None:
    case = await room.ask()
    said = await room.do(room.driver.say, ADA, DESK, "Is it open 周日?")
    await asyncio.to_thread(room.driver.mention, ADA, DESK, "is it free?")
    await asyncio.to_thread(room.driver.mention, ADA, DESK, "退款 policy?", case.slack_ts)
    await room.say(ADA, case, "// a note")
    await room.do(room.driver.edit, ADA, DESK, said.ts, "<@U0DOCENT> now?")
    await room.do(room.driver.share_file, ADA, DESK, "map.pdf", "地图", case.slack_ts)
    await room.quiet()
    assert [row.conversation_id for row in asked(room)] == ["messenger:7"]
    assert not any(row.id.startswith("slack:") for row in room.rows(conversations))


async def test_a_desk_that_moved_is_still_no_place_for_questions(tmp_path: Path) -> None:
    async with open_room(tmp_path) as before:
        old = await before.ask()
    values = {"SLACK_DESK_CHANNEL": "C0NEWDESK"}
    async with open_room(tmp_path, values=values) as after:
        after.slack.add_channel(DESK)
        with after.slack.changing() as workspace:
            root = {"type": "message", "ts": old.slack_ts, "user": "U0DOCENT", "text": "the card"}
            workspace.channels[DESK].messages[old.slack_ts] = root
        await asyncio.to_thread(after.driver.mention, ADA, DESK, "还在吗 hello?", old.slack_ts)
        await after.until(lambda: [row.state for row in after.rows(desk_events)] == ["done"])
        assert [row.conversation_id for row in asked(after)] == ["messenger:7"]
        assert [row.kind for row in after.rows(desk_events)] == ["message"]


async def test_staff_are_visitors_where_they_ask_for_themselves(room: Room) -> None:
    await room.do(room.driver.dm, ADA, "Where is the 青花 vase?")
    [row] = asked(room)
    assert row.conversation_id == f"slack:T0DOCENT:{ADA}"
    assert row.author == "visitor"


async def test_guests_and_other_workspaces_are_visitors_too(room: Room) -> None:
    room.slack.add_user("U0GUEST", "Gil Guest", join=False, is_ultra_restricted=True)
    room.slack.add_user("U0EXT", "Xia Ext", join=False, team_id="T0OTHER", is_stranger=True)
    await room.do(room.driver.dm, "U0GUEST", "open?")
    await room.do(room.driver.dm, "U0EXT", "开门吗？")
    people = [row.conversation_id for row in asked(room)]
    assert people == ["slack:T0DOCENT:U0GUEST", "slack:T0OTHER:U0EXT"]


async def test_the_visitors_name_is_found_out_afterwards(room: Room) -> None:
    room.slack.hang_next(0.5, on="users.info")
    got = await room.do(room.driver.dm, EVE, "几点关门？")
    assert got.seconds < 0.4

    def names() -> list[str]:
        return [row.name for row in room.rows(conversations) if row.name]

    assert await room.until(names) == ["Eve"]
    await room.do(room.driver.dm, EVE, "and 周日?")
    assert len(room.slack.calls("users.info")) == 1


async def test_a_name_that_slack_cannot_say_is_asked_for_again(room: Room) -> None:
    room.slack.fail_next(error="internal_error", on="users.info")
    await room.do(room.driver.dm, EVE, "hello 您好")
    await room.until(lambda: len(room.slack.calls("users.info")) == 1)
    await asyncio.sleep(0.1)
    await room.do(room.driver.dm, EVE, "again 再问")
    await room.until(lambda: any(row.name == "Eve" for row in room.rows(conversations)))


# -- resends, edits, reactions, buttons -------------------------------------------------------


async def test_a_question_is_written_before_slack_hears_of_it(room: Room) -> None:
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE messages RENAME TO gone"))
    got = await asyncio.to_thread(room.driver.dm, EVE, "几点 close?")
    assert (got.status, got.headers["retry-after"]) == (503, "5")
    room.database.now(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO messages"))
    for number in (1, 2, 3):
        await room.do(room.driver.retry, number)
    assert [row.text for row in asked(room)] == ["几点 close?"]


async def test_edits_and_deletions_are_versions(room: Room) -> None:
    said = await room.do(room.driver.dm, EVE, "open 周日?")
    await room.do(room.driver.edit, EVE, "D0EVE", said.ts, "open & free 周一?")
    await room.do(room.driver.delete, "D0EVE", said.ts)
    [row] = asked(room)
    assert row.text == "open 周日?"
    assert [version["text"] for version in row.versions] == ["open & free 周一?", None]


async def test_an_edited_mention_is_a_version(room: Room) -> None:
    told = await asyncio.to_thread(room.driver.mention, EVE, FRONT, "票价?")
    await room.do(room.driver.edit, EVE, FRONT, told[0].ts, "<@U0DOCENT> ticket price 呢?")
    [row] = asked(room)
    assert [version["text"] for version in row.versions] == ["ticket price 呢?"]


async def test_a_reaction_to_an_answer_is_noted(room: Room) -> None:
    await room.do(room.driver.dm, EVE, "open?")
    sent = await answer(room, "Yes. 开。")
    ts = sent.platform_id.partition(":")[2]
    await room.do(room.driver.react, EVE, "+1::skin-tone-3", "D0EVE", ts)
    assert room.database.now(log.message, sent.seq).payload["reaction"] == "👍🏼"
    await room.do(room.driver.unreact, EVE, "+1::skin-tone-3", "D0EVE", ts)
    assert room.database.now(log.message, sent.seq).payload["reaction"] == ""


async def test_a_button_comes_back_as_its_choice(room: Room) -> None:
    await asyncio.to_thread(room.driver.mention, EVE, FRONT, "hello 您好")
    sent = await answer(room, "What about? 想问什么？", "Opening hours", "门票 tickets")
    ts = sent.platform_id.partition(":")[2]
    room.slack.hang_next(30, n=5)
    got = await room.do(room.driver.press, EVE, FRONT, ts, "门票 tickets")
    room.slack.clear_faults()
    assert got.seconds < 1
    pressed = asked(room)[-1]
    ident = pressed.payload["choice"]
    assert pressed.text == "门票 tickets"
    meant = room.database.now(log.choice, pressed.conversation_id, ident)
    assert meant.value == "means 门票 tickets"
    await answer(room, "£5")
    root = asked(room)[0].platform_id.partition(":")[2]
    assert [m["text"] for m in room.slack.thread(FRONT, root)][-1] == "£5"


async def test_a_button_pressed_by_another_is_their_own_conversation(room: Room) -> None:
    await asyncio.to_thread(room.driver.mention, EVE, FRONT, "hello 您好")
    sent = await answer(room, "What about?", "Opening hours 开放时间")
    ts = sent.platform_id.partition(":")[2]
    await room.do(room.driver.press, BEN, FRONT, ts, "Opening hours 开放时间")
    pressed = asked(room)[-1]
    assert pressed.conversation_id == f"slack:T0DOCENT:{BEN}"
    ident = pressed.payload["choice"]
    assert room.database.now(log.choice, pressed.conversation_id, ident) is None
    assert room.database.now(log.choice, asked(room)[0].conversation_id, ident) is not None


# -- cases of visitors on Slack itself --------------------------------------------------------


async def opened(room: Room) -> Any:
    """Opens a case for the newest question."""
    row, want = asked(room)[-1], Request("speak_to_human")
    case = room.database.now(room.host.casework.open_case, row, "en", want)
    room.database.now(log.change_message, row.seq, state="answered")
    room.host.wake()
    return await room.until(lambda: room.case(case.id).slack_ts and room.case(case.id))


async def test_a_case_from_a_direct_message_is_answered_there(room: Room) -> None:
    await room.do(room.driver.dm, EVE, "I need 人工 help")
    await room.until(lambda: any(row.name == "Eve" for row in room.rows(conversations)))
    case = await opened(room)
    root = str(room.slack.message(DESK, case.slack_ts))
    assert "Slack" in root
    assert "Eve" in root
    await room.claimed(case)
    await room.say(ADA, case, "Come to the desk. 请到服务台。")
    await room.until(lambda: "Come to the desk. 请到服务台。" in str(room.slack.messages("D0EVE")))
    assert "Come to the desk" not in str(room.slack.messages(FRONT))
    await room.until(lambda: "white_check_mark" in str(room.slack.thread(DESK, case.slack_ts)))


async def test_a_case_from_a_mention_is_answered_in_its_thread(room: Room) -> None:
    told = await asyncio.to_thread(room.driver.mention, EVE, FRONT, "找人 please")
    case = await opened(room)
    await room.claimed(case)
    await room.say(ADA, case, "On my way 马上来")

    def heard() -> list[str]:
        return [m["text"] for m in room.slack.thread(FRONT, told[0].ts)]

    await room.until(lambda: "On my way 马上来" in heard())
    assert room.slack.orphans(FRONT) == []


async def test_what_the_asker_writes_on_goes_to_the_case(room: Room) -> None:
    await room.do(room.driver.dm, EVE, "help 帮忙")
    case = await opened(room)
    await room.do(room.driver.dm, EVE, "still here 还在")
    row = asked(room)[-1]
    room.database.now(room.host.casework.relay, row)
    room.host.wake()
    await room.until(lambda: "still here 还在" in room.thread(case))


# -- out --------------------------------------------------------------------------------------

PLACE = {"channel": "D0EVE"}


def out(text: str, *labels: str, place: dict[str, str] | None = None) -> Outbound:
    choices = tuple(Choice(f"id{n}", label) for n, label in enumerate(labels))
    return Outbound(text, choices, place=PLACE if place is None else place)


@pytest.mark.parametrize(
    "text",
    [
        "Open <10:00> & *free* _today_",
        "票价 & 时间 <@U0BEN> <!here>",
        "两张ticket: https://m.example/a?b=1&c=2.",
    ],
)
def test_what_is_said_holds_no_markup(text: str) -> None:
    sent = render(PERSON, out(text, "One", "二 two"))
    assert readable(sent["text"]) == text
    assert not set("<>") & set(sent["text"])
    [words, buttons] = sent["blocks"]
    shown = words["elements"][0]["elements"]
    assert "".join(piece.get("text") or piece["url"] for piece in shown) == text
    assert {piece["type"] for piece in shown} <= {"text", "link"}
    assert [b["action_id"] for b in buttons["elements"]] == ["choice:id0", "choice:id1"]


LONG = ["x" * 4000, "馆" * 4000, "🎟" * 2000, "& < > 票" * 571, "&" * 4000]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:4])
def test_no_text_is_longer_than_slack_takes_and_nothing_is_lost(text: str) -> None:
    assert utf16_units(text) <= LIMITS.length
    sent = render(PERSON, out(text))
    assert utf16_units(sent["text"]) <= LONGEST
    shown = "".join(
        piece["text"]
        for block in sent.get("blocks", [])
        for piece in block["elements"][0]["elements"]
    )
    assert text in (readable(sent["text"]), shown)


def test_slacks_own_models_take_our_blocks() -> None:
    labels = ["门票 & <tickets>", "x" * LIMITS.label, "🎟" * (LIMITS.label // 2), "d", "e"]
    blocks = render(PERSON, out("Which? 哪个？ https://m.example", *labels))["blocks"]
    known = Block.parse_all(blocks)
    assert [block.to_dict() for block in known] == blocks
    assert len(blocks) <= 50


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        standin.add_user(EVE, "Eve Lin")
        standin.add_channel(FRONT, "front-desk")
        with standin.changing() as workspace:
            workspace.open_im(EVE)
        yield standin


def speaking(slack: SlackStandin, **values: str) -> Slack:
    return channel(SLACK_API_URL=slack.api_url, **values)


async def test_the_longest_text_with_all_buttons_is_taken(slack: SlackStandin) -> None:
    for text in ("&" * 3000, "馆" * 3000, "票 https://m.example/ <& " * 130):
        named = await speaking(slack).send(PERSON, out(text, *"abcde"))
        ts = str(named).partition(":")[2]
        assert len(slack.message("D0EVE", ts)["blocks"][1]["elements"]) == 5
    assert slack.refused == []


async def test_without_a_place_the_visitor_is_written_to_in_private(slack: SlackStandin) -> None:
    named = await speaking(slack).send(PERSON, out("您好 hello", place={}))
    assert str(named).startswith("D0EVE:")


async def test_threads_and_channels_do_not_share_their_ids(slack: SlackStandin) -> None:
    ts = slack.workspace.next_ts()
    named = await speaking(slack).send(
        PERSON, out("hi", place={"channel": FRONT, "thread_ts": ts})
    )
    assert str(named).startswith(f"{FRONT}:")


# Slack's word -> retryable, broken, maybe delivered, a part of the next step.
REFUSALS = {
    "channel_not_found": (False, False, False, "gone"),
    "not_in_channel": (False, False, False, "Invite the app"),
    "is_archived": (False, False, False, "archived"),
    "user_disabled": (False, False, False, "deactivated"),
    "restricted_action": (False, False, False, "admin"),
    "messages_tab_disabled": (False, False, False, "manifest"),
    "account_inactive": (True, True, False, "SLACK_BOT_TOKEN"),
    "token_revoked": (True, True, False, "SLACK_BOT_TOKEN"),
    "invalid_auth": (True, True, False, "SLACK_BOT_TOKEN"),
    "missing_scope": (True, True, False, "manifest"),
    "internal_error": (True, False, True, ""),
    "fatal_error": (True, False, True, ""),
    "service_unavailable": (True, False, True, ""),
    "msg_too_long": (False, False, False, "report"),
    "a_word_of_tomorrow": (False, False, False, "report"),
}


@pytest.mark.parametrize("code", REFUSALS)
async def test_what_slack_refuses_is_understood(slack: SlackStandin, code: str) -> None:
    slack.fail_next(error=code)
    with pytest.raises(SendFailed) as caught:
        await speaking(slack).send(PERSON, out("Very own words 私密"))
    failed, (retryable, broken, maybe, step) = caught.value, REFUSALS[code]
    assert (failed.retryable, failed.broken, failed.maybe_delivered) == (retryable, broken, maybe)
    assert step in failed.next_step
    assert code in failed.reason
    assert "xoxb" not in str(vars(failed))
    assert "Very own" not in str(vars(failed))
    assert "SLACK_DESK_CHANNEL" not in failed.next_step


async def test_slack_says_how_long_to_wait(slack: SlackStandin) -> None:
    slack.rate_limit_next(retry_after=7)
    with pytest.raises(SendFailed) as caught:
        await speaking(slack).send(PERSON, out("hello 您好"))
    assert (caught.value.retryable, caught.value.retry_after) == (True, 7)
    assert not caught.value.maybe_delivered


async def test_a_lost_answer_may_have_been_delivered(slack: SlackStandin) -> None:
    slack.accept_then_drop()
    with pytest.raises(SendFailed) as caught:
        await speaking(slack).send(PERSON, out("hello 您好"))
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, True)
    slack.fail_next(status=503)
    with pytest.raises(SendFailed) as caught:
        await speaking(slack).send(PERSON, out("hello 您好"))
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, True)


@pytest.mark.parametrize("text", ["We are open.", "我们开放。", "两张ticket 🎟️"])
async def test_what_may_have_been_posted_is_looked_for_first(
    slack: SlackStandin, text: str
) -> None:
    sender, began = speaking(slack), datetime.now(timezone.utc)
    first = await sender.send(PERSON, replace(out(text), row=41))
    again = replace(out(text), row=41, again_since=began)
    assert await sender.send(PERSON, again) == first
    other = await sender.send(PERSON, replace(again, row=42))
    assert other not in (None, first)
    assert len(slack.calls("chat.postMessage")) == 2


async def test_a_slack_that_is_away_was_certainly_not_reached() -> None:
    with pytest.raises(SendFailed) as caught:
        await channel().send(PERSON, out("hello 您好"))
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)


async def test_visitors_do_not_wait_for_the_desk(room: Room) -> None:
    room.slack.rate_limit_next(retry_after=30, on="chat.postMessage")
    row = room.database.now(log.message, room._heard("help", "Li Wei", "7"))
    room.database.now(room.host.casework.open_case, row, "en", Request("speak_to_human"))
    room.host.wake()
    await room.until(lambda: room.slack.refused)
    await room.do(room.driver.dm, EVE, "open 周日?")
    assert (await answer(room, "Yes. 开。")).state == "sent"


# -- who are we -------------------------------------------------------------------------------


async def test_check_says_who_we_are_and_where_the_desk_is(slack: SlackStandin) -> None:
    assert await speaking(slack).check() == "bot @docent in Museum, desk #museum-desk"


BROKEN_DESKS: dict[str, tuple[dict[str, Any], str]] = {
    "shared with others": ({"is_ext_shared": True}, "Slack Connect"),
    "archived": ({"is_archived": True}, "archived"),
    "without the app": ({"members": {ADA}}, "not in the desk's channel #desk"),
    "private and without the app": ({"members": {ADA}, "is_private": True}, "channel_not_found"),
    "a group message": ({"is_mpim": True}, "direct message"),
}


@pytest.mark.parametrize("name", BROKEN_DESKS)
async def test_a_channel_that_may_not_be_the_desk(slack: SlackStandin, name: str) -> None:
    more, words = BROKEN_DESKS[name]
    slack.add_channel("C0OTHER", "desk", **more)
    with pytest.raises(ChannelBroken) as caught:
        await speaking(slack, SLACK_DESK_CHANNEL="C0OTHER").check()
    assert words in caught.value.reason
    assert caught.value.remedy


async def test_a_desk_that_is_nowhere(slack: SlackStandin) -> None:
    with pytest.raises(ChannelBroken, match="SLACK_DESK_CHANNEL"):
        await speaking(slack, SLACK_DESK_CHANNEL="C0NOWHERE").check()


@pytest.mark.parametrize(
    "scope", ["chat:write", "im:history", "app_mentions:read", "channels:read"]
)
async def test_a_missing_scope_is_named(scope: str) -> None:
    with SlackStandin(scopes=USUAL - {scope}) as slack, pytest.raises(ChannelBroken) as caught:
        await speaking(slack).check()
    assert scope in caught.value.reason
    assert "docs/slack_app_manifest.yml" in caught.value.remedy


async def test_scopes_that_slack_does_not_tell_are_not_missed() -> None:
    with SlackStandin() as slack:
        slack.tells_scopes = False
        assert await speaking(slack).check()
        slack.scopes = frozenset()
        with pytest.raises(ChannelBroken, match="missing_scope"):
            await speaking(slack).check()


async def test_a_dead_token_is_broken_and_a_bad_moment_is_not(slack: SlackStandin) -> None:
    slack.fail_next(error="internal_error")
    with pytest.raises(SendFailed):
        await speaking(slack).check()
    slack.rate_limit_next()
    with pytest.raises(SendFailed):
        await speaking(slack).check()
    slack.revoke_token()
    with pytest.raises(ChannelBroken, match="SLACK_BOT_TOKEN") as caught:
        await speaking(slack).check()
    assert "xoxb" not in str(caught.value)


async def test_a_token_that_dies_shows_on_the_channels_health(room: Room) -> None:
    await room.do(room.driver.dm, EVE, "open 周日?")
    room.slack.revoke_token()
    row = asked(room)[-1]
    reply, more = Reply("Yes. 开。"), {"author": "bot", "language": "en", "in_reply_to": row.seq}
    room.database.now(lay, row.conversation_id, "slack", reply, LIMITS, **more)
    room.host.wake()
    await room.until(lambda: not room.host.health.details()["slack"]["ok"])
    assert "SLACK_BOT_TOKEN" in room.host.health.details()["slack"]["reason"]


def test_an_unsigned_body_is_refused_where_there_is_no_secret() -> None:
    body = as_json(load("visitor_english"))
    deaf = channel(SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN="xapp-docent")
    for headers in ({}, signed(body, 0, ""), signed(body, 0, SECRET)):
        lowered = {name.lower(): value for name, value in headers.items()}
        with pytest.raises(Refused) as caught:
            deaf.verify(Delivery(body, lowered, {}))
        assert caught.value.status == 403


# -- other people's payloads ------------------------------------------------------------------


def theirs() -> list[tuple[str, bytes]]:
    from standins.reference import load as load_json
    from standins.reference import reference

    folder = reference("slack", "fixtures")
    found = []
    for path in sorted((folder / "java-slack-sdk").rglob("*.json")):
        raw = json.dumps(load_json(path)).encode()
        if "events" in path.parts:
            found.append((path.name, raw))
        elif "app-backend" in path.parts:
            found.append((path.name, urlencode({"payload": raw.decode()}).encode()))
    return found


def test_other_peoples_payloads_are_never_answered_with_a_failure(door: SlackDoor) -> None:
    bodies = theirs()
    answers = {name: door.knock(body, signed(body)).status_code for name, body in bodies}
    assert len(answers) > 60
    assert {name: status for name, status in answers.items() if status >= 400} == {}
