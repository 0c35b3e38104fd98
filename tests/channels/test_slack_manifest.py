"""The Slack app's manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.config import ROOT

# docs.slack.dev/reference/methods: the scope that each method we call needs.
NEEDED = {
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.history": {"channels:history", "groups:history"},
    "auth.test": set(),
}
EVENTS = {
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "reaction_added": {"reactions:read"},
}


@pytest.fixture
def manifest() -> Any:
    return YAML(typ="safe").load((ROOT / "docs/slack_app_manifest.yml").read_text("utf-8"))


def test_every_scope_that_is_needed_is_asked_for(manifest: Any) -> None:
    asked = set(manifest["oauth_config"]["scopes"]["bot"])
    needed = set().union(*NEEDED.values(), *EVENTS.values())
    assert asked - needed == {"channels:read", "groups:read"}
    assert needed <= asked


def test_the_events_are_those_that_are_handled(manifest: Any) -> None:
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


def test_every_address_is_the_webhook(manifest: Any) -> None:
    settings = manifest["settings"]
    for part in ("event_subscriptions", "interactivity"):
        assert settings[part]["request_url"].endswith("/webhooks/slack/webhook")


def test_every_method_that_is_called_is_accounted_for() -> None:
    sources = (ROOT / "bot/channels").glob("slack*.py")
    code = "\n".join(path.read_text("utf-8") for path in sources)
    families = ("chat.", "reactions.", "users.", "conversations.", "auth.", "files.", "views.")
    words = {word.strip('"') for word in code.split() for word in word.split("(") if '"' in word}
    called = {w.rstrip('",)') for w in words if w.startswith(families)}
    assert called <= set(NEEDED)
