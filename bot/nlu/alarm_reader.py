"""A linear reader that tells an emergency in words which no pattern has from what sounds like one.

It weighs three things: the meaning of the text (its embedding), its letters, and what the patterns
say of it. One column of weights tells whether it is an emergency, one for each kind tells which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sparse

from bot.nlu.emergencies import KINDS, Signs
from bot.nlu.fitting import fitted

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
    dense, letters = _dense(texts), _letters(texts, runs)
    urgent = np.array([text.kind is not None for text in texts])
    weighed = np.array([WRITTEN if text.written else EXAMPLE for text in texts])
    columns = [fitted(dense, letters, urgent, weighed, C)]
    kinds = np.array([text.kind for text in texts])[urgent]
    dense, letters, weighed = dense[urgent], letters[urgent], weighed[urgent]
    columns += [fitted(dense, letters, kinds == kind, weighed, C) for kind in KINDS]
    stacked = np.stack(columns, axis=1).astype(np.float32)
    return AlarmReader(stacked[:-1], stacked[-1], runs)


def _dense(texts: Sequence[Heard]) -> Matrix:
    marks = np.array([each.signs.marks for each in texts], dtype=np.float32)
    return np.hstack([np.stack([each.vector for each in texts]), MARKS * marks])


def _letters(texts: Sequence[Heard], runs: Sequence[str]) -> Matrix:
    known = {run: number for number, run in enumerate(runs)}
    found = [[known[run] for run in runs_of(text.plain) if run in known] for text in texts]
    counts = np.array([len(each) for each in found])
    values = np.repeat(LETTERS / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.append(0, np.cumsum(counts))
    columns = np.fromiter(chain.from_iterable(found), dtype=np.int32, count=ends[-1])
    return sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(runs)))


def runs_of(plain: str) -> Iterable[str]:
    """Returns the runs of letters of a text, each once."""
    return {
        plain[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(plain) - length + 1)
    }
