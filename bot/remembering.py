"""What Rasa remembers of a conversation, as the log keeps it: the last turns, without ballast.

What is remembered is written and read with every turn. Rasa writes an event with empty fields, the
model's number beside each, and a message with its tokens and everything about it twice: far more
than the next turn reads (rasa.com/docs/rasa/action-server/events).
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

# How many of a visitor's turns Rasa remembers; what a turn costs does not grow with the log.
REMEMBERED_TURNS = 4
# Rasa notes beside each event which model wrote it and by which condition a response was chosen; a
# message brings what was asked before it.
_NOTED = frozenset({"model_id", "assistant_id", "condition", "utter_action", "previous"})
# Rasa makes these anew from the event when it reads it, or no turn but the message's own asks.
_READ_ONCE = frozenset({"message_id", "metadata", "text_tokens", "response_selector"})


def remembered(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Returns the events of the last turns, as they are written down."""
    return [written(event) for event in last_turns(tracker)]


def written(event: Event) -> dict[str, Any]:
    """Returns an event as it is written down; Rasa reads the same event from it."""
    content = _filled(event.as_dict())
    noted = _filled(_without(content.pop("metadata", {}), _NOTED))
    content.pop("message_id", None)
    if "parse_data" in content:
        content["parse_data"] = _without(content["parse_data"], _READ_ONCE)
    if "data" in content:
        content["data"] = _filled(content["data"])
    return {**content, "metadata": noted} if noted else content


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


def _without(content: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in names}


def last_turns(tracker: DialogueStateTracker) -> list[Event]:
    """Returns the events of the last turns, opened by a session, the slots and the form as they
    are now."""
    events = list(tracker.events)
    asked = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(asked) <= REMEMBERED_TURNS:
        return events
    start = asked[-REMEMBERED_TURNS]
    began = events[start].timestamp
    opening: list[Event] = [
        ActionExecuted("action_session_start", timestamp=began),
        SessionStarted(timestamp=began),
        *[
            SlotSet(name, slot.value, timestamp=began)
            for name, slot in tracker.slots.items()
            if slot.value is not None
        ],
        *([ActiveLoop(tracker.active_loop_name, began)] if tracker.active_loop_name else []),
        ActionExecuted("action_listen", timestamp=began),
    ]
    return opening + events[start:]
