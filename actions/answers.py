"""Answers that are computed from the museum's facts."""

from __future__ import annotations

from datetime import datetime, timezone

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, voice
from bot.content.hours_answer import opening_answer


class OpeningHours(MuseumAction):
    """Answers for the day that was asked about, from the opening calendar."""

    action = "action_opening_hours"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Says when the museum is open."""
        known = voice()
        moment = datetime.now(timezone.utc)
        answer = opening_answer(asked.text, asked.language, known.museum, known.sentences, moment)
        dispatcher.utter_message(text=known.museum.fill(answer, asked.language))
