"""The n-grams of a text: the same numbers that scikit-learn finds, whatever the text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.letters import Letters, learner

TEXTS = [
    "when do you close on sundays",
    "when do you open on sunday, or do you?",
    "周日几点关门",
    "你们周日几点开门 wifi",
    "wifi密码是多少 🎟️ ticket 票",
    "a b ab abc abcd abcde",
    "a b ab abc abcd abcde 票 🎟️ é ß",
]
LEARNT = learner()
LEARNT.fit(TEXTS)
OURS = Letters(LEARNT.get_feature_names_out().tolist(), LEARNT.idf_)


def same(text: str) -> bool:
    numbers, values = OURS.found_in(text)
    found: Any = np.zeros(len(OURS.grams), dtype=np.float32)
    found[numbers] = values
    return np.allclose(found, LEARNT.transform([text]).toarray()[0], atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "",
        " ",
        "a",
        "票",
        "a a a  a",
        "sunday sunday sunday",
        "周日周日 周日sunday",
        "When DO You\tclose\n\n周日",
        "🎟️🎟️",
        "\u3000周日\u00a0几点",
        "İ ﬁ ǅ",
        "馆" * 400,
        "nothing qzx 無",
    ],
)
def test_a_text_gets_the_numbers_of_scikit_learn(text: str) -> None:
    assert same(text)


@given(st.text(alphabet="abcdwifiy周日几点 \t票🎟?'-", max_size=40) | st.text(max_size=40))
def test_any_text_gets_the_numbers_of_scikit_learn(text: str) -> None:
    assert same(text)


def test_values_have_length_one() -> None:
    _, values = OURS.found_in("周日几点 close")
    assert float(np.linalg.norm(values)) == pytest.approx(1, abs=1e-6)
