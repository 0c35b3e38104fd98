"""The fixture payloads: each is sound JSON of the platform's shape, and no kind is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from .reference import FIXTURES, load, reference

MESSENGER = sorted((FIXTURES / "messenger").glob("*.json"))
SLACK = sorted((FIXTURES / "slack").glob("*.json"))
UNSOUND = {"wrong_types", "other_object"}
NO_SENDER = {"optin_without_sender"}
# Slack puts these on messages of people from another workspace and of apps; java-slack-sdk reads
# them from messages in API answers, and has no field for them in the plain message event.
NOT_IN_JAVA = {"user_team", "source_team", "app_id"}


@pytest.mark.parametrize("path", MESSENGER, ids=lambda path: path.stem)
def test_messenger_fixture(path: Path) -> None:
    body = load(path)
    if path.stem in UNSOUND:
        return
    assert body["object"] == "page"
    for entry in body["entry"]:
        for event in [*entry.get("messaging", []), *entry.get("standby", [])]:
            assert event["recipient"]["id"]
            assert ("sender" in event) is (path.stem not in NO_SENDER)


@pytest.mark.parametrize("path", SLACK, ids=lambda path: path.stem)
def test_slack_fixture(path: Path) -> None:
    body = load(path)
    if "command" in body:
        assert body["response_url"]
        return
    assert body["type"]
    if body["type"] == "event_callback":
        assert body["event_id"].startswith("Ev")
        assert body["event"]["event_ts"]


def test_no_kind_is_missing() -> None:
    assert len(MESSENGER) >= 30
    assert len(SLACK) >= 20
    kinds = {load(path)["type"] for path in SLACK if "command" not in load(path)}
    assert {"url_verification", "event_callback", "block_actions", "view_submission"} <= kinds


def test_event_ids_are_used_once() -> None:
    bodies = [load(path) for path in SLACK]
    ids = [body["event_id"] for body in bodies if "event_id" in body]
    assert len(set(ids)) == len(ids)


def known_keys() -> dict[str, set[str]]:
    """Return, by event type, the keys that java-slack-sdk knows."""
    known: dict[str, set[str]] = {}
    for path in reference("slack", "fixtures", "java-slack-sdk", "events").glob("*.json"):
        event = load(path).get("event", {})
        known.setdefault(event.get("type", ""), set()).update(event)
    return known


def test_slack_events_have_no_key_that_java_slack_sdk_does_not_know() -> None:
    known = known_keys()
    for path in SLACK:
        body = load(path)
        event = body.get("event")
        if event is None or event["type"] not in known:
            continue
        assert set(event) <= known[event["type"]] | NOT_IN_JAVA, path.name
