"""From a request of Slack's to rows of desk_events, and what its parts are called; pure.

One row holds one thing that happened. Its key makes a resend harmless, and so the twin of an
event: a message is known by its channel and time however many events tell of it.

| kind | what happened | payload beside `app`, `bot`, `team` |
|---|---|---|
| an event's name | an Events API callback; `app_home_opened` for the Home tab alone | `event` |
| action | a button or a menu, in a message, a modal or the Home tab | `_pressed` |
| modal | the same, of a button that opens a modal: it is handled at the door | `_pressed` |
| command | a slash command | `command_notice` |
| view | a modal that was sent | `view_notice` |
| view_closed | a modal that was closed without being sent | `view_notice` |
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
# Action ids that begin so open a modal. Leave to open one lives three seconds
# (docs.slack.dev/interactivity/handling-user-interaction#modal_responses), too short for a queue.
OPENS_MODAL = "modal:"
# What `/docent` answers with is pressed wherever the command was typed.
FOR_STAFF = ("home:", "say:")


@dataclass(frozen=True)
class Notice:
    """One row for desk_events."""

    key: str
    kind: str
    payload: dict[str, Any]
    state: str = "queued"


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


def is_for_staff(body: dict[str, Any]) -> bool:
    """Tells whether something is the desk's wherever it happened: a command, its buttons, Home."""
    if "command" in body or part(body, "event").get("type") == "app_home_opened":
        return True
    pressed = [clean(action.get("action_id")) for action in dicts(body.get("actions"))]
    return any(name.startswith(FOR_STAFF) for name in pressed)


def is_other_tab(body: dict[str, Any]) -> bool:
    """Tells whether somebody opened our conversation rather than the Home tab."""
    event = part(body, "event")
    return event.get("type") == "app_home_opened" and event.get("tab", "home") != "home"


def event_notice(body: dict[str, Any]) -> Notice:
    """Reads an Events API callback: https://docs.slack.dev/apis/events-api#callback-field."""
    event = part(body, "event")
    kind = clean(event.get("type"))
    about_another = clean(event.get("subtype")) in _ABOUT_ANOTHER
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


def command_notice(body: dict[str, Any]) -> Notice:
    """Reads a slash command: https://docs.slack.dev/interactivity/implementing-slash-commands.

    Slack sends none that was typed in a thread, so `channel` is all that is known of the place.
    """
    names = ("command", "text", "trigger_id", "response_url")
    told = {name: clean(body.get(name)) for name in names}
    where = {"user": clean(body.get("user_id")), "channel": clean(body.get("channel_id"))}
    key = f"command:{told['trigger_id'] or _digest([*told.values(), *where.values()])}"
    return Notice(key[:200], "command", {**installation(body), **told, **where})


def view_notice(body: dict[str, Any]) -> Notice:
    """Reads a modal's end: /reference/interaction-payloads/view-interactions-payload.

    A modal that stays open has a new hash each time, so one of them is sent once.
    """
    shown = part(body, "view")
    kind = "view_closed" if body.get("type") == "view_closed" else "view"
    key = f"{kind}:{clean(shown.get('id'))}:{clean(shown.get('hash'))}"
    told = {
        "user": clean(part(body, "user").get("id")),
        "trigger_id": clean(body.get("trigger_id")),
        "view": _view(shown),
    }
    return Notice(key[:200], kind, {**installation(body), **told})


def installation(body: dict[str, Any]) -> dict[str, str]:
    """Returns who we are by Slack's own account, so that our echo is known without asking."""
    ours = next(iter(dicts(body.get("authorizations"))), {})
    team = ours.get("team_id") or body.get("team_id") or part(body, "team").get("id")
    bot = ours.get("user_id") if ours.get("is_bot") else ""
    return {"app": clean(body.get("api_app_id")), "bot": clean(bot), "team": clean(team)}


def _pressed(body: dict[str, Any], action: dict[str, Any]) -> Notice:
    container = part(body, "container")
    message = part(body, "message")
    chosen = part(action, "selected_option").get("value") or action.get("selected_user")
    press = {
        "action": clean(action.get("action_id")),
        "value": clean(action.get("value")),
        "option": clean(chosen),
        "block": clean(action.get("block_id")),
        "user": clean(part(body, "user").get("id")),
        "channel": clean(part(body, "channel").get("id") or container.get("channel_id")),
        "ts": clean(container.get("message_ts") or message.get("ts")),
        "thread_ts": clean(container.get("thread_ts") or message.get("thread_ts")),
    }
    trigger = clean(body.get("trigger_id"))
    digest = _digest([trigger, clean(action.get("action_ts")), *press.values()])
    more = {
        "trigger_id": trigger,
        "response_url": clean(body.get("response_url")),
        "view": _view(part(body, "view")),
    }
    opens = press["action"].startswith(OPENS_MODAL)
    kind, state = ("modal", "done") if opens else ("action", "queued")
    return Notice(f"action:{digest}", kind, {**installation(body), **press, **more}, state)


def _view(shown: dict[str, Any]) -> dict[str, Any]:
    """Returns what of a modal or a Home tab comes back: which it is, and what was entered."""
    if not shown:
        return {}
    names = ("id", "type", "hash", "callback_id", "private_metadata")
    return {**{name: clean(shown.get(name)) for name in names}, "values": _entered(shown)}


def _entered(shown: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Returns what stands in each field, by block and action; "" in an empty one."""
    blocks = part(part(shown, "state"), "values")
    return {
        clean(block): {clean(name): _value(part(fields, name)) for name in fields}
        for block, fields in blocks.items()
        if isinstance(fields, dict)
    }


def _value(field: dict[str, Any]) -> str:
    chosen = part(field, "selected_option").get("value") or field.get("selected_user")
    return clean(field.get("value") or chosen)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
