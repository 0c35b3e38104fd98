"""Messenger: whole batches in, signed bodies only; and out, each of Graph's answers understood."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.graph import GraphStandin, attachment

from bot.channels.messenger import Messenger
from bot.channels.meta import DEFAULT_VERSION
from bot.channels.payload import Delivery
from bot.config import Settings
from bot.errors import BadSignature, Refused, SendFailed
from bot.messages import Choice, Edited, Event, Outbound, Reacted, Receipt
from bot.windows import BY_PERSON, OPEN

from .contract import ChannelContract, Door, as_json
from .send_contract import FINAL, LIMITED, PASSING, REVOKED, SHORT, Post, SendContract
from .served import Served, serving

SECRET, TOKEN, VERIFY = "app-secret", "PAGE-TOKEN-0123456789", "a word of ours"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "messenger"
SETTINGS = {
    "MESSENGER_APP_SECRET": SECRET,
    "MESSENGER_PAGE_TOKEN": TOKEN,
    "MESSENGER_VERIFY_TOKEN": VERIFY,
    "MESSENGER_API_URL": "http://127.0.0.1:9",
}
_people = count(1000)


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def event(sender: str, **content: Any) -> dict[str, Any]:
    return {"sender": {"id": sender}, "timestamp": 1767265201000, **content}


def page(*events: Any) -> bytes:
    return as_json({"object": "page", "entry": [{"id": "1", "messaging": list(events)}]})


class MessengerDoor(Door):
    """Meta's way to knock."""

    path = "/webhooks/messenger/webhook"

    def person(self) -> str:
        """Returns a new page-scoped id."""
        return f"messenger:{next(_people)}"

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns a batch of one message; ids are Meta's own, and so unlike for all people."""
        return page(self._event(conversation_id, text, message_id))

    def batch(self, messages: list[tuple[str, str, str]]) -> bytes:
        """Returns all of them in two entries, as Meta bundles them."""
        events = [self._event(*message) for message in messages]
        noise = event("1", delivery={"watermark": 1})
        half = len(events) // 2
        entries = [events[:half], [noise, None, *events[half:]]]
        return as_json({"object": "page", "entry": [{"messaging": each} for each in entries]})

    def edited(self, conversation_id: str, message_id: str, text: str | None) -> bytes:
        """Returns an edit, or that a message was taken back."""
        sender = conversation_id.partition(":")[2]
        mid = f"{sender}.{message_id}"
        if text is None:
            return page(event(sender, message={"mid": mid, "is_deleted": True}))
        return page(event(sender, message_edit={"mid": mid, "text": text, "num_edit": 1}))

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes | None:
        """Returns media or a place; Meta does not tell a recording from another sound."""
        sender = conversation_id.partition(":")[2]
        if kind in ("audio", "contact"):
            return None
        sent = kind if kind in ("image", "video", "file", "location", "sticker") else "audio"
        return page(attachment(sender, sent, f"{sender}.{message_id}"))  # type: ignore[arg-type]

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns what Meta sends beside messages, and what it may send one day."""
        sender = conversation_id.partition(":")[2]
        kinds = ("optin", "referral", "account_linking", "game_play", "pass_thread_control", "x")
        events = [event(sender, **{kind: {"ref": "海报 poster"}}) for kind in kinds]
        echo = event(sender, message={"mid": "m", "text": "ours", "is_echo": True})
        return [*(page(each) for each in [*events, echo]), page(), as_json({"entry": []})]

    def _event(self, conversation_id: str, text: str, message_id: str) -> dict[str, Any]:
        sender = conversation_id.partition(":")[2]
        return event(sender, message={"mid": f"{sender}.{message_id}", "text": text})

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Signs a body."""
        return {"X-Hub-Signature-256": signed(body)}

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns signatures that are none."""
        good, name = signed(body), "X-Hub-Signature-256"
        sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
        return {
            "missing": {},
            "empty": {name: ""},
            "other secret": {name: signed(body, "other")},
            "no secret": {name: signed(body, "")},
            "other body": {name: signed(body + b" ")},
            "no prefix": {name: good.removeprefix("sha256=")},
            "cut short": {name: good[:-1]},
            "longer": {name: good + "0"},
            "upper case": {name: good.upper()},
            "sha1 under its name": {name: f"sha1={sha1}"},
            "the old header": {"X-Hub-Signature": f"sha1={sha1}"},
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("messenger"), **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> MessengerDoor:
    return MessengerDoor(served)


def channel(**values: str) -> Messenger:
    return Messenger(Settings({**SETTINGS, **values}))


def parsed(body: bytes) -> list[Any]:
    return channel().parse(Delivery(body, {}, {}))


class TestContract(ChannelContract):
    """Messenger keeps the contract."""


# -- the handshake ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}, 200, "42"),
        ({"hub.mode": "subscribe", "hub.verify_token": "错", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "subscribe", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "unsubscribe", "hub.verify_token": VERIFY, "hub.challenge": "1"}, 403, None),
        ({"hub.verify_token": VERIFY, "hub.challenge": "42"}, 403, None),
        ({}, 403, None),
    ],
)
def test_handshake(served: Served, query: dict[str, str], status: int, words: str | None) -> None:
    with served.client() as client:
        answer = client.get(MessengerDoor.path, params=query)
    assert answer.status_code == status
    assert words is None or answer.text == words
    assert answer.headers["content-type"].startswith("text/plain" if words else "application/json")


@pytest.mark.parametrize("raw", [b"sha256=\xff", "sha256=é签".encode(), b"sha256=\x80" * 9])
def test_a_signature_of_strange_bytes_is_refused(door: MessengerDoor, raw: bytes) -> None:
    with door.served.client() as client:
        headers = {b"X-Hub-Signature-256": raw}
        answer = client.post(door.path, content=page(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403


# -- payloads ---------------------------------------------------------------------------------

NOON = datetime(2026, 1, 1, 11, 0, tzinfo=timezone.utc)


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


# What each captured payload means: the people and texts (and button) in it, in order.
MEANINGS: dict[str, list[tuple[str, str, str | None]]] = {
    "text_english": [("24680001", "Is the museum open on Sunday morning?", None)],
    "text_mixed": [("24680002", "我想book两张ticket，Blue Badge停车可以吗？", None)],
    "wrong_types": [("24680001", "the one good event", None)],
    "nested_absurdly": [("24680001", "still readable", None)],
    "text_looks_like_a_command": [("24680001", '/restart /goodbye{"a": "b"}', None)],
    "quick_reply": [("24680001", "Opening hours", "/opening_hours")],
    "postback_without_mid": [("24680001", "Speak to a person", "/speak_to_human")],
    "image_with_text": [("24680001", "what is this?", None)],
    "empty_message": [("24680001", "", None), ("24680001", " \u200b\n ", None)],
    "same_message_twice": [("24680001", "hello?", None)] * 2,
}
NOTHING = [
    "echo_by_us",
    "echo_by_page_inbox",
    "standby",
    "referral",
    "optin_without_sender",
    "missing_mid",
    "unknown_kind",
    "other_object",
]
# What is none of a visitor's messages and yet says something, in order.
LATER: dict[str, list[Event]] = {
    "delivery": [
        Receipt("messenger", "m_bot-1", "delivered"),
        Receipt("messenger", "m_bot-2", "delivered"),
    ],
    "delivery_without_mids": [
        Receipt("messenger", "", "delivered", person_id="24680001", up_to=NOON),
    ],
    "read": [Receipt("messenger", "", "read", person_id="24680001", up_to=NOON)],
    "reaction": [Reacted("messenger", "24680001", "m_bot-2", "❤️")],
    "reaction_taken_back": [Reacted("messenger", "24680001", "m_bot-2", "")],
    "message_edit": [
        Edited("messenger", "24680001", "m_en-1", "Is it open on Monday?", later(31)),
    ],
    "deleted_or_unsupported": [Edited("messenger", "24680001", "m_gone-1", None, later(34))],
}
ONE = ["text_chinese", "text_chinese_traditional", "text_emoji", "text_long", "text_rtl"]
ONE += ["text_with_nlp", "text_slashes_and_brackets", "reply_to", "image", "location", "sticker"]
ONE += ["postback_get_started", "postback_with_referral"]


@pytest.mark.parametrize("name", MEANINGS)
def test_a_captured_payload_is_read(name: str) -> None:
    found = parsed((FIXTURES / f"{name}.json").read_bytes())
    assert [(m.person_id, m.text, m.choice) for m in found] == MEANINGS[name]


@pytest.mark.parametrize("name", ONE)
def test_a_captured_payload_is_one_message(name: str) -> None:
    body = (FIXTURES / f"{name}.json").read_bytes()
    [message] = parsed(body)
    [sent] = json.loads(body)["entry"][0]["messaging"]
    content = sent.get("message") or sent["postback"]
    assert message.person_id == sent["sender"]["id"]
    assert message.text == content.get("text", content.get("title", ""))
    assert len(message.attachments) == len(content.get("attachments", []))


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_no_message_of_a_visitor_is_nothing(door: MessengerDoor, name: str) -> None:
    before, body = door.all_heard(), (FIXTURES / f"{name}.json").read_bytes()
    assert door.knock(body, door.proof(body, "")).status_code == 200
    assert door.all_heard() == before


@pytest.mark.parametrize("name", LATER)
def test_what_happens_to_a_message_later_is_read(name: str) -> None:
    assert parsed((FIXTURES / f"{name}.json").read_bytes()) == LATER[name]


def test_every_fixture_is_accounted_for() -> None:
    rest = {"batch_three_people", "attachments_of_every_kind"}
    names = {path.stem for path in FIXTURES.glob("*.json")}
    assert names == {*MEANINGS, *NOTHING, *LATER, *ONE, *rest}


def test_a_postback_without_an_id_is_known_again() -> None:
    one = event("5", postback={"title": "开始 Start", "payload": "GO"})
    later = {**one, "timestamp": 1767265202000}
    [first], [again], [other] = parsed(page(one)), parsed(page(one)), parsed(page(later))
    assert first.platform_id == again.platform_id != other.platform_id


@pytest.mark.parametrize("sender", ["", 5, None, "9" * 201, [], {"id": "1"}])
def test_a_sender_that_is_none_gives_no_message(sender: Any) -> None:
    assert parsed(page(event(sender, message={"mid": "m", "text": "你好 hi"}))) == []


@pytest.mark.parametrize("timestamp", [None, "x", 1e400, -1e18, [], "1767265201000", True])
def test_a_strange_timestamp_does_no_harm(timestamp: Any) -> None:
    odd = {**event("5", message={"mid": "m", "text": "几点 open?"}), "timestamp": timestamp}
    [message] = parsed(page(odd))
    assert message.text == "几点 open?"


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_body_that_was_changed_is_never_accepted(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MEANINGS)))
    body = (FIXTURES / f"{name}.json").read_bytes()
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != body[place]))
    kind = data.draw(st.sampled_from(["change", "drop", "insert"]))
    rest = body[place + 1 :] if kind != "insert" else body[place:]
    mutated = body[:place] + (b"" if kind == "drop" else bytes([other])) + rest
    if mutated == body:
        return
    with pytest.raises(BadSignature):
        channel().verify(Delivery(mutated, {"x-hub-signature-256": signed(body)}, {}))


@settings(deadline=None, max_examples=150)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    "entry messaging sender id message mid text postback payload attachments "
                    "quick_reply type timestamp is_echo".split()
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_whatever_is_signed_is_read_or_refused(value: Any) -> None:
    for body in (as_json(value), as_json({"entry": [{"messaging": [value]}]})):
        messages, status = [], 400
        try:
            messages = parsed(body)
        except Refused as refusal:
            status = refusal.status
        assert 400 <= status < 500
        assert all(isinstance(m.text, str) and m.platform_id for m in messages)


# -- sending ----------------------------------------------------------------------------------


@pytest.fixture
def graph() -> Iterator[GraphStandin]:
    with GraphStandin(TOKEN) as standin:
        yield standin


@pytest.fixture
async def sender(graph: GraphStandin) -> AsyncIterator[Messenger]:
    opened = channel(MESSENGER_API_URL=graph.url)
    yield opened
    await opened.hush()
    await opened.close()


class MessengerPost(Post):
    """Messenger in front of Graph's stand-in."""

    secrets = (TOKEN, SECRET, VERIFY)
    variable = "MESSENGER_PAGE_TOKEN"

    def __init__(self, graph: GraphStandin, sender: Messenger) -> None:
        self.graph, self.channel = graph, sender
        sender._http._timeout = aiohttp.ClientTimeout(total=SHORT)

    def person(self) -> str:
        """Returns a new page-scoped id."""
        return str(next(_people))

    def got(self, person_id: str) -> list[str]:
        """Returns the texts that a person got."""
        return self.graph.texts(person_id)

    def refuse(self, kind: str) -> float | None:
        """Lets Graph say no."""
        if kind == REVOKED:
            self.graph.revoke_token()
            return None
        how = {PASSING: (500, 2, None), LIMITED: (429, 613, 30), FINAL: (400, 551, None)}
        status, code, wait = how[kind]
        self.graph.fail_next(status=status, code=code, retry_after=wait, message=TOKEN)
        return wait

    def hang(self, what: str = "message") -> None:
        """Lets Graph take its time."""
        self.graph.hang_next(2 * SHORT, on="action" if what == "typing" else what)

    def drop(self) -> None:
        """Breaks the connection."""
        self.graph.accept_then_drop()

    def down(self) -> None:
        """Lets Graph be away."""
        self.graph.down()

    def busy(self) -> bool:
        """Lets Graph fail once when it is asked who we are."""
        self.graph.fail_next(status=500, code=2, on="profile")
        return True


@pytest.fixture
def post(graph: GraphStandin, sender: Messenger) -> MessengerPost:
    return MessengerPost(graph, sender)


class TestSending(SendContract):
    """Messenger sends as every channel does."""


@pytest.mark.parametrize("text", ["We are open.", "我们开放。", "请book两张ticket 🎟️", "馆" * 2000])
async def test_a_message_is_sent(graph: GraphStandin, sender: Messenger, text: str) -> None:
    choices = (Choice("c1", "交通 Getting here"), Choice("c2", "x" * 20), Choice("c3", "转人工"))
    mid = await sender.send("7", Outbound(text, choices))
    [sent] = graph.sent("7")
    assert (sent.message_id, sent.text, sent.messaging_type) == (mid, text, "RESPONSE")
    assert sent.buttons == ("交通 Getting here", "x" * 20, "转人工")
    assert sent.payloads == ("c1", "c2", "c3")


@pytest.mark.parametrize("suffix", ["", "/", "/v23.0", "/v19.0/"])
async def test_the_address_may_name_a_version(graph: GraphStandin, suffix: str) -> None:
    opened = channel(MESSENGER_API_URL=graph.url + suffix)
    await opened.send("7", Outbound("你好 hi"))
    await opened.close()
    version = suffix.strip("/") or DEFAULT_VERSION
    assert graph.exchanges[0].path == f"/{version}/me/messages"


@pytest.mark.parametrize(
    ("status", "code", "subcode", "retryable", "next_step"),
    [
        (500, 1, None, True, ""),
        (500, 2, None, True, ""),
        (400, 4, None, True, ""),
        (400, 613, None, True, ""),
        (400, 1200, None, True, ""),
        (429, 32, None, True, ""),
        (503, None, None, True, ""),
        (400, 10, 2018278, False, "write first"),
        (400, 100, None, False, "report"),
        (401, 190, None, False, "MESSENGER_PAGE_TOKEN"),
        (403, 200, None, False, "pages_messaging"),
        (400, 551, None, False, "cannot be reached"),
        (400, 99999, None, False, ""),
    ],
)
async def test_each_error_of_graph(
    graph: GraphStandin,
    sender: Messenger,
    status: int,
    code: int | None,
    subcode: int | None,
    retryable: bool,
    next_step: str,
) -> None:
    graph.fail_next(status=status, code=code, subcode=subcode, message=f"{TOKEN} 访客的话")
    with pytest.raises(SendFailed) as caught:
        await sender.send("7", Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.maybe_delivered) == (retryable, False)
    assert next_step in error.next_step
    assert (error.next_step == "") is (next_step == "")
    assert TOKEN not in f"{error.reason}{error.next_step}"
    assert "你好" not in error.reason


@pytest.mark.parametrize(("hint", "wait"), [(30, 30.0), (0, 0.0), (None, None)])
async def test_retry_after(
    graph: GraphStandin, sender: Messenger, hint: int | None, wait: float | None
) -> None:
    graph.fail_next(status=429, code=613, retry_after=hint)
    with pytest.raises(SendFailed) as caught:
        await sender.send("7", Outbound("慢 slow"))
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("address", ["graph.facebook.com", "http://", "http://x:99999999", "馆"])
async def test_an_address_that_is_none_breaks_the_channel(address: str) -> None:
    opened = channel(MESSENGER_API_URL=address)
    with pytest.raises(SendFailed) as caught:
        await opened.send("7", Outbound("你好 hi"))
    await opened.close()
    assert (caught.value.broken, caught.value.retryable) == (True, False)
    assert "MESSENGER_API_URL" in caught.value.next_step


@pytest.mark.parametrize(
    ("author", "standing", "kind", "tag"),
    [
        ("bot", OPEN, "RESPONSE", None),
        ("staff", OPEN, "RESPONSE", None),
        ("staff", BY_PERSON, "MESSAGE_TAG", "HUMAN_AGENT"),
        # The outbox never asks for this; an automated message may not carry the tag.
        ("bot", BY_PERSON, "RESPONSE", None),
    ],
)
async def test_only_a_persons_late_words_carry_the_tag(
    graph: GraphStandin, sender: Messenger, author: str, standing: str, kind: str, tag: str | None
) -> None:
    by_person = author == "staff"
    words = Outbound("好 ok", author=author, written_by_person=by_person, standing=standing)
    await sender.send("7", words)
    [sent] = graph.sent("7")
    assert (sent.messaging_type, sent.tag) == (kind, tag)


async def test_the_dots_come_before_the_answer(graph: GraphStandin, sender: Messenger) -> None:
    sender.thinking("7", "m_1")
    sender.thinking("7", "m_2")
    await sender.deliver("7", Outbound("好 here"))
    kinds = [sorted(each.body or {}) for each in graph.exchanges]
    assert kinds == [["recipient", "sender_action"], ["message", "messaging_type", "recipient"]]
    assert graph.actions("7") == ["typing_on"]


async def test_the_window_is_named(graph: GraphStandin, sender: Messenger) -> None:
    graph.enforce_window = True
    with pytest.raises(SendFailed, match="24-hour window is closed"):
        await sender.send("7", Outbound("太晚 late"))


@pytest.mark.parametrize("missing", ["MESSENGER_APP_SECRET", "MESSENGER_PAGE_TOKEN"])
def test_without_a_secret_the_channel_is_not_made(missing: str) -> None:
    from bot.errors import SettingError

    with pytest.raises(SettingError, match=missing):
        channel(**{missing: ""})
