"""The Slack app's manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML
from standins.slack_scopes import NEEDED as STANDINS
from standins.slack_scopes import USUAL

from bot.channels.slack_check import SCOPES
from bot.config import ROOT

# docs.slack.dev/reference/methods: the scope that each method we call needs.
NEEDED = {
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.history": {"channels:history", "groups:history"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "auth.test": set(),
    "views.open": set(),
    "views.publish": set(),
    # With the app-level token, whose one scope is no matter of the manifest.
    "apps.connections.open": set(),
}
# docs.slack.dev/reference/events: the scope that each event needs.
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
}
# docs.slack.dev/reference/scopes/files.read: to see the files that people share with the app.
OBJECTS = {"files:read"}
# docs.slack.dev/reference/scopes/commands: to have slash commands at all.
COMMANDS = {"commands"}


@pytest.fixture
def manifest() -> Any:
    return YAML(typ="safe").load((ROOT / "docs/slack_app_manifest.yml").read_text("utf-8"))


def test_exactly_the_scopes_that_are_needed_are_asked_for(manifest: Any) -> None:
    asked = set(manifest["oauth_config"]["scopes"]["bot"])
    assert asked == OBJECTS.union(COMMANDS, *NEEDED.values(), *EVENTS.values())


def test_check_misses_each_scope_of_the_manifest(manifest: Any) -> None:
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert SCOPES == USUAL


def test_the_stand_in_wants_the_scopes_that_slack_wants() -> None:
    assert {name: scope in NEEDED[name] for name, scope in STANDINS.items() if name in NEEDED} == {
        name: True for name in NEEDED if NEEDED[name]
    }


def test_the_events_are_those_that_are_handled(manifest: Any) -> None:
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


def test_people_can_write_to_the_app(manifest: Any) -> None:
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False


def test_staff_have_a_home_tab_and_a_command(manifest: Any) -> None:
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True
    [command] = manifest["features"]["slash_commands"]
    assert command["command"] == "/docent"
    # Slack then writes "@Anna" as a mention, and whoever mentions a colleague wrote a note.
    assert command["should_escape"] is True


def test_every_address_is_the_webhook(manifest: Any) -> None:
    settings = manifest["settings"]
    for command in manifest["features"]["slash_commands"]:
        assert command["url"].endswith("/webhooks/slack/webhook")
    for part in ("event_subscriptions", "interactivity"):
        assert settings[part]["request_url"].endswith("/webhooks/slack/webhook")


def test_every_method_that_is_called_is_accounted_for() -> None:
    sources = (ROOT / "bot/channels").glob("slack*.py")
    code = "\n".join(path.read_text("utf-8") for path in sources)
    families = "apps|auth|chat|conversations|files|reactions|users|views"
    called = set(re.findall(rf'"((?:{families})\.[a-zA-Z.]+)"', code))
    assert called == set(NEEDED)
