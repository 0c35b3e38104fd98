"""Fits a linear yes or no on numbers of which some are dense and most are not.

Logistic regression with small weights, as scikit-learn's, and the same result. scikit-learn knows
one kind of matrix at a time: an embedding among thousands of letters, kept as if it were sparse,
costs it four times the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize

Matrix = Any
# Closer to the end than this changes no decision.
CLOSE, MOST_STEPS = 1e-6, 300
# How many of its last steps the search remembers.
MEMORY = 20


def fitted(dense: Matrix, sparse: Matrix, labels: Matrix, weighed: Matrix, c: float) -> Matrix:
    """Returns the weights of a yes or no: dense numbers, sparse numbers, the bias last.

    Args:
        dense: A row for each text.
        sparse: A row for each text, in scipy's compressed rows.
        labels: True for yes.
        weighed: How much each text counts.
        c: How little weights are held small, as scikit-learn has it.
    """
    with_bias = np.hstack([dense, np.ones((len(dense), 1))]).astype(np.float32)
    cost = _cost(with_bias, sparse.astype(np.float32), labels, c * weighed)
    start = np.zeros(with_bias.shape[1] + sparse.shape[1])
    how = {"maxiter": MOST_STEPS, "ftol": CLOSE, "gtol": 1e-3, "maxcor": MEMORY}
    weights = minimize(cost, start, jac=True, method="L-BFGS-B", options=how).x
    bias = dense.shape[1]
    return np.append(np.delete(weights, bias), weights[bias])


def _cost(
    dense: Matrix, sparse: Matrix, labels: Matrix, weighed: Matrix
) -> Callable[[Matrix], tuple[float, Matrix]]:
    """Returns what tells of weights how bad they are, and in which direction they get worse."""
    sign = np.where(labels, 1.0, -1.0).astype(np.float32)
    counts = weighed.astype(np.float32)
    across = sparse.T.tocsr()
    split = dense.shape[1]

    def cost(weights: Matrix) -> tuple[float, Matrix]:
        now = weights.astype(np.float32)
        margin = sign * (dense @ now[:split] + sparse @ now[split:])
        missed = counts * np.logaddexp(0, -margin)
        pull = -counts * sign * np.exp(-np.logaddexp(0, margin))
        gradient = np.concatenate([pull @ dense, across @ pull]).astype(np.float64)
        return float(missed.sum(dtype=np.float64) + weights @ weights / 2), gradient + weights

    return cost
