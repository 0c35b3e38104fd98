"""Misspelt twins of the training examples: editors write correctly, visitors on a bus do not.

Without them a mistyped question looks most like the gibberish among the out-of-scope examples.
"""

from __future__ import annotations

import random
import string
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.examples import Example, Examples

# Says of a twin which example it was made from, so that calibration keeps the two together.
TWIN_OF = "twin_of"
SHORTEST_WORD = 4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Typos(GraphComponent):
    """Adds a misspelt twin to each English example while training; does nothing to visitors."""

    def __init__(self, share: float) -> None:
        self._share = share

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Typos:
        """Returns the component; `share` is the part of a text's longer words that is misspelt."""
        return cls(config["share"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the share of misspelt words."""
        return {"share": 0.35}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Returns the training data with the twins; a text has the same twin in any data, so
        that an edit costs the encoding of what was edited and no more."""
        twins = [self._twin(m) for m in training_data.training_examples if m.get(TEXT)]
        return Examples.of(training_data, [twin for twin in twins if twin is not None])

    def process(self, messages: list[Message]) -> list[Message]:
        """Leaves visitors' messages as they are."""
        return messages

    def _twin(self, message: Message) -> Message | None:
        text = message.get(TEXT)
        misspelt = misspell(text, self._share, random.Random(text))  # noqa: S311
        if misspelt == text:
            return None
        return Example({**message.data, TEXT: misspelt, TWIN_OF: text})


def misspell(text: str, share: float, chance: random.Random) -> str:
    """Returns the text with some of its longer English words mistyped."""
    return " ".join(
        _mistype(word, chance) if _is_long(word) and chance.random() < share else word
        for word in text.split(" ")
    )


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word.isascii() and word.isalpha()


def _mistype(word: str, chance: random.Random) -> str:
    """Swaps, drops, doubles or replaces one letter inside the word, as fingers do most."""
    at = chance.randrange(1, len(word) - 1)
    slip = chance.random()
    if slip < 0.45:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip < 0.75:
        return word[:at] + word[at + 1 :]
    if slip < 0.9:
        return word[:at] + word[at] + word[at:]
    return word[:at] + chance.choice(string.ascii_lowercase) + word[at + 1 :]
