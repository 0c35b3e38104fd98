"""WhatsApp in: whole batches, signed bodies only, our number's people alone, every kind read."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pywa.utils import webhook_updates_validator
from standins import whatsapp_webhooks as build
from standins.messenger import encode, sign
from standins.reference import load, reference

from bot.channels.payload import Delivery
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.errors import BadSignature, Refused, SettingError
from bot.messages import Attachment, Edited, Event, Inbound, Moved, Reacted, Receipt

from .contract import ChannelContract, Door, as_json
from .served import Served, serving

SECRET, VERIFY = "app-secret-of-whatsapp", "a word of ours 口令"
SETTINGS = {
    "WHATSAPP_ACCESS_TOKEN": "EAAG-TOKEN-0123456789",
    "WHATSAPP_PHONE_NUMBER_ID": build.NUMBER_ID,
    "WHATSAPP_APP_SECRET": SECRET,
    "WHATSAPP_VERIFY_TOKEN": VERIFY,
    "WHATSAPP_API_URL": "http://127.0.0.1:9",
}
FIXTURES = Path(__file__).parents[1] / "fixtures" / "whatsapp"
MEI, HIDDEN = "447700900123", "US.13491208655302741918"
_people = count(447700910000)


class WhatsAppDoor(Door):
    """Meta's way to knock."""

    path = "/webhooks/whatsapp/webhook"

    def person(self) -> str:
        """Returns a new number."""
        return f"whatsapp:{next(_people)}"

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns a batch of one message; ids are Meta's own, and so unlike for all people."""
        phone, mid = _named(conversation_id, message_id)
        return as_json(build.webhook(build.text(phone, text, mid)))

    def batch(self, messages: list[tuple[str, str, str]]) -> bytes:
        """Returns them in changes of three and entries of four, statuses and another's between."""
        built = [build.text(phone, text, mid) for phone, text, mid in map(_of, messages)]
        values = [build.value(built[at : at + 3]) for at in range(0, len(built), 3)]
        values.insert(2, build.value(statuses=[build.status("wamid.noise", "read")]))
        values.insert(4, build.value([build.text(MEI, "not ours")], number_id="999"))
        return as_json(build.batch(*values, per_entry=4))

    def edited(self, conversation_id: str, message_id: str, text: str | None) -> bytes:
        """Returns an edit, or that a message was taken back."""
        phone, mid = _named(conversation_id, message_id)
        change = build.revoke(phone, mid) if text is None else build.edit(phone, mid, text)
        return as_json(build.webhook(change))

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes:
        """Returns a file, a place or a card."""
        phone, mid = _named(conversation_id, message_id)
        if kind == "location":
            return as_json(build.webhook(build.location(phone, mid)))
        if kind == "contact":
            return as_json(build.webhook(build.cards(phone, mid=mid)))
        return as_json(build.webhook(build.media(phone, kind, mid)))

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns what Meta sends beside messages, and what it may send one day."""
        phone = conversation_id.partition(":")[2]
        kinds = ("request_welcome", "order", "poll", "x")
        messages = [
            build.message(phone, kind, **{kind: {"text": "海报 poster"}}) for kind in kinds
        ]
        bodies = [build.webhook(each) for each in [*messages, build.unsupported(phone, "edit")]]
        value = build.value([build.text(phone, "elsewhere 别处")])
        fields = ("standby", "history", "message_template_status_update", "calls")
        bodies += [build.batch(value, field=field) for field in fields]
        bodies += [build.batch(), {"entry": []}, {**build.webhook(messages[0]), "object": "page"}]
        return [as_json(body) for body in bodies]

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Signs a body."""
        return {"X-Hub-Signature-256": sign(body, SECRET)}

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns signatures that are none."""
        good, name = sign(body, SECRET), "X-Hub-Signature-256"
        sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
        return {
            "missing": {},
            "empty": {name: ""},
            "other secret": {name: sign(body, "other")},
            "no secret": {name: sign(body, "")},
            "the verify token": {name: sign(body, VERIFY)},
            "other body": {name: sign(body + b" ", SECRET)},
            "no prefix": {name: good.removeprefix("sha256=")},
            "cut short": {name: good[:-1]},
            "longer": {name: good + "0"},
            "upper case": {name: good.upper()},
            "sha1 under its name": {name: f"sha1={sha1}"},
            "the old header": {"X-Hub-Signature": f"sha1={sha1}"},
        }


def _named(conversation_id: str, message_id: str) -> tuple[str, str]:
    phone = conversation_id.partition(":")[2]
    return phone, f"wamid.{phone}.{message_id}"


def _of(message: tuple[str, str, str]) -> tuple[str, str, str]:
    conversation_id, text, message_id = message
    phone, mid = _named(conversation_id, message_id)
    return phone, text, mid


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("whatsapp"), **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> WhatsAppDoor:
    return WhatsAppDoor(served)


def channel(**values: str) -> WhatsApp:
    return WhatsApp(Settings({**SETTINGS, **values}))


def parsed(body: Any) -> list[Any]:
    raw = body if isinstance(body, bytes) else encode(body)
    return channel().parse(Delivery(raw, {}, {}))


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


class TestContract(ChannelContract):
    """WhatsApp keeps the contract."""


# -- the handshake and the signature ----------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}, 200, "42"),
        ({"hub.mode": "subscribe", "hub.verify_token": "错", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "subscribe", "hub.challenge": "42"}, 403, None),
        ({"hub.mode": "unsubscribe", "hub.verify_token": VERIFY, "hub.challenge": "1"}, 403, None),
        ({}, 403, None),
    ],
)
def test_handshake(served: Served, query: dict[str, str], status: int, words: str | None) -> None:
    with served.client() as client:
        answer = client.get(WhatsAppDoor.path, params=query)
    assert answer.status_code == status
    assert words is None or answer.text == words
    assert answer.headers["content-type"].startswith("text/plain" if words else "application/json")


def test_a_body_that_meta_signed_is_accepted() -> None:
    known = load(reference("whatsapp", "vectors", "meta_signed_webhook_vector.json"))
    opened = channel(WHATSAPP_APP_SECRET=known["app_secret"])
    headers = {"x-hub-signature-256": known["x_hub_signature_256"]}
    opened.verify(Delivery(known["body"].encode(), headers, {}))
    with pytest.raises(BadSignature):
        opened.verify(Delivery(known["body"].encode() + b" ", headers, {}))


@pytest.mark.parametrize("name", ["text_english", "text_chinese", "text_mixed"])
def test_we_and_pywa_accept_the_same_signatures(name: str) -> None:
    body = fixture(name)
    good, bad = sign(body, SECRET), sign(body, "other")
    assert webhook_updates_validator(SECRET, body, good)
    channel().verify(Delivery(body, {"x-hub-signature-256": good}, {}))
    assert not webhook_updates_validator(SECRET, body, bad)
    with pytest.raises(BadSignature):
        channel().verify(Delivery(body, {"x-hub-signature-256": bad}, {}))


@pytest.mark.parametrize("missing", sorted(set(SETTINGS) - {"WHATSAPP_API_URL"}))
def test_without_one_of_its_variables_the_channel_is_not_made(missing: str) -> None:
    with pytest.raises(SettingError, match=missing):
        channel(**{missing: ""})


# -- payloads ---------------------------------------------------------------------------------

SAM, CHEN, LIN, ROBIN = "447700900101", "8613800000102", "85255500103", "US.20020020020020020201"
ELEVEN = datetime(2026, 1, 1, 11, 0, tzinfo=timezone.utc)
SHA = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GU"


def at(seconds: int) -> datetime:
    return ELEVEN + timedelta(seconds=seconds)


# What each payload means: the people, texts and buttons in it, in order.
WORDS: dict[str, list[tuple[str, str, str | None]]] = {
    "text_english": [(SAM, "Is the museum open on Sunday morning?", None)],
    "text_chinese": [(CHEN, "周日上午开放吗？", None)],
    "text_chinese_traditional": [(LIN, "請問週日上午有開放嗎？", None)],
    "text_mixed": [(LIN, "我想book两张ticket，Blue Badge停车可以吗？", None)],
    "text_emoji": [(SAM, "🏛️👍🏽👨‍👩‍👧‍👦 🇬🇧?", None)],
    "text_rtl": [(SAM, "هل المتحف مفتوح اليوم؟", None)],
    "text_long": [(CHEN, "请问这一件展品在哪里？Where is it? " * 120, None)],
    "text_command": [(SAM, '/restart /goodbye{"a": "b"}', None)],
    "text_empty": [(SAM, "", None)],
    "text_reply": [(CHEN, "那星期一呢？", None)],
    "text_forwarded": [(SAM, "Look at this poster", None)],
    "text_from_ad": [(SAM, "Hello! Can I get more info?", None)],
    "text_number_hidden": [(ROBIN, "Do you know my number? 不知道吧", None)],
    "text_without_contacts": [(SAM, "anyone there? 有人吗", None)],
    "text_older_webhook": [(SAM, "an older webhook 旧的", None)],
    "button": [(SAM, "Yes, please 好的", "YES-1")],
    "button_reply": [(CHEN, "开放时间", "c-hours")],
    "list_reply": [(SAM, "Parking 停车", "c-park")],
    "same_message_twice": [(SAM, "hello? 在吗", None)] * 2,
    "nested_absurdly": [(SAM, "still readable 还能读", None)],
}
ATTACHED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "image": ("", [{"kind": "image", "id": "1003383421387220", "mime": "image/jpeg"}]),
    "image_with_caption": ("这是什么？ What is it?", [{"kind": "image"}]),
    "audio": ("", [{"kind": "audio", "mime": "audio/mpeg"}]),
    "voice": ("", [{"kind": "voice", "mime": "audio/ogg; codecs=opus", "sha256": SHA + "X="}]),
    "video": ("the queue outside", [{"kind": "video", "mime": "video/mp4"}]),
    "document": ("我的预约 my booking", [{"kind": "file", "name": "预约 booking.pdf"}]),
    "sticker": ("", [{"kind": "sticker", "mime": "image/webp"}]),
    "location": ("", [{"kind": "location", "latitude": 51.5194, "name": "Great Court 大中庭"}]),
    "location_bare": ("", [{"kind": "location", "latitude": 22.2783, "longitude": 114.1747}]),
    "contacts": (
        "",
        [{"kind": "contact", "name": "Ana Bell"}, {"kind": "contact", "name": "王小美"}],
    ),
    "unsupported": ("", [{"kind": "file"}]),
    "unsupported_unnamed": ("", [{"kind": "file"}]),
    "unknown": ("", [{"kind": "file"}]),
}
CLOSED = "WhatsApp's 24-hour window is closed (error 131047)"
HELD = "Meta held the message back, so that people do not get too many from businesses"
# What is none of a visitor's messages and yet says something, in order.
LATER: dict[str, list[Event]] = {
    "edit": [Edited("whatsapp", SAM, "wamid.en-1", "Is it open on Monday? 周一呢", at(34))],
    "edit_caption": [Edited("whatsapp", CHEN, "wamid.img-2", "这是什么朝代的？", at(35))],
    "revoke": [Edited("whatsapp", SAM, "wamid.en-1", None, at(37))],
    "reaction": [Reacted("whatsapp", SAM, "wamid.bot-5", "❤️")],
    "reaction_taken_back": [Reacted("whatsapp", SAM, "wamid.bot-5", "")],
    "reaction_without_emoji": [Reacted("whatsapp", CHEN, "wamid.bot-6", "")],
    "reaction_number_hidden": [Reacted("whatsapp", ROBIN, "wamid.bot-7", "👍🏽")],
    "changed_number": [Moved("whatsapp", SAM, "447700900111")],
    "changed_number_older": [Moved("whatsapp", CHEN, "8613800000112")],
    "changed_user_id": [Moved("whatsapp", ROBIN, "US.20020020020020020999")],
    "status_sent": [Receipt("whatsapp", "wamid.bot-8", "sent")],
    "status_delivered": [Receipt("whatsapp", "wamid.bot-8", "delivered")],
    "status_read": [Receipt("whatsapp", "wamid.bot-8", "read")],
    "status_played": [Receipt("whatsapp", "wamid.bot-8", "read")],
    "status_failed": [
        Receipt("whatsapp", "wamid.bot-9", "failed", CLOSED, "The visitor has to write first."),
    ],
    "status_failed_held_back": [
        Receipt("whatsapp", "wamid.bot-9", "failed", f"{HELD} (error 131049)",
                "Wait a day or more, or until the visitor writes; "
                "sending again now changes nothing."),
    ],
    "status_failed_without_reason": [
        Receipt("whatsapp", "wamid.bot-9", "failed", "WhatsApp gave no reason"),
    ],
    "statuses_in_any_order": [
        Receipt("whatsapp", "wamid.bot-10", "read"),
        Receipt("whatsapp", "wamid.bot-10", "sent"),
        Receipt("whatsapp", "wamid.bot-10", "delivered"),
        Receipt("whatsapp", "wamid.bot-11", "sent"),
    ],
}  # fmt: skip
NOTHING = """
    account_errors call_permission echo_of_business_app edit_unseen flow_reply group_event
    group_message history identity_changed kind_of_tomorrow missing_id order other_number
    other_object standby status_of_tomorrow template_status welcome_request
""".split()


@pytest.mark.parametrize("name", WORDS)
def test_words_and_taps_are_read(name: str) -> None:
    found = parsed(fixture(name))
    assert [(m.person_id, m.text, m.choice) for m in found] == WORDS[name]
    assert all(m.attachments == () and m.act == "message" for m in found)


@pytest.mark.parametrize("name", ATTACHED)
def test_what_is_no_words_is_typed_and_described(name: str) -> None:
    [message] = parsed(fixture(name))
    text, wanted = ATTACHED[name]
    assert message.text == text
    assert len(message.attachments) == len(wanted)
    for found, described in zip(message.attachments, wanted, strict=True):
        assert isinstance(found, Attachment)
        assert {key: vars(found)[key] for key in described} == described
        # Meta's address lives for minutes and wants our token.
        assert found.url is None


@pytest.mark.parametrize("name", LATER)
def test_what_happens_to_a_message_later_is_read(name: str) -> None:
    assert parsed(fixture(name)) == LATER[name]


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_none_of_ours_is_nothing(door: WhatsAppDoor, name: str) -> None:
    before, body = door.all_heard(), fixture(name)
    assert door.knock(body, door.proof(body, "")).status_code == 200
    assert (parsed(body), door.all_heard()) == ([], before)


def test_a_message_says_who_when_and_which() -> None:
    [message] = parsed(fixture("text_mixed"))
    assert message == Inbound(
        "whatsapp", LIN, "wamid.mix-1", "我想book两张ticket，Blue Badge停车可以吗？",
        name="Mei 林", sent_at=at(4),
    )  # fmt: skip
    [hidden] = parsed(fixture("text_number_hidden"))
    assert (hidden.name, hidden.conversation_id) == ("Robin", f"whatsapp:{ROBIN}")


def test_a_batch_of_everything_keeps_its_order() -> None:
    found = [
        (type(e).__name__, getattr(e, "platform_id", ""))
        for e in parsed(fixture("batch_of_everything"))
    ]
    assert found == [
        ("Inbound", "wamid.b-1"),
        ("Inbound", "wamid.b-2"),
        ("Receipt", "wamid.bot-12"),
        ("Inbound", "wamid.b-3"),
        ("Reacted", ""),
        ("Inbound", "wamid.b-5"),
    ]


def test_one_good_message_among_rubbish_is_found() -> None:
    found = parsed(fixture("wrong_types"))
    assert [e.platform_id for e in found] == ["wamid.w-3", "wamid.bot-13"]
    assert found[0].text == "the one good message 唯一"


def test_every_fixture_is_accounted_for() -> None:
    names = {path.stem for path in FIXTURES.glob("*.json")}
    rest = {"batch_of_everything", "wrong_types"}
    assert names == {*WORDS, *ATTACHED, *LATER, *NOTHING, *rest}


@pytest.mark.parametrize("sender", ["", None, [], {"id": "1"}, "9" * 201, True])
def test_a_sender_that_is_none_gives_no_message(sender: Any) -> None:
    odd = {**build.text(MEI, "你好 hi"), "from": sender, "from_user_id": sender}
    assert parsed(build.batch(build.value([odd], contacts=[{"profile": 5}]))) == []


@pytest.mark.parametrize("timestamp", [None, "x", "1e400", -1e18, [], 1767265201, True])
def test_a_strange_timestamp_does_no_harm(timestamp: Any) -> None:
    odd = {**build.text(MEI, "几点 open?"), "timestamp": timestamp}
    [message] = parsed(build.webhook(odd))
    assert message.text == "几点 open?"


def test_a_name_is_the_senders_own() -> None:
    people = [build.contact("447700900199", "Wrong"), build.contact(MEI, "陈 Chen" * 60)]
    [message] = parsed(build.batch(build.value([build.text(MEI, "hi")], contacts=people)))
    assert message.name == ("陈 Chen" * 60)[:200]
    [alone] = parsed(build.batch(build.value([build.text(MEI, "hi")], contacts=people[:1] * 2)))
    assert alone.name is None


def test_all_of_metas_own_webhooks_are_taken(served: Served) -> None:
    folder = reference("whatsapp", "fixtures", "meta-openapi", "webhook")
    paths = sorted(folder.glob("*.json"))
    assert len(paths) == 16
    found: dict[str, list[str]] = {}
    for path in paths:
        # Theirs is another number; to be ours, it is named in ours' place.
        body = path.read_text("utf-8").replace("106540352242922", build.NUMBER_ID).encode()
        answer = served.post(WhatsAppDoor.path, body, {"X-Hub-Signature-256": sign(body, SECRET)})
        assert answer.status_code == 200, (path.name, answer.text)
        found[path.stem] = [type(event).__name__ for event in parsed(body)]
    silent = {"Order_Message"} | {stem for stem in found if stem.startswith("Group_")}
    assert {stem for stem, events in found.items() if not events} == silent
    assert found["System_Message"] == ["Moved"]
    assert found["Reaction_Message"] == ["Reacted"]


# -- properties -------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_body_that_was_changed_is_never_accepted(data: st.DataObject) -> None:
    body = fixture(data.draw(st.sampled_from(sorted(WORDS))))
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != body[place]))
    kind = data.draw(st.sampled_from(["change", "drop", "insert"]))
    rest = body[place + 1 :] if kind != "insert" else body[place:]
    mutated = body[:place] + (b"" if kind == "drop" else bytes([other])) + rest
    if mutated == body:
        return
    with pytest.raises(BadSignature):
        channel().verify(Delivery(mutated, {"x-hub-signature-256": sign(body, SECRET)}, {}))


KEYS = (
    "entry changes value metadata phone_number_id messages statuses contacts from from_user_id id "
    "type text body image caption interactive button_reply title system wa_id user_id edit "
    "original_message_id message reaction message_id status errors code timestamp profile name "
    "unsupported button payload location latitude audio voice"
).split()
KINDS = (
    "text image audio button interactive location contacts system edit revoke reaction order "
    "unsupported unknown document sticker video"
).split()
RUBBISH = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers()
    | st.sampled_from([*KINDS, build.NUMBER_ID, "failed", "read", "edit"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


def events_of(body: bytes) -> list[Any]:
    """Reads a body as the server does; one that is refused says nothing."""
    try:
        return parsed(body)
    except Refused as refusal:
        return [] if 400 <= refusal.status < 500 else [refusal]


@settings(deadline=None, max_examples=100)
@given(RUBBISH, st.sampled_from(KINDS))
def test_whatever_is_signed_is_read_or_refused(value: Any, kind: str) -> None:
    message = build.message(MEI, kind, "wamid.p", **{kind: value})
    statuses = {"metadata": {"phone_number_id": build.NUMBER_ID}, "statuses": value}
    bodies = [value, {"entry": value}, build.webhook(message)]
    bodies += [build.batch(statuses), build.batch({**statuses, "messages": value})]
    for body in bodies:
        for event in events_of(as_json(body)):
            assert event.channel == "whatsapp"
            if isinstance(event, Inbound):
                assert isinstance(event.text, str)
                assert event.person_id
                assert event.platform_id
            json.dumps([vars(each) for each in getattr(event, "attachments", ())])


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_signed_body_never_breaks_the_server(served: Served, data: st.DataObject) -> None:
    body = json.loads(fixture(data.draw(st.sampled_from([*WORDS, *ATTACHED, *LATER]))))
    spots = list(_spots(body))
    holder, key = data.draw(st.sampled_from(spots))
    holder[key] = data.draw(RUBBISH)
    raw = as_json(body)
    answer = served.post(WhatsAppDoor.path, raw, {"X-Hub-Signature-256": sign(raw, SECRET)})
    assert answer.status_code in (200, 400)


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Walks every place in a payload where something else could stand."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _spots(value[key])
