"""From a request of Slack's to rows of desk_events; pure.

One row holds one thing that happened. Its key makes a resend harmless, and so the twin of an
event: a message is known by its channel and time however many events tell of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from bot.channels.payload import clean, dicts, part

# Subtypes that change or tell of another message; every other message is a new one.
_ABOUT_ANOTHER = frozenset({"message_changed", "message_deleted", "message_replied"})


@dataclass(frozen=True)
class Notice:
    """One row for desk_events."""

    key: str
    kind: str
    payload: dict[str, Any]


def event_notice(body: dict[str, Any]) -> Notice:
    """Reads an Events API callback: https://docs.slack.dev/apis/events-api#callback-field."""
    event = part(body, "event")
    kind = clean(event.get("type"))
    about_another = event.get("subtype") in _ABOUT_ANOTHER
    key = f"event:{clean(body.get('event_id'))}"
    if kind == "message" and about_another:
        kind = str(event["subtype"])
    elif kind in ("message", "app_mention"):
        key = f"message:{clean(event.get('channel'))}:{clean(event.get('ts'))}"
        kind = "message"
    return Notice(key[:200], kind[:32] or "unknown", {**_installation(body), "event": event})


def action_notices(body: dict[str, Any]) -> list[Notice]:
    """Reads pressed buttons: https://docs.slack.dev/reference/interaction-payloads."""
    return [_pressed(body, action) for action in dicts(body.get("actions"))]


def _installation(body: dict[str, Any]) -> dict[str, Any]:
    """Returns who we are by Slack's own account, so that our echo is known without asking."""
    ours = next(iter(dicts(body.get("authorizations"))), {})
    team = ours.get("team_id") or body.get("team_id") or part(body, "team").get("id")
    bot = ours.get("user_id") if ours.get("is_bot") else ""
    return {"app": clean(body.get("api_app_id")), "bot": clean(bot), "team": clean(team)}


def _pressed(body: dict[str, Any], action: dict[str, Any]) -> Notice:
    container = part(body, "container")
    message = part(body, "message")
    press = {
        "action": clean(action.get("action_id")),
        "value": clean(action.get("value")),
        "option": clean(part(action, "selected_option").get("value")),
        "block": clean(action.get("block_id")),
        "user": clean(part(body, "user").get("id")),
        "channel": clean(part(body, "channel").get("id") or container.get("channel_id")),
        "ts": clean(container.get("message_ts") or message.get("ts")),
        "thread_ts": clean(container.get("thread_ts") or message.get("thread_ts")),
    }
    once = [clean(body.get("trigger_id")), clean(action.get("action_ts")), *press.values()]
    digest = hashlib.sha256("\n".join(once).encode()).hexdigest()
    payload = {**_installation(body), **press, "response_url": clean(body.get("response_url"))}
    return Notice(f"action:{digest}", "action", payload)
