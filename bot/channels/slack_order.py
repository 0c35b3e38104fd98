"""Which Slack events must wait for each other: those of one thread; pure.

A translator that is slow for one visitor holds up nobody else's thread, and in a thread an edit
is never handled before the message.
"""

from __future__ import annotations

from typing import Any

from bot.channels.payload import clean, part

LONGEST = 80


def thread_of(payload: dict[str, Any]) -> str | None:
    """Returns the thread of a row of desk_events as `channel:ts`, None for what has none.

    A reaction tells the message alone: those that mean something stand on a card, which begins
    its thread.
    """
    event = part(payload, "event")
    pressed = payload.get("thread_ts") or payload.get("ts")
    channel = clean(event.get("channel") or part(event, "item").get("channel"))
    channel = channel or clean(payload.get("channel"))
    ts = _root(event) or clean(pressed)
    return f"{channel}:{ts}"[:LONGEST] if channel and ts else None


def _root(event: dict[str, Any]) -> str:
    """Returns the ts of the message that begins the thread of an event, or ""."""
    message, before = part(event, "message"), part(event, "previous_message")
    roots = (event.get("thread_ts"), message.get("thread_ts"), before.get("thread_ts"))
    own = (event.get("deleted_ts"), message.get("ts"), before.get("ts"))
    item = part(event, "item").get("ts")
    return next((ts for ts in map(clean, (*roots, *own, item, event.get("ts"))) if ts), "")
