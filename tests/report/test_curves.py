"""Calibration, thresholds and scope curves of tables that are small enough to count by hand."""

from __future__ import annotations

import pytest
from fake import RESULTS, result

from report.curves import auroc, calibration, fpr95, over_thresholds, scope_curve


def test_calibration_sorts_texts_by_confidence() -> None:
    texts = [result("shop", best, 0.85) for best in ("shop", "shop", "shop", "wifi")]
    found = calibration([*texts, result("wifi", "wifi", 1.0)])
    assert [(each.texts, each.right) for each in found.bins] == [(4, 0.75), (1, 1.0)]
    assert found.error == pytest.approx(4 / 5 * 0.1)


def test_an_honest_confidence_has_no_error() -> None:
    texts = [result("shop", best, 0.5) for best in ("shop", "wifi")]
    assert calibration(texts).error == 0.0
    assert calibration([]).error == 0.0


@pytest.mark.parametrize(
    ("threshold", "answered", "precision", "outside"),
    [
        (0.0, 5 / 6, 3 / 5, 1 / 4),
        (0.5, 4 / 6, 3 / 4, 1 / 4),
        (0.8, 3 / 6, 2 / 3, 1 / 4),
        (0.9, 2 / 6, 1.0, 0.0),
        (1.0, 0.0, 1.0, 0.0),
    ],
)
def test_a_threshold_trades_answers_for_precision(
    threshold: float, answered: float, precision: float, outside: float
) -> None:
    [point] = [each for each in over_thresholds(RESULTS) if each.threshold == threshold]
    assert (point.answered, point.precision, point.outside) == (answered, precision, outside)


def scored(inside: list[float], outside: list[float]) -> list:
    """Results whose best topic has these confidences."""
    return [result("shop", "shop", score) for score in inside] + [
        result("out_of_scope", "shop", score) for score in outside
    ]


def test_auroc_counts_pairs_and_halves_of_ties() -> None:
    assert auroc(scored([0.9, 0.8], [0.1, 0.2])) == 1.0
    assert auroc(scored([0.1], [0.9])) == 0.0
    assert auroc(scored([0.5], [0.5])) == 0.5
    assert auroc(scored([0.9, 0.4], [0.5, 0.4])) == (2 + 0.5) / 4
    assert auroc([]) == 0.0


def test_fpr95_lets_five_in_a_hundred_go() -> None:
    inside = [number / 100 for number in range(1, 101)]
    # 95 of 100 are at or above 0.06.
    assert fpr95(scored(inside, [0.05, 0.06, 0.5, 0.01])) == 2 / 4
    assert fpr95(scored([0.9], [0.1])) == 0.0
    assert fpr95(scored([0.9], [])) == 0.0


def test_the_scope_curve_goes_from_all_to_none() -> None:
    curve = scope_curve(scored([0.9, 0.4], [0.5]))
    assert curve == [(1.0, 1.0), (1.0, 1.0), (1.0, 0.5), (0.0, 0.5), (0.0, 0.0)]


def test_what_is_taken_for_out_of_scope_counts_by_its_best_topic() -> None:
    hidden = result("out_of_scope", "out_of_scope", 0.9, then=("shop",))
    assert hidden.answerable == 0.01
