"""Who acts at the desk, what is asked of it, and what became of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

URGENT = "urgent"


@dataclass(frozen=True)
class Person:
    """A member of staff: the id on Slack or "web:<name>", and the name that visitors read."""

    id: str
    name: str


@dataclass(frozen=True)
class Outcome:
    """What became of a step.

    Args:
        kind: queued, note, done or refused; or what its author is to be asked: needs_claim,
            needs_confirm, needs_reopen (the case is closed) or needs_send (it is theirs).
        reason: Why, in words for staff.
        seq: The message in the log.
        knowing: A colleague's reply that the reason tells of; given back with "anyway" it is
            known to whoever says so.
    """

    kind: str
    reason: str = ""
    seq: int | None = None
    knowing: int | None = None


@dataclass(frozen=True)
class Request:
    """Why a case is to be opened, as the dialogue asks for it.

    `details` holds what the visitor was asked before, label by label in their own words, and
    `translations` the same in the language of staff. Without a `question` the visitor's last
    message is shown as it, and without a `department` the table of departments decides. `mood` is
    how the visitor sounds, where that is known: angry, upset, neutral or pleased.
    """

    reason: str
    opening_sentence: str = "handoff_open"
    details: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, str] = field(default_factory=dict)
    question: str | None = None
    department: str | None = None
    priority: str = "normal"
    mood: str | None = None

    @property
    def is_urgent(self) -> bool:
        """Whether somebody must look at once."""
        return self.priority == URGENT
