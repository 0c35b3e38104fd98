"""Figures, the bounds they must keep, and the table that says so."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of a table.

    Args:
        what: What was measured.
        value: The figure; None where nothing could be measured, which breaks a bound.
        unit: Its unit, for the reader.
        most: It must be below this; None where there is no such bound.
        least: It must be at least this; None where there is no such bound.
        note: What the reader should know beside it.
    """

    what: str
    value: float | None
    unit: str = ""
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def is_bounded(self) -> bool:
        """Tells whether something is demanded of this figure."""
        return self.most is not None or self.least is not None

    @property
    def holds(self) -> bool:
        """Tells whether the bound is kept."""
        if not self.is_bounded:
            return True
        if self.value is None:
            return False
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Returns the value below or at which so large a share lies (nearest rank); None of none."""
    if not values:
        return None
    ranked = sorted(values)
    # The smallest value with at least that share at or below it.
    rank = max(1, -(-len(ranked) * round(share * 1000) // 1000))
    return ranked[rank - 1]


def median(values: Sequence[float]) -> float | None:
    """Returns the median; None of none."""
    return statistics.median(values) if values else None


def ratio(above: float | None, below: float | None) -> float | None:
    """Returns one figure over the other; None where either is missing or the lower is 0."""
    return above / below if above is not None and below else None


def spread(values: Sequence[float]) -> float:
    """Returns how far apart the values are, as a share of their median."""
    middle = statistics.median(values) if values else 0.0
    return (max(values) - min(values)) / middle if middle else 0.0


def table(title: str, figures: Iterable[Figure]) -> str:
    """Returns the rows under a title; a broken bound says so in its row."""
    lines = [f"\n{title}"]
    for each in figures:
        figure = "-" if each.value is None else _shown(each.value)
        end = f"  {each.note}" if each.note else ""
        lines.append(f"  {each.what:58}{figure:>9} {each.unit:9}{_bound(each):18}{end}".rstrip())
    return "\n".join(lines)


def _bound(figure: Figure) -> str:
    if not figure.is_bounded:
        return ""
    words = f"<= {figure.most:g}" if figure.most is not None else f">= {figure.least:g}"
    return f"{words:9} {'ok' if figure.holds else 'BROKEN'}"


def _shown(value: float) -> str:
    if value == int(value) and abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}"


def verdict(figures: Sequence[Figure]) -> int:
    """Returns the exit code: 1 where a bound is broken, after a line for each on stdout."""
    broken = [each for each in figures if not each.holds]
    for each in broken:
        bound = f"at most {each.most:g}" if each.most is not None else f"at least {each.least:g}"
        found = "nothing measured" if each.value is None else f"{each.value:.2f} {each.unit}"
        print(f"BROKEN: {each.what}: {found}, demanded {bound}")
    bounded = sum(each.is_bounded for each in figures)
    print(f"\n{bounded - len(broken)} of {bounded} bounds kept")
    return 1 if broken else 0
