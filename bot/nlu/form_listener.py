"""Listens for the answer while a form asks: the last word on what a message is."""

from __future__ import annotations

from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.form_answer import INFORM, PERSON, SKIP, STOP, kind

REQUESTED = "requested_slot"
# What the log notes as the decision on a form's answer.
DECISION = "form"
_INTENTS = {"answer": INFORM, "skip": SKIP, "stop": STOP, "person": PERSON}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormListener(GraphComponent):
    """Takes a message for the answer to the form's question, unless it clearly is none."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FormListener:
        """Returns the component; it has nothing to learn."""
        return cls()

    # Rasa hands a component the tracker where it asks for one by this name and type.
    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045
    ) -> list[Message]:
        """Sets the intent `inform`, or that of skipping, stopping or asking for a person."""
        asking = asked_now(tracker)
        for message in messages:
            if asking and not message.get("urgent") and not _is_pressed(message):
                _listen(message, asking)
        return messages


def asked_now(tracker: DialogueStateTracker | None) -> str | None:
    """Returns the slot that an open form asks for, or None."""
    if tracker is None or not tracker.active_loop_name:
        return None
    asking = tracker.get_slot(REQUESTED)
    return str(asking) if asking else None


def _is_pressed(message: Message) -> bool:
    return (message.get("metadata") or {}).get("choice") is not None


def _listen(message: Message, asking: str) -> None:
    intent = message.get("intent") or {}
    ranking = message.get("intent_ranking") or [intent]
    decision = message.get("decision") or ""
    best = str(ranking[0].get("name") or "")
    heard = kind(message.get(TEXT) or "", asking, decision, str(intent.get("name") or ""), best)
    if heard not in _INTENTS:
        return
    named = {"name": _INTENTS[heard], "confidence": 1.0}
    kept = [e for e in message.get(ENTITIES) or [] if e.get("entity") != "topic"]
    outputs: dict[str, Any] = {
        "intent": named,
        "intent_ranking": [named],
        "decision": "service" if heard == "person" else DECISION,
        "questions": [],
        ENTITIES: kept,
    }
    for name, value in outputs.items():
        message.set(name, value, add_to_output=True)
