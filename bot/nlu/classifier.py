"""One classifier over all FAQ topics and service intents, with one calibrated confidence.

Logistic regression on the sentence embedding and on character n-grams side by side. Its
probabilities are made honest by one temperature, found by cross-validation in training: of the
questions answered with confidence 0.8, some 80 in 100 are right.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from bot.nlu.text import normal
from bot.nlu.typos import TWIN_OF

Matrix = Any
FOLDS = 3
TEMPERATURES = np.linspace(0.2, 2.0, 91)


@dataclass(frozen=True)
class Letters:
    """Character n-grams with their weights; the scheme of scikit-learn's `char_wb` TF-IDF."""

    vectorizer: TfidfVectorizer

    @classmethod
    def make(cls, vocabulary: list[str] | None = None, idf: Any = None) -> Letters:
        """Returns an untrained one, or one with a known vocabulary."""
        vectorizer = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(1, 4),
            sublinear_tf=True,
            min_df=2,
            vocabulary=vocabulary,
            dtype=np.float32,
        )
        if idf is not None:
            vectorizer.idf_ = idf
        return cls(vectorizer)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):
    """Ranks all topics for a message; `bot.nlu.scope` makes the decision."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._letters = Letters.make()
        self._topics: list[str] = []
        self._weights: Matrix = None
        self._bias: Matrix = None
        self._temperature = 1.0

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the weight of letters beside meaning, and the regularisation."""
        return {"letters": 1.0, "C": 10.0}

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
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        if not examples:
            return self._resource
        texts = [normal(e.get(TEXT)) for e in examples]
        labels = np.array([e.get(INTENT_RESPONSE_KEY) or e.get(INTENT) for e in examples])
        self._letters.vectorizer.fit(texts)
        features = self._features(examples, texts)
        model = LogisticRegression(C=self._config["C"], max_iter=400)
        families = [e.get(TWIN_OF) or e.get(TEXT) for e in examples]
        self._temperature = _calibrate(self._config["C"], features, labels, families)
        model.fit(features, labels)
        self._topics = model.classes_.tolist()
        self._weights = model.coef_.astype(np.float32)
        self._bias = model.intercept_.astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `intent` and `intent_ranking`, topics with their prefix ("faq/directions")."""
        for message in messages:
            ranking = self._rank(message)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("intent", ranking[0], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        chosen = (message.get("metadata") or {}).get("choice")
        if chosen is not None:
            return [{"name": chosen, "confidence": 1.0}]
        if not message.get(TEXT) or not self._topics:
            return [{"name": "out_of_scope", "confidence": 1.0}]
        scores = self._scores(message)
        chances = _softmax(scores / self._temperature)
        order = np.argsort(-chances)
        return [{"name": self._topics[i], "confidence": float(chances[i])} for i in order]

    def _scores(self, message: Message) -> Any:
        """Scores one message as `_features` and the weights would, without making it a matrix."""
        vector = _sentence_vector(message).ravel()
        letters = self._letters.vectorizer.transform([normal(message.get(TEXT))])
        of_meaning = self._weights[:, : vector.size] @ vector
        columns = letters.indices + vector.size
        of_letters = self._weights[:, columns] @ (letters.data * self._config["letters"])
        return of_meaning + of_letters + self._bias

    def _features(self, examples: list[Message], texts: list[str]) -> Matrix:
        meaning = np.vstack([_sentence_vector(example) for example in examples])
        letters = self._letters.vectorizer.transform(texts) * self._config["letters"]
        return sparse.hstack([sparse.csr_matrix(meaning), letters]).tocsr()

    def _persist(self) -> None:
        vectorizer = self._letters.vectorizer
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                Path(folder) / "classifier.npz",
                topics=np.array(self._topics, dtype=np.str_),
                weights=self._weights,
                bias=self._bias,
                temperature=self._temperature,
                grams=np.array(vectorizer.get_feature_names_out(), dtype=np.str_),
                idf=vectorizer.idf_,
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
            loaded._temperature = float(stored["temperature"])
            loaded._letters = Letters.make(stored["grams"].tolist(), stored["idf"])
        return loaded


def _calibrate(c: float, features: Matrix, labels: Any, families: list[str]) -> float:
    """Returns the temperature under which held-out examples are least surprising.

    An example and its misspelt twin are held out together.
    """
    if min(np.unique(labels, return_counts=True)[1]) < FOLDS:
        return 1.0
    scores = cross_val_predict(
        LogisticRegression(C=c, max_iter=100, tol=1e-3),
        features,
        labels,
        groups=families,
        cv=StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0),
        method="decision_function",
    )
    right = np.searchsorted(np.unique(labels), labels)
    surprises = [_surprise(scores / t, right) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(surprises))])


def _sentence_vector(message: Message) -> Any:
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features if sentence is not None else np.zeros((1, 512), dtype=np.float32)


def _softmax(scores: Any) -> Any:
    raised = np.exp(scores - np.max(scores))
    return raised / raised.sum()


def _surprise(scores: Any, right: Any) -> float:
    raised = scores - scores.max(axis=1, keepdims=True)
    chances = raised - np.log(np.exp(raised).sum(axis=1, keepdims=True))
    return float(-chances[np.arange(len(right)), right].mean())
