"""Asks back when Docent is not sure what was meant."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, say, voice

# Two topics and the way to a person: three buttons fit every platform.
OFFERED_TOPICS = 2
PERSON = "speak_to_human"
# What a visitor may have meant; nobody means "out of scope".
NEVER_OFFERED = frozenset({"out_of_scope", "nlu_fallback", PERSON})


class Clarify(MuseumAction):
    """Offers the likeliest topics as buttons, and a person."""

    action = "action_clarify"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Asks which topic was meant, or how else to put it where no topic is likely."""
        offered = offered_topics(asked.ranking)
        buttons = [button(topic, voice().label(topic, asked.language)) for topic in offered]
        if offered:
            buttons.append(button(PERSON, say("clarify_none", asked)))
            dispatcher.utter_message(text=say("clarify", asked), buttons=buttons)
        else:
            buttons.append(button(PERSON, say("talk_to_person", asked)))
            dispatcher.utter_message(text=say("not_understood", asked), buttons=buttons)


def button(meaning: str, label: str) -> dict[str, Any]:
    """Returns a button in Rasa's form; the outbox replaces its payload by an opaque id."""
    return {"title": label, "payload": meaning}


def offered_topics(ranking: list[dict[str, Any]]) -> list[str]:
    """Returns the likeliest topics that have words for a button, best first."""
    names = [ranked["name"] for ranked in ranking]
    known = voice().sentences
    return [
        name
        for name in names
        if name not in NEVER_OFFERED and f"topics.{name.removeprefix('faq/')}" in known
    ][:OFFERED_TOPICS]
