"""Stays calm with a visitor who is abusive, and lets staff see it the second time."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, ask_for_case, say

# Set for the rest of the conversation once a visitor was abusive.
SLOT = "abused"


class Abuse(MuseumAction):
    """Says one calm line; the second time in a conversation it brings in a person."""

    action = "action_abuse"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Never lectures."""
        if asked.abused:
            ask_for_case(dispatcher, "abuse", "abuse_reply")
        else:
            dispatcher.utter_message(text=say("abuse_calm", asked))

    def slots(self) -> list[dict[str, Any]]:
        """Remembers it."""
        return [SlotSet(SLOT, True)]
