"""The shapes of Slack's events, interactions and answers, judged by java-slack-sdk's payloads."""

from __future__ import annotations

import pytest
from slack_sdk.web import WebClient

from .desk import DESK, case, payload
from .receiver import Receiver
from .reference import load, reference
from .slack import SlackDriver
from .wire import JsonDict


def test_events_and_answers_have_shapes_java_slack_sdk_knows(
    driver: SlackDriver, receiver: Receiver, client: WebClient
) -> None:
    known: dict[str, set[str]] = {}
    envelope: set[str] = set()
    for path in reference("slack", "fixtures", "java-slack-sdk", "events").glob("*.json"):
        body = load(path)
        envelope |= set(body)
        known.setdefault(body.get("event", {}).get("type", ""), set()).update(
            body.get("event", {})
        )
    root = case(client)
    said = driver.say("U0ADA", DESK, "hello", root)
    driver.broadcast("U0ADA", DESK, root, "to all")
    driver.share_file("U0ADA", DESK, "map.pdf", "the map", root)
    driver.edit("U0ADA", DESK, said.ts, "hi")
    driver.react("U0ADA", "eyes", DESK, said.ts)
    driver.delete(DESK, said.ts)
    driver.bot_says(DESK, "beep", classic=True)
    driver.mention("U0ADA", DESK, "hello")
    driver.leave("U0BEN", DESK)
    for got in receiver.exchanges:
        assert got.body is not None
        assert set(got.body) <= envelope
        assert set(got.body["event"]) <= known[got.body["event"]["type"]]


def test_interactions_have_shapes_java_slack_sdk_knows(
    driver: SlackDriver, receiver: Receiver, client: WebClient
) -> None:
    folder = reference("slack", "fixtures", "java-slack-sdk", "app-backend")
    theirs = load(folder / "interactive-components" / "BlockActionPayload.json")
    driver.press("U0ADA", DESK, case(client), "Claim")
    ours = payload(receiver)
    assert set(ours) <= set(theirs)
    assert set(ours["container"]) <= set(theirs["container"])
    driver.slash("U0ADA", "/docent", "help")
    command = load(folder / "slash-commands" / "SlashCommandPayload.json")
    assert set(receiver.exchanges[-1].body or {}) <= set(command)


CALLS: dict[str, JsonDict] = {
    "auth.test": {},
    "chat.postMessage": {"channel": DESK, "text": "x"},
    "chat.postEphemeral": {"channel": DESK, "user": "U0ADA", "text": "x"},
    "users.info": {"user": "U0ADA"},
    "conversations.info": {"channel": DESK},
    "conversations.open": {"users": "U0ADA"},
}


@pytest.mark.parametrize("name", CALLS)
def test_answers_have_no_key_java_slack_sdk_does_not_know(client: WebClient, name: str) -> None:
    theirs = load(reference("slack", "fixtures", "java-slack-sdk", "api", f"{name}.json"))
    ours = client.api_call(name, json=CALLS[name]).data
    assert isinstance(ours, dict)
    assert set(ours) <= set(theirs)
    for key, value in ours.items():
        if isinstance(value, dict):
            assert set(value) <= set(theirs[key]), key
