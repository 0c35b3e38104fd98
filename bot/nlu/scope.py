"""The decision: answer, ask back with buttons, or say that this is not the museum's business.

A wrong answer given with confidence is worse than three buttons, and an answer to a question about
another museum is worse than none. The thresholds were fitted on the development questions
(tests/nlu/dev.yml) and are settings of the component in config.yml.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import Part, Ranking, Reading
from bot.nlu.language_tagger import tag

OUT_OF_SCOPE = "out_of_scope"
# Rasa's own name for "not understood"; its rule asks back.
UNSURE = "nlu_fallback"
KEPT = 5
FAQ = "faq"
# Topics on one subject: a message that seems to ask on two of them asks one thing.
_SUBJECTS = {
    f"{FAQ}/{topic}": subject
    for subject, topics in (
        ("times", "opening_hours late_opening closures"),
        ("prices", "admission_price concessions"),
        ("exhibitions", "exhibitions_on exhibition_specific"),
    )
    for topic in topics.split()
}
# What the rules of data/stories/ read in the slot `topic` where it is not one topic to answer.
SEVERAL = "several"
EMERGENCY = "emergency"


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
        its word, a text is declared out of scope, and one of several questions counts; for
        the last also the chance that the message as a whole must give to its topic."""
        return {
            "answer": 0.5,
            "service": 0.5,
            "out_of_scope": 0.5,
            "several": 0.9,
            "supported": 0.0008,
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `decision`, the intent, and for topics what answers them."""
        for message in messages:
            unknown = [{"name": OUT_OF_SCOPE, "confidence": 1.0}]
            ranking = message.get("intent_ranking") or unknown
            reading = message.get("reading") or Reading(message.get(TEXT) or "", ranking)
            self._decide(message, reading)
        return messages

    def _decide(self, message: Message, reading: Reading) -> None:
        parts = _apart([part for part in reading.parts if self._counts(part)])
        if message.get("urgent"):
            message.set("urgent", message.get("urgent"), add_to_output=True)
            _write(message, reading, "answer", [], EMERGENCY)
        elif len(parts) > 1:
            ranking = _headed(reading.ranking, parts)
            _write(message, replace(reading, ranking=ranking), "answer", parts, SEVERAL)
        else:
            decision = "clarify" if reading.unsure else decide(reading.ranking, self._config)
            whole = Part(reading.asked, reading.ranking)
            parts = [whole] if decision == "answer" else []
            _write(message, reading, decision, parts, _best(whole).removeprefix(f"{FAQ}/"))

    def _counts(self, part: Part) -> bool:
        """Tells whether one of several questions is surely on a topic."""
        sure = part.ranking[0]["confidence"] >= self._config["several"]
        supported = part.support >= self._config["supported"]
        return sure and supported and decide(part.ranking, self._config) == "answer"


def decide(ranking: Ranking, thresholds: dict[str, Any]) -> str:
    """Returns answer, clarify, out_of_scope or service for a ranking, best first."""
    best, confidence = ranking[0]["name"], ranking[0]["confidence"]
    if best == OUT_OF_SCOPE:
        return "out_of_scope" if confidence >= thresholds["out_of_scope"] else "clarify"
    if best.startswith(f"{FAQ}/"):
        return "answer" if confidence >= thresholds["answer"] else "clarify"
    return "service" if confidence >= thresholds["service"] else "clarify"


def _write(message: Message, reading: Reading, decision: str, parts: list[Part], way: str) -> None:
    """Writes on a message what was decided.

    Args:
        message: The message.
        reading: How it was read.
        decision: As `decide` returns it.
        parts: The questions to answer, in order.
        way: What the rules find in the slot `topic`, if they are to look there.
    """
    best = reading.ranking[0]
    named = {"clarify": UNSURE, "out_of_scope": OUT_OF_SCOPE}.get(decision, best["name"])
    if decision == "answer":
        tag(message, "topic", way)
        named = FAQ
    if decision == "answer" and way != EMERGENCY:
        message.set("response_selector", _selected(best["name"]), add_to_output=True)
    outputs: dict[str, Any] = {
        "decision": decision,
        "intent_ranking": reading.ranking[:KEPT],
        "intent": {"name": named, "confidence": best["confidence"]},
        "asked": reading.asked,
        "questions": [{"topic": _best(part), "text": part.text} for part in parts],
        "rejected": list(reading.rejected),
    }
    for name, value in outputs.items():
        message.set(name, value, add_to_output=True)


def _best(part: Part) -> str:
    return str(part.ranking[0]["name"])


def _apart(parts: list[Part]) -> list[Part]:
    """Returns the parts that are on different subjects, the first on each."""
    kept: dict[str, Part] = {}
    for part in parts:
        kept.setdefault(_SUBJECTS.get(_best(part), _best(part)), part)
    return list(kept.values())


def _headed(ranking: Ranking, parts: list[Part]) -> Ranking:
    """Returns a ranking with the topics of the parts at its head, in the order of asking."""
    heads = {_best(part): part.ranking[0] for part in parts}
    return [*heads.values(), *(each for each in ranking if each["name"] not in heads)]


def _selected(topic: str) -> dict[str, Any]:
    """Says in the words of Rasa's ResponseSelector which response `utter_faq` is to give."""
    prediction = {"utter_action": f"utter_{topic}", "intent_response_key": topic}
    return {"all_retrieval_intents": [FAQ], FAQ: {"response": prediction}}
