"""Finding the button that a person would press."""

from __future__ import annotations

from .slack_blocks import elements_of
from .wire import JsonDict


def labels(message: JsonDict) -> list[str]:
    """Return what is written on the buttons and menus of a message."""
    parts = [element for block in message.get("blocks", []) for _, element in elements_of(block)]
    return [label for label in map(label_of, parts) if label]


def label_of(element: JsonDict) -> str:
    """Return what is written on a button or, before a choice, on a menu."""
    words = element.get("placeholder" if "select" in element.get("type", "") else "text")
    return str(words.get("text", "")) if isinstance(words, dict) else ""


def control(message: JsonDict, name: str) -> tuple[JsonDict, JsonDict]:
    """Return the block and the element with this action_id, or else with this label."""
    parts = [(b, e) for b in message.get("blocks", []) for _, e in elements_of(b)]
    for tell in (lambda each: each.get("action_id"), label_of):
        for block, element in parts:
            if tell(element) == name:
                return block, element
    raise AssertionError(f"nobody could press {name!r}; there are {labels(message)}")
