"""What a conversation was about so far, read from the events that Rasa remembers.

Events are dictionaries as Rasa writes them: a turn's memory and what an action is sent are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Events = Sequence[dict[str, Any]]

# Said between two questions, these do not change the subject.
ASIDES = frozenset({"thanks", "praise", "greeting", "abuse"})
MISUNDERSTOOD = frozenset({"clarify", "out_of_scope"})
# How much of the questions before is kept; a chain of follow-ups does not grow for ever.
KEPT_LINES = 3
KEPT_CHARACTERS = 400


def previous_question(events: Events, since: float) -> dict[str, Any] | None:
    """Returns the question that a visitor may still be speaking of, or None.

    Args:
        events: What is remembered, without the message in hand.
        since: The moment before which nothing counts any more, in seconds.
    """
    for parsed, at in _understood(events):
        if at < since:
            return None
        if parsed.get("urgent"):
            # An emergency is nothing to ask on about.
            return None
        if parsed.get("decision") in ("answer", "clarify"):
            return _question(parsed)
        if (parsed.get("intent") or {}).get("name") not in ASIDES:
            return None
    return None


def form_asks(events: Events) -> bool:
    """Tells whether a form waits for an answer, which may be as long as its writer likes."""
    loops = (event for event in reversed(events) if event.get("event") == "active_loop")
    return bool(next(loops, {}).get("name"))


def was_misunderstood(events: Events) -> bool:
    """Tells whether the last message of these was not understood, or not ours to answer."""
    last = next(_understood(events), None)
    return last is not None and last[0].get("decision") in MISUNDERSTOOD


def newest(events: Events) -> dict[str, Any]:
    """Returns what Rasa read in the newest message of the visitor; nothing where there is none."""
    asked = (event for event in reversed(events) if event.get("event") == "user")
    return next(asked, {}).get("parse_data") or {}


def last_said(events: Events) -> str:
    """Returns what Docent said last, or nothing."""
    said = (event.get("text") or "" for event in reversed(events) if event["event"] == "bot")
    return next((text for text in said if text), "")


def newest_understood(events: Events) -> dict[str, Any] | None:
    """Returns what was understood of the newest message, as the log keeps it, or None."""
    parsed = newest(events)
    if not parsed:
        return None
    intent, ranking = parsed.get("intent") or {}, parsed.get("intent_ranking") or []
    best = ranking[0]["name"] if ranking else intent.get("name") or ""
    return {
        "topic": best.removeprefix("faq/"),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "decision": parsed.get("decision") or "",
        "ranking": [
            {"topic": r["name"].removeprefix("faq/"), "confidence": round(r["confidence"], 4)}
            for r in ranking
        ],
    }


def before_now(events: Events) -> Events:
    """Returns the events before the newest message of the visitor."""
    newest = max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)
    return events[:newest]


def _understood(events: Events) -> Iterator[tuple[dict[str, Any], float]]:
    """Yields what was understood of the messages of this session, newest first."""
    for event in reversed(events):
        if event["event"] == "session_started":
            return
        if event["event"] == "user":
            yield event.get("parse_data") or {}, float(event.get("timestamp") or 0.0)


def _question(parsed: dict[str, Any]) -> dict[str, Any]:
    unanswered = {"text": parsed.get("asked") or parsed.get("text") or "", "topic": None}
    *others, last = [
        {"text": _shortened(question["text"]), "topic": question["topic"]}
        for question in parsed.get("questions") or [unanswered]
    ]
    return {**last, "others": others, "rejected": parsed.get("rejected") or []}


def _shortened(text: str) -> str:
    """Keeps where a chain of follow-ups began and where it stands."""
    lines = text.splitlines()
    if len(lines) > KEPT_LINES:
        lines = [lines[0], *lines[1 - KEPT_LINES :]]
    return "\n".join(lines)[:KEPT_CHARACTERS]
