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
) -> Tracker:
    """Returns the tracker of one turn."""
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.81234},
        "decision": "answer",
        "intent_ranking": RANKING if ranking is None else ranking,
        "metadata": {"language": language, "message": seq, "choice": None},
    }
    return Tracker("messenger:7", {"language": language[:2]}, latest, [], False, None, {}, "x")
