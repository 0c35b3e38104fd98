"""Brings in a person."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, ask_for_case


class OpenCase(MuseumAction):
    """Asks for a case, for a visitor who wants a person."""

    action = "action_open_case"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Opens the case."""
        ask_for_case(dispatcher, "speak_to_human", "handoff_open")
