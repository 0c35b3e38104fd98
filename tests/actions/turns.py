"""A turn as Rasa sends it to an action."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

RANKING = [
    {"name": "faq/opening_hours", "confidence": 0.81234},
    {"name": "faq/directions", "confidence": 0.1},
    {"name": "out_of_scope", "confidence": 0.05},
    {"name": "thanks", "confidence": 0.02},
]


def tracker(
    text: str = "When do you close?",
    language: str = "en",
    *,
    seq: int | None = None,
    intent: str = "faq",
    ranking: list[dict[str, Any]] | None = None,
    decision: str = "answer",
    events: list[dict[str, Any]] | None = None,
    slots: dict[str, Any] | None = None,
    **more: Any,
) -> Tracker:
    """Returns the tracker of one turn; `more` is what else was understood of the text."""
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.81234},
        "decision": decision,
        "intent_ranking": RANKING if ranking is None else ranking,
        "metadata": {"language": language, "message": seq, "choice": None},
        **more,
    }
    known = {"language": language[:2], **(slots or {})}
    happened = [*(events or []), {"event": "user", "parse_data": latest, "timestamp": 1.0}]
    return Tracker("messenger:7", known, latest, happened, False, None, {}, "x")
