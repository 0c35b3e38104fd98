"""How honest the confidence is, and what another threshold would bring."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from report.results import OUT_OF_SCOPE, Results, in_scope, out_of_scope

BINS = 10
THRESHOLDS = tuple(step / 100 for step in range(101))
MOST = 0.95


@dataclass(frozen=True)
class Bin:
    """The texts of one range of confidence: how many, how sure and how right on average."""

    texts: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Calibration:
    """The ranges of confidence, lowest first, and the expected calibration error (ECE).

    The error is the distance between sure and right, averaged over texts.
    """

    bins: tuple[Bin, ...]
    error: float


@dataclass(frozen=True)
class Point:
    """What a threshold brings: shares of questions answered, and how many answers are right.

    `precision` and `answered` are of questions in scope, `outside` is the share of questions out
    of scope that would be answered.
    """

    threshold: float
    answered: float
    precision: float
    outside: float


def calibration(results: Results) -> Calibration:
    """Returns how confidence and rightness agree, over all texts."""
    groups: list[Results] = [[] for _ in range(BINS)]
    for each in results:
        groups[min(int(each.confidence * BINS), BINS - 1)].append(each)
    bins = tuple(_bin(group) for group in groups if group)
    off = sum(each.texts * abs(each.confidence - each.right) for each in bins)
    return Calibration(bins, off / len(results) if results else 0.0)


def _bin(group: Results) -> Bin:
    confidence = sum(each.confidence for each in group) / len(group)
    return Bin(len(group), confidence, sum(each.is_right for each in group) / len(group))


def over_thresholds(results: Results) -> list[Point]:
    """Returns what each threshold would bring, if all from it on were answered at once."""
    inside, outside = in_scope(results), out_of_scope(results)
    return [_point(threshold, inside, outside) for threshold in THRESHOLDS]


def _point(threshold: float, inside: Results, outside: Results) -> Point:
    answered = _answered(threshold, inside)
    right = sum(each.is_right for each in answered)
    return Point(
        threshold,
        len(answered) / len(inside) if inside else 0.0,
        right / len(answered) if answered else 1.0,
        len(_answered(threshold, outside)) / len(outside) if outside else 0.0,
    )


def _answered(threshold: float, results: Results) -> Results:
    found = [each for each in results if each.topic != OUT_OF_SCOPE]
    return [each for each in found if each.confidence >= threshold]


def auroc(results: Results) -> float:
    """Returns how often a question in scope looks more answerable than one out of scope."""
    inside, outside = _answerable(results)
    if not inside or not outside:
        return 0.0
    below = sum(bisect_left(outside, score) + bisect_right(outside, score) for score in inside)
    return below / 2 / len(inside) / len(outside)


def fpr95(results: Results) -> float:
    """Returns the share out of scope that is answered when 95% of those in scope are."""
    inside, outside = _answerable(results)
    if not inside or not outside:
        return 0.0
    threshold = inside[int((1 - MOST) * len(inside) + 1e-9)]
    return (len(outside) - bisect_left(outside, threshold)) / len(outside)


def scope_curve(results: Results) -> list[tuple[float, float]]:
    """Returns shares answered out of scope and in scope, from no threshold to the highest."""
    inside, outside = _answerable(results)
    steps = sorted({0.0, *inside, *outside, 1.1})
    return [
        (
            1 - bisect_left(outside, step) / max(1, len(outside)),
            1 - bisect_left(inside, step) / max(1, len(inside)),
        )
        for step in steps
    ]


def _answerable(results: Results) -> tuple[list[float], list[float]]:
    return (
        sorted(each.answerable for each in in_scope(results)),
        sorted(each.answerable for each in out_of_scope(results)),
    )
