"""An emergency: the safe instruction at once, and a person at once."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, ask_for_case, say, voice

# Said where the kind of emergency has no instruction of its own.
ANY_KIND = "injury"


class Emergency(MuseumAction):
    """Tells the visitor what to do now, and opens an urgent case."""

    action = "action_emergency"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Gives the instruction before anything else."""
        key = f"emergency.{asked.urgent}"
        known = key in voice().sentences
        dispatcher.utter_message(text=say(key if known else f"emergency.{ANY_KIND}", asked))
        ask_for_case(dispatcher, "emergency", "emergency.passed_on", priority="urgent")
