"""Which texts say nearly the same, told by the letters they share; quick over many thousands.

Two texts are as alike as the runs of one to three letters that both have, beside all that either
has, a run counting the more the rarer it is: what is asked weighs, "please" and "请问" hardly do.
A word said three times counts once, so alike texts must also be about as long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.sparse as sparse
from opencc import OpenCC

# A word marked for Rasa, "[tea](drink)" or "[tea]{"entity": "drink"}", counts as it is read.
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_AT_ONCE = 50_000
_ROUNDING = 1e-4
Matrix = Any


class _Kept(dict[int, int | None]):
    """A table for str.translate that takes out punctuation and control signs; emoji stay."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code))[0] in "PC" else code
        return self[code]


_KEPT = _Kept()


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def bare(text: str) -> str:
    """Returns what is left of a text without case, width, spaces and punctuation; emoji stay."""
    plain = unicodedata.normalize("NFKC", _MARKED.sub(r"\1", text)).casefold()
    return "".join(plain.translate(_KEPT).split()) or plain.strip()


def bare_simplified(text: str) -> str:
    """Returns a text as `bare` does, Traditional and Simplified Chinese being one."""
    return bare(str(_to_simplified().convert(text)))


def alike(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yields the numbers of each two texts that are at least so much alike (above 0, up to 1)."""
    if not texts:
        return
    runs, weights = _weighed(texts)
    sizes = runs @ weights
    first, second = _likely(runs, weights, sizes, least)
    lengths = np.array([len(bare(text)) for text in texts])
    shorter = np.minimum(lengths[first], lengths[second])
    as_long = shorter >= least * np.maximum(lengths[first], lengths[second])
    first, second = first[as_long], second[as_long]
    for start in range(0, len(first), _AT_ONCE):
        one, other = first[start : start + _AT_ONCE], second[start : start + _AT_ONCE]
        shared = runs[one].multiply(runs[other]) @ weights
        likeness = shared / (sizes[one] + sizes[other] - shared)
        for number in np.flatnonzero(likeness >= least - _ROUNDING):
            yield int(one[number]), int(other[number]), float(likeness[number])


def _weighed(texts: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Returns which text has which run, the rarest runs first, and what each run weighs."""
    numbers: dict[str, int] = {}
    columns, ends = [], [0]
    for text in texts:
        columns += [numbers.setdefault(run, len(numbers)) for run in _runs(text)]
        ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    runs = sparse.csr_matrix((ones, columns, ends), shape=(len(texts), len(numbers)))
    found_in = np.asarray(runs.sum(axis=0)).ravel()
    order = np.argsort(found_in, kind="stable")
    runs = runs[:, order]
    runs.sort_indices()
    return runs, np.log1p(len(texts) / found_in[order]).astype(np.float32)


def _runs(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", str(_to_simplified().convert(text))).casefold()
    line = f" {' '.join(plain.translate(_KEPT).split())} "
    pairs = {line[at : at + 2] for at in range(len(line) - 1)}
    # An emoji says as much as a word of some letters.
    pictures = {sign * times for sign in _PICTURE.findall(line) for times in range(2, 6)}
    return pairs.union(line, pictures, (line[at : at + 3] for at in range(len(line) - 2)))


def _likely(runs: Matrix, weights: Matrix, sizes: Matrix, least: float) -> tuple[Matrix, Matrix]:
    """Returns pairs among which are all that are alike enough.

    Such a pair shares one of the rarest runs of each: those beyond which less than `least` of the
    text is left. What it can share besides is known from its sizes.
    """
    rare = _rarest(runs, weights, sizes, least)
    pairs = sparse.triu(rare @ rare.T, 1).tocoo()
    one, other = sizes[pairs.row], sizes[pairs.col]
    larger = np.maximum(one, other)
    enough = np.minimum(one, other) >= least * larger - _ROUNDING
    needed = least / (1 + least) * (one + other) - least * larger
    enough &= pairs.data >= needed - _ROUNDING * larger
    return pairs.row[enough], pairs.col[enough]


def _rarest(runs: Matrix, weights: Matrix, sizes: Matrix, least: float) -> Matrix:
    """Returns the rarest runs of each text, so weighed that a product of two is their weight."""
    texts = np.repeat(np.arange(runs.shape[0]), np.diff(runs.indptr))
    each = weights[runs.indices].astype(np.float64)
    before = np.cumsum(each) - each
    before -= before[runs.indptr[:-1]][texts]
    kept = sizes[texts] - before >= least * sizes[texts] - _ROUNDING
    roots = np.sqrt(each[kept]).astype(np.float32)
    return sparse.csr_matrix((roots, (texts[kept], runs.indices[kept])), shape=runs.shape)
