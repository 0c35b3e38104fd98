"""The decision: answer, ask back with buttons, or say that this is not the museum's business.

A wrong answer given with confidence is worse than three buttons, and an answer to a question about
another museum is worse than none. The thresholds were fitted on the development questions
(tests/nlu/dev.yml) and are settings of the component in config.yml.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_tagger import tag

OUT_OF_SCOPE = "out_of_scope"
# Rasa's own name for "not understood"; its rule asks back.
UNSURE = "nlu_fallback"
KEPT = 5
FAQ = "faq"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Scope(GraphComponent):
    """Turns the ranking of topics into one decision and into what Rasa's rules work with."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Scope:
        """Returns the component; its thresholds come from config.yml."""
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the confidence from which a topic is answered, a service intent is taken at
        its word, and a text is declared out of scope."""
        return {"answer": 0.5, "service": 0.5, "out_of_scope": 0.5}

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `decision`, the intent, and for a topic the response that answers it."""
        for message in messages:
            ranking = message.get("intent_ranking") or [{"name": OUT_OF_SCOPE, "confidence": 1.0}]
            self._decide(message, ranking)
        return messages

    def _decide(self, message: Message, ranking: list[dict[str, Any]]) -> None:
        decision = decide(ranking, self._config)
        best = ranking[0]
        intent = best["name"]
        if decision == "answer":
            tag(message, "topic", intent.partition("/")[2])
            message.set("response_selector", _selected(intent), add_to_output=True)
            intent = FAQ
        elif decision == "clarify":
            intent = UNSURE
        elif decision == "out_of_scope":
            intent = OUT_OF_SCOPE
        message.set("decision", decision, add_to_output=True)
        message.set("intent_ranking", ranking[:KEPT], add_to_output=True)
        message.set(
            "intent", {"name": intent, "confidence": best["confidence"]}, add_to_output=True
        )


def decide(ranking: list[dict[str, Any]], thresholds: dict[str, Any]) -> str:
    """Returns answer, clarify, out_of_scope or service for a ranking, best first."""
    best, confidence = ranking[0]["name"], ranking[0]["confidence"]
    if best == OUT_OF_SCOPE:
        return "out_of_scope" if confidence >= thresholds["out_of_scope"] else "clarify"
    if best.startswith(f"{FAQ}/"):
        return "answer" if confidence >= thresholds["answer"] else "clarify"
    return "service" if confidence >= thresholds["service"] else "clarify"


def _selected(topic: str) -> dict[str, Any]:
    """Says in the words of Rasa's ResponseSelector which response `utter_faq` is to give."""
    prediction = {"utter_action": f"utter_{topic}", "intent_response_key": topic}
    return {"all_retrieval_intents": [FAQ], FAQ: {"response": prediction}}
