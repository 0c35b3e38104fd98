"""One classifier over all FAQ topics and service intents, with one calibrated confidence.

Two linear readers, added up. One reads the general embedding and the letters, one the tuned
embedding alone: what is tuned has seen the examples before, and a reader that had both would
listen to nothing else. The confidence is a softmax over the sum; its temperature was fitted on the
development questions and is a setting in config.yml: of the answers given with confidence 0.8 some
80 in 100 are right.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from threadpoolctl import threadpool_limits

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

        `alpha` and `rounds` are of the reader of letters, `C` and `steps` of the tuned one: how
        strictly weights are held small, and how often they are mended. The reader of letters is
        given so many `axes` of the general vector. `tuned` is the part that the tuned reader has
        in the sum, `scale` what its scores are multiplied by first.
        """
        fitted = {"alpha": 1e-5, "rounds": 3, "axes": 256, "C": 3.0, "steps": 40}
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
        self._learn(meaning, texts, labels)
        self._persist()
        return self._resource

    def _learn(self, meaning: Matrix, texts: list[str], labels: Any) -> None:
        """Fits both readers side by side; the weights have a row for each number of a text,
        meaning first."""
        learning = learner()
        with _one_core_each(), ThreadPoolExecutor(1) as beside:
            fitting = beside.submit(self._fit_tuned, meaning[:, GENERAL:], labels)
            axes = _main_axes(meaning[:, :GENERAL], self._config["axes"])
            general = sparse.csr_matrix(meaning[:, :GENERAL] @ axes)
            known = sparse.hstack([general, learning.fit_transform(texts)], format="csr")
            literal, tuned = self._fit_literal(known, labels), fitting.result()
        self._letters = Letters(learning.get_feature_names_out().tolist(), learning.idf_)
        part, scale = self._config["tuned"], self._config["scale"]
        by_letters, by_tuning = (1 - part) * _rows(literal), part * scale * _rows(tuned)
        bias_and_axes, letters = np.split(by_letters, [1 + axes.shape[1]])
        weights = [axes @ bias_and_axes[1:], by_tuning[1:], letters]
        self._weights = np.vstack(weights).astype(np.float32)
        self._bias = (by_letters[0] + by_tuning[0]).astype(np.float32)

    def _fit_literal(self, known: Matrix, labels: Any) -> Any:
        reader = SGDClassifier(
            loss="log_loss",
            alpha=self._config["alpha"],
            max_iter=self._config["rounds"],
            tol=None,
            # The first round is only the way there: without it three rounds do better than six.
            average=len(labels),
            random_state=0,
            n_jobs=2,
        )
        return reader.fit(known, labels)

    def _fit_tuned(self, meaning: Matrix, labels: Any) -> Any:
        reader = LogisticRegression(C=self._config["C"], max_iter=self._config["steps"])
        return reader.fit(meaning, labels)

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


@contextmanager
def _one_core_each() -> Iterator[None]:
    """Lets readers be fitted side by side; the tuned one stops early on purpose: three times as
    many steps understand no more."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def _sentence_vector(message: Message) -> Any:
    _, sentence = message.get_dense_features(TEXT)
    return (
        sentence.features if sentence is not None else np.zeros((1, DIMENSIONS), dtype=np.float32)
    )


def _main_axes(meaning: Matrix, count: int) -> Matrix:
    """Returns the directions, one a column, in which vectors differ most.

    Half of them understand as much as all, and are learnt in two thirds of the time.
    """
    spread = (meaning.T @ meaning).astype(np.float64)
    return np.linalg.eigh(spread)[1][:, ::-1][:, :count].astype(np.float32)


def _rows(model: Any) -> Matrix:
    """Returns a linear model with a column for each topic; the first row is the bias.

    Of two topics scikit-learn keeps the scores of the second alone.
    """
    stacked = np.vstack([model.intercept_, model.coef_.T])
    return np.hstack([-stacked, stacked]) if stacked.shape[1] == 1 else stacked


def _softmax(scores: Any) -> Any:
    raised = np.exp(scores - np.max(scores))
    return raised / raised.sum()
