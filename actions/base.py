"""What every action has in common: it never raises to Rasa nor leaves a visitor in silence."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.enquiries import hand_over
from bot import history
from bot.config import ROOT
from bot.content.voice import Voice, load_voice

logger = logging.getLogger(__name__)

# Rasa waits five minutes for an action; a visitor does not.
ACTION_SECONDS = 4.0


@dataclass(frozen=True)
class Asked:
    """What an action needs to know of the turn."""

    text: str
    language: str
    seq: int | None
    topic: str | None
    intent: str
    confidence: float
    decision: str
    ranking: list[dict[str, Any]]
    # The questions to answer, each with its topic ("faq/parking") and what went before it.
    questions: list[dict[str, str]] = field(default_factory=list)
    # What kind of emergency was recognised, if one was.
    urgent: str | None = None
    # Whether the message before was not understood either, and what Docent said last.
    misunderstood: bool = False
    last_said: str = ""
    abused: bool = False


class MuseumAction(Action, ABC):
    """An action of Docent.

    A subclass names itself and writes `act`. When `act` fails or takes too long, a case is asked
    for with an apology, so that a person takes over what we could not do.
    """

    action: str
    apologises = True

    def name(self) -> str:
        """Returns the name that domain.yml and the rules use."""
        return self.action

    @abstractmethod
    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Says what there is to say through the dispatcher."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Runs `act`, and sees to it that something comes of it."""
        events: list[dict[str, Any]] = []
        try:
            asked = read_turn(tracker)
            work = self.take(asked, dispatcher, tracker)
            events = await asyncio.wait_for(work, ACTION_SECONDS)
        except Exception:
            logger.exception("an action failed", extra={"action": self.action})
            if self.apologises and not dispatcher.messages:
                ask_for_case(dispatcher, "failure", "apology_handoff")
        return [*events, *self.slots(), *hand_over(dispatcher, tracker)]

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> list[dict[str, Any]]:
        """Runs `act`; what also reads the conversation and returns events writes this instead."""
        await self.act(asked, dispatcher)
        return []

    def slots(self) -> list[dict[str, Any]]:
        """Returns the slots to set after the action."""
        return []


def read_turn(tracker: Tracker) -> Asked:
    """Reads the turn from what Rasa sends to an action."""
    latest = tracker.latest_message
    before = history.before_now(tracker.events)
    metadata = latest.get("metadata") or {}
    intent = latest.get("intent") or {}
    return Asked(
        text=latest.get("text") or "",
        language=metadata.get("language") or tracker.get_slot("language") or "en",
        seq=metadata.get("message"),
        topic=intent.get("full_retrieval_intent_name"),
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        decision=latest.get("decision") or "",
        ranking=latest.get("intent_ranking") or [],
        questions=latest.get("questions") or [],
        urgent=latest.get("urgent"),
        misunderstood=history.was_misunderstood(before),
        last_said=history.last_said(before),
        abused=bool(tracker.get_slot("abused")),
    )


def ask_for_case(
    dispatcher: CollectingDispatcher, reason: str, sentence: str, **more: str
) -> None:
    """Asks for a case; the inbox opens it in the same transaction as the words of the turn."""
    case = {"reason": reason, "sentence": sentence, **more}
    dispatcher.utter_message(json_message={"case": case})


@lru_cache(maxsize=1)
def voice() -> Voice:
    """Returns the museum's facts and sentences."""
    return load_voice(ROOT / "data")


def say(key: str, asked: Asked) -> str:
    """Returns one of Docent's sentences in the visitor's language."""
    return voice().say(key, asked.language)
