"""An emergency that happens now: a person is hurt, lost, threatened or in despair, or it burns.

Found by patterns (`alarms`), clause by clause, so that it does not depend on what a model has
learnt. A miss may cost a life and a false alarm calls staff out, so what is supposed, asked about,
past, on show or a figure of speech does not count.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.alarms import Alarms, Pattern, alarms
from bot.nlu.language_tagger import tag
from bot.nlu.ranking import put_first
from bot.nlu.text import normal

# The gravest first.
KINDS = ("threat", "fire", "injury", "distress", "lost_child")
# Of these it is enough to tell where.
PLACED = ("fire", "injury")
TOPIC = "faq/health_safety"
CONFIDENCE = 0.9
# An emergency is written in few words, or in the first of many.
LONGEST = 600

_CLAUSE_ENDS = re.compile(
    r"[,.!?;:~…，。！？；、\n]+|\b(?:and|but|cos|coz|cuz|bc|because|so|then|n|&|also)\b"
)
_CRY = re.compile(
    r"\W*(?:(?:please|pls|plz|omg|oh god) )*(?:help|sos|mayday|emergency|hlp|救命|救人|救救我)"
    r"(?:[ ,!]*(?:me|us|please|pls|plz|now|quick|asap|urgent|someone|somebody|sum1|啊|呀"
    r"|救命))*\W*"
)
# "By the dinosaurs" tells where, not what is on show.
_WHERE = re.compile(
    r"\b(?:by|near|at|in|beside|behind|next to|opposite|under|around|round|inside|outside|from|on"
    r"|of)"
    r" (?:the|your|ur|that|a|this|one of the) (?:(?!(?:is|has|and|are|my|once|painting|picture"
    r"|photo|film|story|exhibition|show|game|scene|book|play)\b)\w+ ?){0,3}"
    r"|在[^,。]{0,8}(?:展间|展厅|展区|展馆|展览馆|展览厅|厅|馆|旁边|那边|门口)"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Urgency(GraphComponent):
    """Marks messages that tell of an emergency, for the rule that calls staff."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Urgency:
        """Returns the component; it has nothing to learn."""
        alarms()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `urgent` and its entity, and puts health_safety first; a pressed button means
        what it says."""
        for message in messages:
            if (message.get("metadata") or {}).get("choice") is None:
                _judge(message)
        return messages


def emergency(text: str) -> str | None:
    """Returns the gravest kind of emergency that a text tells of, in English or Chinese.

    One of "threat", "fire", "injury", "distress" and "lost_child"; None where nobody needs help.
    """
    known = alarms()
    plain = _plain(text, known)
    if _CRY.fullmatch(plain):
        return "distress"
    clauses = _CLAUSE_ENDS.split(plain)
    asks_for_help = known.urgent.search(plain) is not None
    return next((kind for kind in KINDS if _tells(clauses, kind, asks_for_help, known)), None)


def _judge(message: Message) -> None:
    kind = emergency(message.get(TEXT) or "")
    if kind is not None:
        message.set("urgent", kind)
        tag(message, "urgent", kind)
        put_first(message, TOPIC, CONFIDENCE)


def _plain(text: str, known: Alarms) -> str:
    """Returns a text in one spelling, without emoji that say nothing and figures of speech."""
    spoken = text[:LONGEST]
    for sign, words in known.signs.items():
        spoken = spoken.replace(sign, f" {words} ")
    spoken = "".join(" " if unicodedata.category(c) == "So" else c for c in spoken)
    plain = re.sub("['’`]", "", normal(spoken))
    return known.figurative.sub("  ", known.mend(plain))


def _tells(clauses: list[str], kind: str, asks_for_help: bool, known: Alarms) -> bool:
    """Tells whether any clause is surely, or with a sign of urgency likely, of this kind."""
    return any(
        _happens(clause, known.sure[kind], known)
        or (
            (asks_for_help or (kind in PLACED and known.here.search(clause) is not None))
            and _happens(clause, known.likely[kind], known)
        )
        for clause in clauses
    )


def _happens(clause: str, pattern: Pattern, known: Alarms) -> bool:
    """Tells whether a clause tells of something as happening, not as supposed, past or shown."""
    found = pattern.search(clause)
    return (
        found is not None
        and not known.supposed.search(clause, 0, found.end())
        and not known.asked.search(clause, 0, found.start())
        and not known.past_or_shown.search(_WHERE.sub(" ", clause))
    )
