"""The arithmetic of the measurements, on numbers that are known by hand."""

from __future__ import annotations

import pytest

from bench.figures import Figure, median, percentile, ratio, spread, table, verdict


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([5.0], 0.5, 5.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([4.0, 3.0, 2.0, 1.0], 0.75, 3.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
        ([float(n) for n in range(1, 11)], 0.99, 10.0),
        ([], 0.99, None),
    ],
)
def test_a_percentile_is_the_nearest_rank(
    values: list[float], share: float, found: float | None
) -> None:
    assert percentile(values, share) == found


def test_ratios_and_medians_of_nothing_are_nothing() -> None:
    assert (ratio(3.0, 2.0), ratio(3.0, 0.0), ratio(None, 2.0), ratio(2.0, None)) == (
        1.5,
        None,
        None,
        None,
    )
    assert (median([3.0, 1.0, 2.0]), median([])) == (2.0, None)
    assert spread([1.0, 2.0, 3.0]) == 1.0


@pytest.mark.parametrize(
    ("value", "most", "least", "holds"),
    [
        (49.0, 50.0, None, True),
        (50.0, 50.0, None, True),
        (50.1, 50.0, None, False),
        (1.69, None, 1.7, False),
        (1.7, None, 1.7, True),
        (None, 50.0, None, False),
        (None, None, None, True),
        (0.0, 0.0, None, True),
    ],
)
def test_a_bound_is_kept_or_broken(
    value: float | None, most: float | None, least: float | None, holds: bool
) -> None:
    assert Figure("a figure", value, "ms", most, least).holds is holds


def test_a_broken_bound_is_said_in_its_row_and_in_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = Figure("p50 to answer", 12.3, "ms")
    broken = Figure("p99 to answer", 61.0, "ms", most=50.0)
    assert (verdict([good]), verdict([good, broken])) == (0, 1)
    assert "p99 to answer: 61.00 ms, demanded at most 50" in capsys.readouterr().out
    rows = table("A table", [good, broken]).splitlines()
    assert [row.endswith("BROKEN") for row in rows[2:]] == [False, True]
    assert rows[3].split()[-3:] == ["<=", "50", "BROKEN"]
