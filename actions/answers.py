"""Answers that are computed from the museum's facts, and several answers in one turn."""

from __future__ import annotations

from datetime import datetime, timezone

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, voice
from actions.buttons import person_button
from actions.forms import enquiry_buttons
from bot.content.computed import computed


class Answer(MuseumAction):
    """Answers each question of a message: by computing where that is known, else from its file."""

    action = "action_answer"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Says one answer after the other, in the order of asking; no topic twice."""
        questions = asked.questions or [{"topic": asked.topic or "", "text": asked.text}]
        answered: set[str] = set()
        for question in questions:
            if question["topic"] not in answered:
                _answer(question["topic"], question["text"], asked, dispatcher)
            answered.add(question["topic"])


def _answer(topic: str, text: str, asked: Asked, dispatcher: CollectingDispatcher) -> None:
    known, moment = voice(), datetime.now(timezone.utc)
    name = topic.removeprefix("faq/")
    answer = computed(name, text, asked.language, known.museum, known.sentences, moment)
    if answer is None:
        buttons = enquiry_buttons(topic, asked)
        dispatcher.utter_message(response=f"utter_{topic}", buttons=buttons)
        return
    person = [person_button(asked)] if answer.offer_person else None
    dispatcher.utter_message(text=known.museum.fill(answer.text, asked.language), buttons=person)
