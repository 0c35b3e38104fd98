"""What strangers, broken clients and curious visitors send: refused or answered, no error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from standins import graph
from standins.graph import batch, handshake, messenger_event
from standins.messenger import encode
from standins.slack import Delivery
from standins.wire import call

from .house import ADA, APP_SECRET, DESK, VERIFY_TOKEN, House
from .waiting import until
from .words import Words

QUESTION, TOPIC = "can i take photos", "photography"
SECOND, SECOND_TOPIC = "how much is the audio guide", "audio_guide"
DEEP = 100_000
MEGABYTE = 3_145_728


def count(house: House, table: str) -> int:
    """How many rows a table has."""
    return int(house.rows(f"SELECT count(*) FROM {table}")[0][0])


def complaints(house: House) -> list[str]:
    """The lines of the program's log that tell of an error."""
    signs = ("Traceback", '"level": "error"', '"level": "critical"', '"where"', "Exception")
    return [line for line in house.program.log().splitlines() if any(s in line for s in signs)]


# -- signatures ---------------------------------------------------------------------------------

BODY = encode(batch(messenger_event("forger", QUESTION)))
RIGHT = graph.sign(BODY, APP_SECRET)
FORGED = {
    "missing": None,
    "no scheme": RIGHT.removeprefix("sha256="),
    "cut": RIGHT[:-1],
    "of another secret": graph.sign(BODY, "another"),
    "of another body": graph.sign(BODY + b" ", APP_SECRET),
    "not ASCII": "sha256=\xe9",
    "sha1": "sha1=" + "0" * 40,
}


@pytest.mark.parametrize("signature", FORGED.values(), ids=list(FORGED))
def test_messenger_without_a_right_signature(house: House, signature: str | None) -> None:
    before = count(house, "messages")
    assert house.post(BODY, signature=signature).status == 403
    assert count(house, "messages") == before
    assert house.rows("SELECT 1 FROM conversations WHERE id = 'messenger:forger'") == []


@pytest.mark.parametrize("how", ["unsigned", "forged", "stale"])
def test_slack_without_a_right_signature(house: House, how: str) -> None:
    before = count(house, "desk_events")
    delivery: Callable[[], Delivery] = getattr(Delivery, how)
    assert house.driver.say(ADA, DESK, "hello", how=delivery()).status == 403
    assert count(house, "desk_events") == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer \xe9"},
        {"Cookie": "docent_session=\xe9"},
        {"Cookie": "docent_session=made-up"},
        {},
    ],
    ids=["bearer not ASCII", "cookie not ASCII", "made up", "none"],
)
def test_web_chat_without_a_session(house: House, headers: dict[str, str]) -> None:
    address = f"{house.program.url}/webhooks/web/messages"
    assert call("GET", address, headers=headers).status == 403


def test_the_set_up_calls(house: House) -> None:
    url = house.webhook("messenger")
    assert tuple(handshake(url, VERIFY_TOKEN, "4711")) == (200, "4711")
    assert handshake(url, "guessed", "4711").status == 403
    assert call("GET", url).status == 403
    answer = house.driver.url_verification("a-challenge")
    assert answer.status == 200
    assert "a-challenge" in answer.body
    assert house.driver.url_verification(how=Delivery.forged()).status == 403


# -- bodies -------------------------------------------------------------------------------------

EVENTS: dict[str, dict[str, Any]] = {
    "echo": graph.echo("nobody", "Hello"),
    "delivery": graph.delivery("nobody", "mid.1"),
    "read": graph.read("nobody"),
    "reaction": graph.reaction("nobody", "mid.1"),
    "referral": graph.referral("nobody"),
    "optin": graph.optin("nobody"),
    "standby": graph.standby(messenger_event("nobody", "Hello")),
    "unheard of": {"sender": {"id": "nobody"}, "hologram": {"mid": "mid.1"}},
    "no sender": {"message": {"mid": "mid.1", "text": "Hello"}},
    "a number for a sender": {"sender": {"id": 7}, "message": {"mid": "m", "text": "Hello"}},
    "a list for a message": {"sender": {"id": "nobody"}, "message": ["Hello"]},
    "no mid": {"sender": {"id": "nobody"}, "message": {"text": "Hello"}},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_events_that_are_no_question(house: House, event: dict[str, Any]) -> None:
    before = count(house, "messages")
    assert house.post(batch(event)).status == 200
    assert count(house, "messages") == before
    assert house.graph.sent("nobody") == []


def test_slack_events_that_mean_nothing(house: House) -> None:
    driver = house.driver
    assert driver.join("U0BEN", DESK).status == 200
    assert driver.say(ADA, DESK, "Lunch?").status == 200
    assert driver.deliver_event({"type": "moon_landing", "event_ts": "1.1"}).status == 200
    busy = "SELECT 1 FROM desk_events WHERE state NOT IN ('done')"
    until(lambda: not house.rows(busy), "the events to end")
    assert house.slack.roots(DESK)[-1]["text"] == "Lunch?"


BODIES = {
    "empty": b"",
    "no JSON": b"entry=1",
    "half of it": b'{"entry": [',
    "not UTF-8": b'{"entry": "\xff\xfe"}',
    "a list": b"[]",
    "a number": b"7",
    "no entry": b"{}",
    "larger than 3 MB": b'{"entry": "' + b"x" * MEGABYTE + b'"}',
    "nested deeply": b'{"entry": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "nested deeply in objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_bodies_that_cannot_be_read(house: House, body: bytes) -> None:
    before = count(house, "messages")
    assert 400 <= house.post(body).status < 500
    assert count(house, "messages") == before


@pytest.mark.parametrize(
    "payload",
    ["{", "[" * DEEP, '{"a":' * (DEEP // 2) + "1" + "}" * (DEEP // 2)],
    ids=["half", "list", "object"],
)
def test_slack_forms_that_cannot_be_read(house: House, payload: str) -> None:
    before = count(house, "desk_events")
    assert 400 <= house.driver.deliver_form({"payload": payload}).status < 500
    assert count(house, "desk_events") == before


# -- texts --------------------------------------------------------------------------------------

TEXTS = {
    "restart": "/restart",
    "an intent": '/faq{"a": 1}',
    "a slot": '/SetSlots(language="zh")',
    "only slashes": "///",
    "empty": "",
    "spaces": " \t\n ",
    "long": "photo " * 1667,
    "long without a space": "哪" * 2000,
    "emoji": "🏛️👨‍👩‍👧❓",
    "right to left": "هل المتحف مفتوح يوم الأحد؟",
    "an override": "\u202egnipoordnu\u202c can i take photos",
    "control characters": "can\x00 i\x07 take\x1b[31m photos\x7f",
    "half a surrogate pair": "\ud800",
    "half a pair in a question": "can i take photos \udc00",
    "markup": "<script>alert(1)</script> {{7*7}} ${x} [[links.home]] {ref}",
    "SQL": "'; DROP TABLE messages; --",
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_answered(house: House, name: str) -> None:
    psid = f"text-{name.replace(' ', '-')}"
    [told] = house.ask(psid, TEXTS[name])
    assert told.strip()
    assert "{" not in told
    assert "[[" not in told
    house.settled(psid)
    [row] = house.messages(psid, "in")
    assert row["state"] == "answered"
    row["text"].encode()
    assert house.rows("SELECT speaker FROM conversations WHERE id = ?", f"messenger:{psid}")


def test_a_command_of_rasa_changes_nothing(house: House, words: Words) -> None:
    assert house.ask("rasa", QUESTION) == [words.answer(TOPIC, "en", first=True)]
    house.ask("rasa", "/restart")
    house.ask("rasa", '/SetSlots(language="zh", topic="opening_hours")')
    house.settled("rasa")
    assert house.ask("rasa", QUESTION) == [words.answer(TOPIC, "en")]


def test_a_batch_of_people_is_answered_in_order(house: House, words: Words) -> None:
    people = ("batch-1", "batch-2", "batch-3")
    events = [messenger_event(psid, text) for text in (QUESTION, SECOND) for psid in people]
    assert house.post(batch(*events, per_entry=2)).status == 200
    wanted = [words.answer(TOPIC, "en", first=True), words.answer(SECOND_TOPIC, "en")]
    for psid in people:
        assert house.texts(psid, 2) == wanted


def test_a_made_up_button_is_no_command(house: House, words: Words) -> None:
    house.post(batch(graph.postback("presser", "", "faq/photography")))
    assert house.texts("presser", 1)[0].startswith(words.say("choice_expired", "en"))


def test_nothing_of_all_this_was_an_error(house: House) -> None:
    assert json.loads(call("GET", f"{house.program.url}/ready").body)["status"] == "ready"
    assert complaints(house) == []
