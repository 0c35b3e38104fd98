"""Who acts at the desk, what is asked of it, and what became of a step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A member of staff: the id on Slack or "web:<name>", and the name that visitors read."""

    id: str
    name: str


@dataclass(frozen=True)
class Outcome:
    """What became of a step: queued, note, needs_claim, needs_confirm, done or refused."""

    kind: str
    reason: str = ""
    seq: int | None = None


@dataclass(frozen=True)
class Request:
    """Why a case is to be opened, as the dialogue asks for it."""

    reason: str
    opening_sentence: str = "handoff_open"
