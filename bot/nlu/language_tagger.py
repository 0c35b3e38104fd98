"""Writes the language to answer in on each message, as the slot `language` wants it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.language import base, settle


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageTagger(GraphComponent):
    """Takes the conversation's language from the message's metadata, else from the text."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageTagger:
        """Returns the component; it has nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds an entity `language` ("en" or "zh") to each message."""
        for message in messages:
            given = (message.get("metadata") or {}).get("language")
            language = given or settle(message.get(TEXT) or "", None)
            tag(message, "language", base(language))
        return messages


def tag(message: Message, entity: str, value: str) -> None:
    """Adds an entity that stands for the whole message."""
    text = message.get(TEXT) or ""
    added = {"entity": entity, "value": value, "start": 0, "end": len(text), "extractor": "docent"}
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), added], add_to_output=True)
