"""A linear reader that tells an emergency in words which no pattern has from what sounds like one.

It weighs three things: the meaning of the text (its embedding), its letters, and what the patterns
say of it. One column of weights tells whether it is an emergency, one for each kind tells which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from bot.nlu.emergencies import KINDS, Signs

Matrix = Any
# Runs of so many letters; one that stands in a single text teaches nothing.
SHORTEST, LONGEST, LEAST = 1, 4, 2
# What letters and marks weigh beside an embedding of length 1.
LETTERS, MARKS = 2.0, 0.5
# As scikit-learn names it. Chosen, like the weights, in four parts of the texts by turns.
C = 10.0
# An example of the other topics counts this much less than a text that was written for this.
WRITTEN, EXAMPLE = 3.0, 1.0


@dataclass(frozen=True)
class Heard:
    """A text to learn from; `kind` is None for no emergency, `written` where it was for this."""

    plain: str
    vector: Matrix
    signs: Signs
    kind: str | None
    written: bool


class AlarmReader:
    """Tells how much a text sounds like an emergency, and of which kind.

    Args:
        weights: A column for "is one" and one for each of KINDS; a row for each number of the
            embedding, then the marks, then the runs of letters.
        bias: What is added, for each column.
        runs: The runs of letters that have a row.
    """

    def __init__(self, weights: Matrix, bias: Matrix, runs: Sequence[str]) -> None:
        self.weights = weights
        self.bias = bias
        self.runs = list(runs)
        self._rows = {run: number for number, run in enumerate(runs, len(weights) - len(runs))}
        self._dense = len(weights) - len(runs)

    def judge(self, plain: str, vector: Matrix, signs: Signs) -> tuple[float, str]:
        """Returns the score of a text, above 0 for rather yes, and the likeliest kind."""
        dense = np.concatenate([vector, MARKS * np.array(signs.marks, dtype=np.float32)])
        scores = dense @ self.weights[: self._dense] + self.bias
        rows = [self._rows[run] for run in runs_of(plain) if run in self._rows]
        if rows:
            scores = scores + LETTERS / np.sqrt(len(rows)) * self.weights[rows].sum(axis=0)
        return float(scores[0]), KINDS[int(np.argmax(scores[1:]))]


def learn(texts: Sequence[Heard]) -> AlarmReader:
    """Returns a reader that has learnt from texts of all kinds and of none."""
    counted = Counter(run for text in texts if text.written for run in runs_of(text.plain))
    runs = sorted(run for run, count in counted.items() if count >= LEAST)
    numbers = _numbers(texts, runs)
    urgent = np.array([text.kind is not None for text in texts])
    weighed = np.array([WRITTEN if text.written else EXAMPLE for text in texts])
    columns = [_fitted(numbers, urgent, weighed)]
    kinds = np.array([text.kind for text in texts])[urgent]
    columns += [_fitted(numbers[urgent], kinds == kind, weighed[urgent]) for kind in KINDS]
    stacked = np.stack(columns, axis=1).astype(np.float32)
    return AlarmReader(stacked[:-1], stacked[-1], runs)


def _fitted(numbers: Matrix, labels: Matrix, weighed: Matrix) -> Matrix:
    """Returns the weights of a yes or no, the bias last."""
    model = LogisticRegression(C=C, max_iter=300, solver="liblinear", random_state=0)
    model.fit(numbers, labels, sample_weight=weighed)
    return np.append(model.coef_[0], model.intercept_)


def _numbers(texts: Sequence[Heard], runs: Sequence[str]) -> Matrix:
    known = {run: number for number, run in enumerate(runs)}
    dense = [np.append(each.vector, MARKS * np.array(each.signs.marks)) for each in texts]
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found = [known[run] for run in runs_of(text.plain) if run in known]
        rows += [row] * len(found)
        columns += found
        values += [LETTERS / max(1.0, np.sqrt(len(found)))] * len(found)
    letters = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(runs)))
    return sparse.hstack([sparse.csr_matrix(np.stack(dense)), letters]).tocsr()


def runs_of(plain: str) -> Iterable[str]:
    """Returns the runs of letters of a text, each once."""
    return {
        plain[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(plain) - length + 1)
    }
