"""One classifier over all FAQ topics and service intents, with one calibrated confidence.

Two linear readers, added up. One reads the general embedding and the letters, one the tuned
embedding alone: what is tuned has seen the examples before, and a reader that had both would
listen to nothing else. The confidence is a softmax over the sum; its temperature was fitted on the
development questions and is a setting in config.yml: of the answers given with confidence 0.8 some
80 in 100 are right.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression, SGDClassifier

from bot.nlu.context import understand
from bot.nlu.encoder import DIMENSIONS, embed
from bot.nlu.form_answer import UNTRAINED
from bot.nlu.general import DIMENSIONS as GENERAL
from bot.nlu.letters import Letters, learner
from bot.nlu.text import normal

Matrix = Any


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):
    """Ranks all topics for a message; `bot.nlu.scope` makes the decision."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._letters = Letters((), np.empty(0))
        self._topics: list[str] = []
        self._weights: Matrix = None
        self._bias: Matrix = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns how the readers are fitted and weighed, and how scores become chances.

        `alpha` and `rounds` are of the reader of letters, `C` of the tuned one, as scikit-learn
        names them. `tuned` is the part that the tuned reader has in the sum, `scale` what its
        scores are multiplied by first.
        """
        fitted = {"alpha": 1e-5, "rounds": 6, "C": 3.0}
        return {**fitted, "tuned": 0.35, "scale": 1.6, "temperature": 0.8}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """Returns an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of all topics."""
        examples = [
            example
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT) and example.get(INTENT) not in UNTRAINED
        ]
        if not examples:
            return self._resource
        texts = [normal(e.get(TEXT)) for e in examples]
        labels = np.array([e.get(INTENT_RESPONSE_KEY) or e.get(INTENT) for e in examples])
        meaning = np.vstack([_sentence_vector(example) for example in examples])
        self._topics = sorted(set(labels))
        learning = learner()
        self._learn(meaning, learning.fit_transform(texts), labels)
        self._letters = Letters(learning.get_feature_names_out().tolist(), learning.idf_)
        self._persist()
        return self._resource

    def _learn(self, meaning: Matrix, letters_in: Matrix, labels: Any) -> None:
        """Fits both readers; the weights have a row for each number of a text, meaning first."""
        general = sparse.csr_matrix(meaning[:, :GENERAL])
        literal = SGDClassifier(
            loss="log_loss",
            alpha=self._config["alpha"],
            max_iter=self._config["rounds"],
            tol=None,
            average=True,
            random_state=0,
            n_jobs=2,
        ).fit(sparse.hstack([general, letters_in]).tocsr(), labels)
        tuned = LogisticRegression(C=self._config["C"], max_iter=200, tol=1e-3).fit(
            meaning[:, GENERAL:], labels
        )
        part, scale = self._config["tuned"], self._config["scale"]
        by_letters, by_tuning = (1 - part) * _rows(literal), part * scale * _rows(tuned)
        weights = [by_letters[1 : GENERAL + 1], by_tuning[1:], by_letters[GENERAL + 1 :]]
        self._weights = np.vstack(weights).astype(np.float32)
        self._bias = (by_letters[0] + by_tuning[0]).astype(np.float32)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `intent` and `intent_ranking`, topics with their prefix ("faq/directions").

        What the turn before and several questions in one text make of it is read in `context`.
        """
        for message in messages:
            reading = understand(message.get(TEXT) or "", message.get("metadata") or {}, self.rank)
            message.set("reading", reading)
            message.set("intent_ranking", reading.ranking, add_to_output=True)
            message.set("intent", reading.ranking[0], add_to_output=True)
        return messages

    def rank(self, text: str) -> list[dict[str, Any]]:
        """Returns all topics and service intents for any text, likeliest first."""
        if not text or not self._topics:
            return [{"name": "out_of_scope", "confidence": 1.0}]
        plain = normal(text)
        chances = _softmax(self._scores(plain, embed(plain)) / self._config["temperature"])
        order = np.argsort(-chances)
        return [{"name": self._topics[i], "confidence": float(chances[i])} for i in order]

    def _scores(self, plain: str, vector: Any) -> Any:
        numbers, values = self._letters.found_in(plain)
        of_letters = values @ self._weights[numbers + DIMENSIONS]
        return vector @ self._weights[:DIMENSIONS] + of_letters + self._bias

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                Path(folder) / "classifier.npz",
                topics=np.array(self._topics, dtype=np.str_),
                weights=self._weights,
                bias=self._bias,
                grams=np.array(self._letters.grams, dtype=np.str_),
                idf=self._letters.idf,
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """Reads plain arrays; no pickled object is ever loaded."""
        loaded = cls(config, model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(Path(folder) / "classifier.npz", allow_pickle=False) as stored,
        ):
            loaded._topics = stored["topics"].tolist()
            loaded._weights = stored["weights"]
            loaded._bias = stored["bias"]
            loaded._letters = Letters(stored["grams"].tolist(), stored["idf"])
        return loaded


def _sentence_vector(message: Message) -> Any:
    _, sentence = message.get_dense_features(TEXT)
    return (
        sentence.features if sentence is not None else np.zeros((1, DIMENSIONS), dtype=np.float32)
    )


def _rows(model: Any) -> Matrix:
    """Returns a linear model with a column for each topic; the first row is the bias.

    Of two topics scikit-learn keeps the scores of the second alone.
    """
    stacked = np.vstack([model.intercept_, model.coef_.T])
    return np.hstack([-stacked, stacked]) if stacked.shape[1] == 1 else stacked


def _softmax(scores: Any) -> Any:
    raised = np.exp(scores - np.max(scores))
    return raised / raised.sum()
