"""The buttons that help staff to answer; their ids come back when they are pressed. Pure."""

from __future__ import annotations

from bot.desk.elements import Block, button

SUGGEST = "suggest"
# Those that begin with "modal:" open a window.
EDIT_READY, CORRECT = "modal:edit_ready", "modal:correct"


def suggest_button(case_id: int) -> Block:
    """Returns the button that asks for suggestions."""
    return button("Suggest", SUGGEST, str(case_id))


def correct_button(case_id: int, seq: int, label: str = "Correct") -> Block:
    """Returns the button that opens the window in which a translation is corrected."""
    return button(label, CORRECT, f"{case_id}:{seq}")
