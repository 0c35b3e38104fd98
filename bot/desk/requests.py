"""From what the dialogue asks for to the request that the desk works with; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.desk.people import URGENT, Request


def request_of(wanted: Mapping[str, Any]) -> Request:
    """Returns the request for a case in the form in which an action writes it.

    Args:
        wanted: `reason` and `sentence`, and where there is more to say `details`, `question`,
            `department` and `priority`.
    """
    details = wanted.get("details") or {}
    return Request(
        str(wanted.get("reason", "speak_to_human")),
        str(wanted.get("sentence", "handoff_open")),
        {str(label): str(words) for label, words in details.items() if str(words).strip()},
        question=wanted.get("question"),
        department=wanted.get("department"),
        priority=URGENT if wanted.get("priority") == URGENT else "normal",
    )


def words_to_read(request: Request, question: str) -> Sequence[str]:
    """Returns everything in the visitor's words that staff must be able to read, once each."""
    return [text for text in dict.fromkeys([question, *request.details.values()]) if text.strip()]


def with_translations(request: Request, translated: Mapping[str, str]) -> Request:
    """Returns the request with the translations of its details, as far as there are any."""
    found = {
        label: translated[words] for label, words in request.details.items() if words in translated
    }
    return replace(request, translations=found)
