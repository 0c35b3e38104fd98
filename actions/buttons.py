"""The buttons under a message: topics that may have been meant, and the way to a person."""

from __future__ import annotations

from typing import Any

from actions.base import Asked, say, voice

# Two topics and the way to a person: three buttons fit every platform.
OFFERED_TOPICS = 2
PERSON = "speak_to_human"
# What a visitor may have meant; nobody means "out of scope".
NEVER_OFFERED = frozenset({"out_of_scope", "nlu_fallback", PERSON})


def button(meaning: str, label: str) -> dict[str, Any]:
    """Returns a button in Rasa's form; the outbox replaces its payload by an opaque id."""
    return {"title": label, "payload": meaning}


def person_button(asked: Asked, key: str = "talk_to_person") -> dict[str, Any]:
    """Returns the button that brings in a person."""
    return button(PERSON, say(key, asked))


def topic_buttons(asked: Asked) -> list[dict[str, Any]]:
    """Returns a button for each of the likeliest topics."""
    offered = offered_topics(asked.ranking)
    return [button(topic, voice().label(topic, asked.language)) for topic in offered]


def offered_topics(ranking: list[dict[str, Any]]) -> list[str]:
    """Returns the likeliest topics that have words for a button, best first."""
    names = [ranked["name"] for ranked in ranking]
    known = voice().sentences
    return [
        name
        for name in names
        if name not in NEVER_OFFERED and f"topics.{name.removeprefix('faq/')}" in known
    ][:OFFERED_TOPICS]
