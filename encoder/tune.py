"""Tunes the network on the corpus, so that texts of one topic lie close to each other.

Each topic is a direction; a text's vector is pulled towards its own and away from all others
(softmax over scaled cosines). Words are misspelt anew in every round. The directions are thrown
away at the end: the topics are learnt by `bot.nlu.classifier` from the vectors, so that an editor
can add one without a new encoder.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from bot.nlu.text import normal
from bot.nlu.typos import misspell
from encoder.network import Network, padded
from encoder.source import Array

logger = logging.getLogger(__name__)

ROUNDS = 3
TEXTS_AT_ONCE = 48
RATE = 1e-4
# The part of all steps during which the rate grows from nothing; then it shrinks again.
WARM_UP = 0.1
DROPOUT = 0.1
# How often a text is misspelt, and how many of its longer words.
MISSPELT, SHARE = 0.4, 0.35
# One over the scale of the cosines, and the doubt left in each label.
TEMPERATURE, DOUBT = 0.05, 0.05
LONGEST = 96

Numbers = Callable[[str], list[int]]


@dataclass
class Tuning:
    """One tuning under way.

    Args:
        network: What is tuned.
        numbers: Turns a text in `normal` form into the numbers of its pieces.
        texts: The examples, in `normal` form.
        labels: The topic of each.
    """

    network: Network
    numbers: Numbers
    texts: Sequence[str]
    labels: Sequence[str]

    def __post_init__(self) -> None:
        # The mean of all vectors before tuning: taken away, topics lie further apart.
        names = sorted(set(self.labels))
        self._right = np.array([names.index(label) for label in self.labels], dtype=np.int32)
        vectors = self.vectors(self.texts)
        self.centre = vectors.mean(axis=0)
        means = [vectors[self._right == i].mean(axis=0) for i in range(len(names))]
        self._directions = tf.Variable(_unit(np.stack(means) - self.centre))
        counts = np.bincount(self._right)
        # Small topics weigh more, within reason.
        self._weights = np.clip(np.sqrt(counts.mean() / counts), 0.3, 3.0).astype(np.float32)
        self._learnt = [*self.network.learnt.values(), self._directions]
        self._optimizer = tf.keras.optimizers.legacy.Adam(tf.Variable(RATE), beta_2=0.98)
        self._step = tf.function(
            self._one_step,
            autograph=False,
            input_signature=[
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None], tf.int32),
            ],
        )

    def run(self, told: Callable[[str], None]) -> None:
        """Tunes for all rounds; `told` hears of the progress."""
        chance = random.Random(0)
        total = ROUNDS * (len(self.texts) // TEXTS_AT_ONCE + 1)
        done, started = 0, time.monotonic()
        for number in range(ROUNDS):
            surprises = []
            for rows, right in self._batches(chance):
                self._optimizer.learning_rate.assign(RATE * _share_of_rate(done / total))
                surprises.append(float(self._step(rows, right)))
                done += 1
                if done % 50 == 0:
                    left = (time.monotonic() - started) / done * (total - done)
                    told(f"round {number + 1} of {ROUNDS}, some {left / 60:.0f} minutes left")
            told(f"round {number + 1}: surprise {np.mean(surprises):.3f}")

    def vectors(self, texts: Sequence[str]) -> Array:
        """Returns the vectors of texts as the network makes them now, each of length 1."""
        rows = [self.numbers(text)[:LONGEST] for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found: list[Any] = [None] * len(rows)
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            made = self.network.encode(tf.constant(padded([rows[i] for i in chosen]))).numpy()
            for i, vector in zip(chosen, made, strict=True):
                found[i] = vector
        return _unit(np.stack(found))

    def nearest(self, texts: Sequence[str]) -> list[str]:
        """Returns the topic whose direction is nearest to each text; for looking at progress."""
        names = sorted(set(self.labels))
        turned = _unit(self.vectors(texts) - self.centre)
        cosines = turned @ _unit(self._directions.numpy()).T
        return [names[i] for i in cosines.argmax(axis=1)]

    def _batches(self, chance: random.Random) -> Iterator[tuple[Any, Any]]:
        """Yields each text once, with others of about its length."""
        rows = [self.numbers(self._typed(text, chance))[:LONGEST] for text in self.texts]
        order = list(range(len(rows)))
        chance.shuffle(order)
        size = TEXTS_AT_ONCE * 32
        pools = [order[start : start + size] for start in range(0, len(order), size)]
        sorted_pools = (sorted(pool, key=lambda i: len(rows[i])) for pool in pools)
        batches = [
            pool[start : start + TEXTS_AT_ONCE]
            for pool in sorted_pools
            for start in range(0, len(pool), TEXTS_AT_ONCE)
        ]
        chance.shuffle(batches)
        for batch in batches:
            yield tf.constant(padded([rows[i] for i in batch])), tf.constant(self._right[batch])

    @staticmethod
    def _typed(text: str, chance: random.Random) -> str:
        return normal(misspell(text, SHARE, chance)) if chance.random() < MISSPELT else text

    def _one_step(self, rows: Any, right: Any) -> Any:
        with tf.GradientTape() as tape:
            surprise = self._surprise(rows, right)
        slopes, _ = tf.clip_by_global_norm(tape.gradient(surprise, self._learnt), 1.0)
        self._optimizer.apply_gradients(zip(slopes, self._learnt, strict=True))
        return surprise

    def _surprise(self, rows: Any, right: Any) -> Any:
        vectors = tf.math.l2_normalize(self.network.encode(rows, DROPOUT), -1)
        turned = tf.math.l2_normalize(vectors - self.centre, -1)
        towards = tf.math.l2_normalize(self._directions, -1)
        scores = tf.matmul(turned, towards, transpose_b=True) / TEMPERATURE
        topics = self._directions.shape[0]
        wanted = tf.one_hot(right, topics) * (1 - DOUBT) + DOUBT / topics
        surprises = tf.nn.softmax_cross_entropy_with_logits(wanted, scores)
        return tf.reduce_mean(surprises * tf.gather(self._weights, right))


def _share_of_rate(part: float) -> float:
    return part / WARM_UP if part < WARM_UP else (1 - part) / (1 - WARM_UP)


def _unit(vectors: Array) -> Array:
    unit: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32)
