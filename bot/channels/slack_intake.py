"""From a request of Slack's to rows of desk_events, and what its parts are called; pure.

One row holds one thing that happened. Its key makes a resend harmless, and so the twin of an
event: a message is known by its channel and time however many events tell of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from bot.channels.payload import LARGEST_BODY, Delivery, clean, dicts, part, read_json
from bot.errors import BadRequest

# Subtypes that change or tell of another message; every other message is a new one.
_ABOUT_ANOTHER = frozenset({"message_changed", "message_deleted", "message_replied"})
# Forms without a payload: slash commands, and Slack's own check of the address.
_PLAIN_FORMS = ("command", "ssl_check")


@dataclass(frozen=True)
class Notice:
    """One row for desk_events."""

    key: str
    kind: str
    payload: dict[str, Any]


def body_of(delivery: Delivery) -> dict[str, Any]:
    """Returns what Slack says: JSON or a form by its body, whatever its content type says.

    Raises:
        BadRequest: The body is neither, or of no shape that Slack sends.
    """
    if len(delivery.body) > LARGEST_BODY:
        raise BadRequest("the body is larger than 3 MB", status=413)
    try:
        text = delivery.body.decode()
    except ValueError:
        raise BadRequest("the body is not UTF-8") from None
    if text.lstrip().startswith("{"):
        return read_json(delivery.body)
    form = {name: values[0] for name, values in parse_qs(text).items()}
    if "payload" in form:
        return read_json(form["payload"].encode())
    if not any(name in form for name in _PLAIN_FORMS):
        raise BadRequest("the body is not of a shape that Slack sends")
    return form


def channel_of(body: dict[str, Any]) -> str:
    """Returns the channel that an event or a press happened in, or ""."""
    event = part(body, "event")
    named = event.get("channel") or part(event, "item").get("channel")
    pressed = part(body, "channel").get("id") or part(body, "container").get("channel_id")
    return clean(named) or clean(pressed)


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
    return Notice(key[:200], kind[:32] or "unknown", {**installation(body), "event": event})


def action_notices(body: dict[str, Any]) -> list[Notice]:
    """Reads pressed buttons: https://docs.slack.dev/reference/interaction-payloads."""
    return [_pressed(body, action) for action in dicts(body.get("actions"))]


def installation(body: dict[str, Any]) -> dict[str, str]:
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
    payload = {**installation(body), **press, "response_url": clean(body.get("response_url"))}
    return Notice(f"action:{digest}", "action", payload)
