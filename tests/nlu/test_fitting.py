"""The yes or no on dense and sparse numbers, beside scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from bot.nlu.fitting import fitted

TEXTS = 200


def numbers() -> tuple[Any, Any, Any, Any]:
    chance = np.random.default_rng(0)
    dense = chance.normal(size=(TEXTS, 6)).astype(np.float32)
    letters = sparse.random(TEXTS, 40, 0.1, format="csr", random_state=0, dtype=np.float32)
    labels = dense[:, 0] + letters[:, :3].sum(axis=1).A1 > 0.4
    return dense, letters, labels, np.where(labels, 3.0, 1.0)


@pytest.mark.parametrize("c", [0.1, 10.0])
def test_it_finds_what_scikit_learn_finds(c: float) -> None:
    dense, letters, labels, weighed = numbers()
    theirs = LogisticRegression(C=c, solver="liblinear", max_iter=1000, tol=1e-6)
    theirs.fit(sparse.hstack([dense, letters]), labels, sample_weight=weighed)
    expected = np.append(theirs.coef_[0], theirs.intercept_)
    assert np.allclose(fitted(dense, letters, labels, weighed, c), expected, atol=0.02)


def test_a_text_that_counts_more_pulls_more() -> None:
    dense, letters, labels, _ = numbers()
    even = fitted(dense, letters, labels, np.ones(TEXTS), 1.0)
    leaning = fitted(dense, letters, labels, np.where(labels, 9.0, 1.0), 1.0)
    assert leaning[-1] > even[-1]


def test_where_all_say_no_the_bias_does() -> None:
    dense, letters, labels, weighed = numbers()
    assert fitted(dense, letters, np.zeros_like(labels), weighed, 1.0)[-1] < -1
