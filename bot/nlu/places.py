"""Questions about another institution: an answer about ours would be worse than none.

"What time does the Louvre shut" and "what time do you shut" mean the same to an encoder. So names
are looked up (`gazetteer`, `unlisted`), and a name counts unless the text speaks of us
(`place_signs`) or the place is only background (`place_roles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.nlu.context import Part, Reading
from bot.nlu.gazetteer import DATA, Gazetteer, gazetteer
from bot.nlu.place_roles import foreground
from bot.nlu.place_signs import asks_to_visit, speaks_of_us
from bot.nlu.ranking import headed, put_first
from bot.nlu.scope import OUT_OF_SCOPE
from bot.nlu.unlisted import mark_unlisted

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Ours:
    """What is ours by name: the museum, its exhibitions and rooms, and the city it is in."""

    names: tuple[str, ...] = ()
    city: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Ours:
        """Reads the names from data/museum.yml."""
        facts = YAML(typ="safe", pure=True).load(path)
        shown = [
            each.get(key) for each in facts.get("exhibitions") or () for key in ("name", "room")
        ]
        named = [facts.get("name"), (facts.get("cafe") or {}).get("name"), *shown]
        names = (name for each in named for text in _texts(each) for name in _called(text))
        return cls(tuple(names), tuple(_texts(facts.get("city"))))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Places(GraphComponent):
    """Puts out_of_scope first where a message asks about another institution."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Places:
        """Returns the component; our names are read anew at each start, and no part of a model."""
        return cls(Ours.read(DATA / "museum.yml"))

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `place` and the ranking; a pressed button means what it says."""
        for message in messages:
            if (message.get("metadata") or {}).get("choice") is None:
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        place = elsewhere(message.get(TEXT) or "", self._ours)
        reading = message.get("reading")
        if place is not None:
            message.set("place", place)
            put_first(message, OUT_OF_SCOPE, CONFIDENCE)
        elif isinstance(reading, Reading) and reading.parts:
            parts = tuple(self._judged(part) for part in reading.parts)
            message.set("reading", replace(reading, parts=parts))

    def _judged(self, part: Part) -> Part:
        """Returns one of several questions, as out of scope where it is about another place."""
        if elsewhere(part.text, self._ours) is None:
            return part
        return replace(part, ranking=headed(part.ranking, OUT_OF_SCOPE, CONFIDENCE))


def elsewhere(text: str, ours: Ours) -> str | None:
    """Returns the name of another institution that a text asks about, in English or Chinese.

    Args:
        text: What the visitor wrote.
        ours: Our own names; they win over all others.
    """
    known = _known_to(ours)
    scene = mark_unlisted(known.scene(text), known.words)
    if not scene.names or speaks_of_us(scene.text):
        return None
    for number, letter in foreground(scene.text):
        if asks_to_visit(scene.text, letter):
            return scene.names[number]
    return None


@lru_cache(maxsize=8)
def _known_to(ours: Ours) -> Gazetteer:
    return gazetteer().owned_by(ours.names, ours.city)


def _texts(fact: Any) -> list[str]:
    """Returns a fact's texts, whether it is written once or in two languages."""
    texts = fact.values() if isinstance(fact, Mapping) else [fact]
    return [text for text in texts if isinstance(text, str)]


def _called(name: str) -> Iterator[str]:
    """Returns a name as people say it: without the article, and its first part alone."""
    for part in (name, re.split(r"[:：,，]", name)[0]):
        yield re.sub(r"^the ", "", part.strip(), flags=re.IGNORECASE)
