"""Marks an emergency that happens now, so that a rule can say what to do and call staff.

Patterns (`emergencies`) find it in words that somebody thought of. A small reader
(`alarm_reader`), trained on data/nlu/emergencies.yml, finds it in other words, and overrules a
pattern where it is sure that nobody needs help: "my heart stopped when I saw the price".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.alarm_reader import AlarmReader, Heard, learn
from bot.nlu.alarms import DATA, alarms
from bot.nlu.context import Ranking
from bot.nlu.emergencies import LONGEST, emergency, signs
from bot.nlu.emergency_texts import CALM, PATH, Text, emergency_texts
from bot.nlu.encoder import embed, embed_all, maker
from bot.nlu.ranking import put_first
from bot.nlu.signs_cache import SignsCache
from bot.nlu.text import normal
from bot.nlu.typos import TWIN_OF
from bot.nlu.vector_cache import VectorCache

TOPIC = "faq/health_safety"
CONFIDENCE = 0.9
# Another topic that is e to this power likelier than safety is as sure as it gets.
MOST_DOUBT = 8.0


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Urgency(GraphComponent):
    """Marks messages that tell of an emergency, for the rule that calls staff."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: Any = None,
        resource: Any = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._reader: AlarmReader | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns from which score a text is an emergency, how much a text that is surely about
        another topic loses, and where embeddings and signs are kept."""
        kept = {"cache": ".docent/emergencies.npz", "signs": ".docent/signs.json"}
        return {"least": -2.5, "doubt": 0.3, **kept}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Urgency:
        """Returns the component, which knows the patterns alone until it is trained."""
        alarms()
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the texts on emergencies, and from the examples of all other topics."""
        path = DATA.parent / PATH
        texts = emergency_texts(path) if path.exists() else []
        if texts:
            with SignsCache(Path(self._config["signs"])) as known:
                written = self._written(texts, known)
                self._reader = learn([*written, *_examples(training_data, known)])
            self._persist(self._reader)
        return self._resource

    def _written(self, texts: list[Text], known: SignsCache) -> Iterable[Heard]:
        plain = [normal(each.text) for each in texts]
        with VectorCache(Path(self._config["cache"]), maker()) as cache:
            vectors = cache.get_all(plain, embed_all)
        for each, text in zip(texts, plain, strict=True):
            kind = None if each.kind == CALM else each.kind
            yield Heard(text[:LONGEST], vectors[text], known.get(each.text), kind, written=True)

    # Rasa hands a component the tracker where it asks for one by this name and type.
    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045
    ) -> list[Message]:
        """Sets `urgent`, and puts health_safety first; a pressed button means what it says.

        What a form asks for is told of the past: there only the patterns count.
        """
        is_told = tracker is not None and bool(tracker.active_loop_name)
        for message in messages:
            text = message.get(TEXT) or ""
            if text and (message.get("metadata") or {}).get("choice") is None:
                ranking = message.get("intent_ranking") or []
                kind = emergency(text) if is_told else self.kind(text, ranking)
                if kind is not None:
                    message.set("urgent", kind)
                    put_first(message, TOPIC, CONFIDENCE)
        return messages

    def kind(self, text: str, ranking: Ranking) -> str | None:
        """Returns the kind of emergency that a text with this ranking of topics tells of, or None.

        The surer another topic is, the more the text has to sound like an emergency.
        """
        if self._reader is None:
            return emergency(text)
        found = signs(text)
        if found.is_cry:
            return found.kind
        plain = normal(text)
        score, kind = self._reader.judge(plain[:LONGEST], embed(plain), found)
        score -= self._config["doubt"] * _doubt(ranking)
        return (found.kind or kind) if score >= self._config["least"] else None

    def _persist(self, reader: AlarmReader) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                Path(folder) / "urgency.npz",
                weights=reader.weights,
                bias=reader.bias,
                runs=np.array(reader.runs, dtype=np.str_),
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Urgency:
        """Reads plain arrays; no pickled object is ever loaded."""
        loaded = cls.create(config, model_storage, resource, execution_context)
        with (
            model_storage.read_from(resource) as folder,
            np.load(Path(folder) / "urgency.npz", allow_pickle=False) as stored,
        ):
            loaded._reader = AlarmReader(
                stored["weights"], stored["bias"], stored["runs"].tolist()
            )
        return loaded


def _doubt(ranking: Ranking) -> float:
    """Returns how much likelier the best topic is than safety, as a logarithm."""
    chances = {each["name"]: each["confidence"] for each in ranking}
    best, safety = max(chances.values(), default=1.0), chances.get(TOPIC, 0.0)
    return min(MOST_DOUBT, math.log(max(best, 1e-9) / max(safety, 1e-9))) if chances else 0.0


def _examples(data: TrainingData, known: SignsCache) -> Iterable[Heard]:
    """Yields the examples of other topics, but for those that tell of an emergency themselves."""
    for example in data.intent_examples:
        intent = example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)
        text = example.get(TEXT)
        if not text or intent == TOPIC or example.get(TWIN_OF):
            continue
        found = known.get(text)
        _, sentence = example.get_dense_features(TEXT)
        if found.kind is None and sentence is not None:
            plain = normal(text)[:LONGEST]
            yield Heard(plain, sentence.features[0], found, None, written=False)
