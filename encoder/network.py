"""The encoder as a TensorFlow network that can be tuned: BERT with the mean of its tokens."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from encoder.source import Array

Tensor = Any

PADDING = 1
EPSILON = 1e-12


class Network(tf.Module):
    """The layers of `encoder.source` with what is to be learnt as variables.

    Args:
        tensors: Weights by name.
        layers: How many layers the network has.
        heads: Attention heads in each.
        frozen: How many of the lowest layers, and the embeddings, stay as they are.
    """

    def __init__(self, tensors: dict[str, Array], layers: int, heads: int, frozen: int) -> None:
        super().__init__()
        self._layers, self._heads, self._frozen = layers, heads, frozen
        self._fixed = {n: tf.constant(t) for n, t in tensors.items() if self._layer_of(n) < frozen}
        self.learnt = {
            name: tf.Variable(tensor, name=name)
            for name, tensor in tensors.items()
            if self._layer_of(name) >= frozen
        }

    def encode(self, numbers: Tensor, dropout: float = 0.0) -> Tensor:
        """Returns one vector for each row of token numbers; rows are padded with PADDING."""
        mask = tf.cast(tf.not_equal(numbers, PADDING), tf.float32)
        words = tf.gather(self._of("emb.word"), numbers)
        places = self._of("emb.pos")[: tf.shape(numbers)[1]]
        x = self._normed(words + places + self._of("emb.type")[0], "emb.ln")
        blocked = (1.0 - mask)[:, None, None, :] * -1e9
        for layer in range(self._layers):
            x = self._layer(x, f"l{layer}", blocked, dropout)
            if layer + 1 == self._frozen:
                x = tf.stop_gradient(x)
        return tf.reduce_sum(x * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)

    def tensors(self) -> dict[str, Array]:
        """Returns the weights by name, those that were learnt in their new state."""
        everything = {**self._fixed, **self.learnt}
        return {name: tensor.numpy() for name, tensor in everything.items()}

    def _layer(self, x: Tensor, name: str, blocked: Tensor, dropout: float) -> Tensor:
        attended = self._linear(self._attended(x, name, blocked, dropout), f"{name}.ao")
        x = self._normed(x + _dropped(attended, dropout), f"{name}.aln")
        inner = tf.nn.gelu(self._linear(x, f"{name}.fi"))
        return self._normed(
            x + _dropped(self._linear(inner, f"{name}.fo"), dropout), f"{name}.oln"
        )

    def _attended(self, x: Tensor, name: str, blocked: Tensor, dropout: float) -> Tensor:
        query, key, value = (self._by_head(self._linear(x, f"{name}.{part}")) for part in "qkv")
        size = query.shape[-1]
        scores = tf.matmul(query, key, transpose_b=True) / math.sqrt(size) + blocked
        mixed = tf.matmul(_dropped(tf.nn.softmax(scores), dropout), value)
        return tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), tf.shape(x))

    def _by_head(self, x: Tensor) -> Tensor:
        size = x.shape[-1] // self._heads
        split = tf.reshape(x, (tf.shape(x)[0], tf.shape(x)[1], self._heads, size))
        return tf.transpose(split, (0, 2, 1, 3))

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return tf.einsum("bti,oi->bto", x, self._of(f"{name}.w")) + self._of(f"{name}.b")

    def _normed(self, x: Tensor, name: str) -> Tensor:
        mean, variance = tf.nn.moments(x, -1, keepdims=True)
        scaled = (x - mean) * tf.math.rsqrt(variance + EPSILON)
        return scaled * self._of(f"{name}.w") + self._of(f"{name}.b")

    def _of(self, name: str) -> Tensor:
        return self.learnt[name] if name in self.learnt else self._fixed[name]

    @staticmethod
    def _layer_of(name: str) -> int:
        head = name.partition(".")[0]
        return -1 if head == "emb" else int(head[1:])


def _dropped(x: Tensor, rate: float) -> Tensor:
    return tf.nn.dropout(x, rate) if rate else x


def padded(rows: list[list[int]]) -> Array:
    """Returns token numbers as one array, shorter rows filled up with PADDING."""
    width = max(map(len, rows))
    return np.array([row + [PADDING] * (width - len(row)) for row in rows], dtype=np.int32)
