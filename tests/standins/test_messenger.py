"""The Messenger webhook builders, judged by published vectors and by messenger4j's payloads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .base import Reply
from .graph import (
    attachment,
    batch,
    delivery,
    echo,
    handshake,
    messenger_event,
    optin,
    post_webhook,
    postback,
    quick_reply,
    reaction,
    read,
    referral,
    sign,
    standby,
)
from .messenger import encode
from .receiver import Receiver
from .reference import load, reference
from .wire import JsonDict

TABLE = ["Is it open?", "几点关门？", "我想book两张ticket 🎟"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


def test_sign_agrees_with_the_published_vector() -> None:
    vector = load(reference("messenger", "vectors", "hub_signature_256_vector.json"))
    assert sign(vector["payload"].encode(), vector["secret"]) == vector["signature"]


@pytest.mark.parametrize("words", TABLE)
def test_what_travels_is_ascii_and_signed_as_it_travels(receiver: Receiver, words: str) -> None:
    answer = post_webhook(f"{receiver.url}/hook", batch(messenger_event("1", words)), "secret")
    assert answer.status == 200
    got = receiver.exchanges[0]
    assert got.raw.isascii()
    assert got.headers["x-hub-signature-256"] == sign(got.raw, "secret")
    assert json.loads(got.raw)["entry"][0]["messaging"][0]["message"]["text"] == words


def test_escapes_are_metas() -> None:
    assert encode({"u": "https://é"}) == b'{"u":"https:\\/\\/\\u00e9"}'


def test_signatures_that_must_fail(receiver: Receiver) -> None:
    body = batch(messenger_event("1", "hello"))
    post_webhook(receiver.url, body, "secret", signature=None)
    post_webhook(receiver.url, body, "secret", signature="sha256=00")
    first, second = receiver.exchanges
    assert "x-hub-signature-256" not in first.headers
    assert second.headers["x-hub-signature-256"] == "sha256=00"


def test_the_handshake_asks_as_meta_does(receiver: Receiver) -> None:
    receiver.reply = Reply(200, "1158201444")
    assert tuple(handshake(f"{receiver.url}/hook", "vt")) == (200, "1158201444")
    assert receiver.exchanges[0].query["hub.mode"] == "subscribe"


def test_batches_keep_order_and_split_into_entries() -> None:
    events = [messenger_event(str(n % 3), f"text {n}") for n in range(5)]
    body = batch(*events, per_entry=2)
    sizes = [len(entry["messaging"]) for entry in body["entry"]]
    assert sizes == [2, 2, 1]
    flat = [each for entry in body["entry"] for each in entry["messaging"]]
    assert flat == events


def test_standby_travels_beside_messaging() -> None:
    entry = batch(messenger_event("1", "a"), standby(messenger_event("1", "b")))["entry"][0]
    assert [each["message"]["text"] for each in entry["messaging"]] == ["a"]
    assert [each["message"]["text"] for each in entry["standby"]] == ["b"]


def test_every_message_has_its_own_mid() -> None:
    mids = {messenger_event("1", "x")["message"]["mid"] for _ in range(100)}
    assert len(mids) == 100
    assert messenger_event("1", "x", mid="m_1")["message"]["mid"] == "m_1"


def test_an_echo_comes_from_the_page() -> None:
    event = echo("2345", "hello")
    assert event["sender"]["id"] == "104700000000001"
    assert event["recipient"]["id"] == "2345"
    assert event["message"]["is_echo"] is True


def shape(value: Any) -> Any:
    """Return the keys of a payload, without what nobody but messenger4j's pages had."""
    extra = {"prior_message", "seq", "user_ref", "ad_id"}
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items() if key not in extra}
    return [shape(part) for part in value] if isinstance(value, list) else None


ALIKE: list[tuple[str, JsonDict]] = [
    ("WebhookTest_L402.json", messenger_event("1", "hello")),
    ("WebhookTest_L349.json", quick_reply("1", "Yes", "/yes")),
    ("WebhookTest_L618.json", postback("1", "Yes", "/yes", mid=None)),
    ("WebhookTest_L660.json", referral("1")),
    ("WebhookTest_L184.json", optin("1")),
    ("WebhookTest_L932.json", read("1")),
]


@pytest.mark.parametrize(("name", "ours"), ALIKE, ids=[row[0] for row in ALIKE])
def test_our_events_have_messenger4js_shape(name: str, ours: JsonDict) -> None:
    theirs = load(reference("messenger", "fixtures", "messenger4j", "webhook", name))
    assert shape(batch(ours)) == shape(theirs)


def test_the_newer_and_wider_events_hold_all_messenger4j_has() -> None:
    folder = reference("messenger", "fixtures", "messenger4j", "webhook")
    old = load(folder / "WebhookTest_L971.json")["entry"][0]["messaging"][0]
    assert set(old["delivery"]) == set(delivery("1", "m_1")["delivery"])
    old = load(folder / "WebhookTest_L264.json")["entry"][0]["messaging"][0]
    assert set(old["message"]) - set(echo("1", "x")["message"]) == {"metadata", "seq"}
    old = load(folder / "WebhookTest_L93.json")["entry"][0]["messaging"][0]
    image, _, place = old["message"]["attachments"]
    assert shape(image) == shape(attachment("1", "image")["message"]["attachments"][0])
    ours = attachment("1", "location")["message"]["attachments"][0]
    assert shape(place) == shape({key: ours[key] for key in ("type", "payload")})


def test_stickers_and_reactions_carry_what_tells_them_apart() -> None:
    payload = attachment("1", "sticker")["message"]["attachments"][0]["payload"]
    assert isinstance(payload["sticker_id"], int)
    assert reaction("1", "m_9")["reaction"]["mid"] == "m_9"
