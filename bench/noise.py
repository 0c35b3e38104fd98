"""How quiet the machine is: the same arithmetic again and again, and what else runs."""

from __future__ import annotations

import os
from time import perf_counter

from bench.figures import Figure, spread

ROUNDS = 8
STEPS = 400_000


def calibrate() -> list[float]:
    """Returns the seconds that the same arithmetic took, round by round."""
    found = []
    for _ in range(ROUNDS):
        started, total = perf_counter(), 0
        for step in range(STEPS):
            total += step * step % 7
        found.append(perf_counter() - started)
    return found


def figures(load: float, before: list[float], after: list[float]) -> list[Figure]:
    """Returns how busy the machine was, and how much the same work differed in time."""
    drift = min(after) / min(before) - 1
    return [
        Figure("load average at the start (1 min)", load, "", note=f"{os.cpu_count()} cores"),
        Figure("the same arithmetic: slowest to fastest", spread(before + after) * 100, "%"),
        Figure("the same arithmetic: end against beginning", drift * 100, "%"),
    ]


def load_average() -> float:
    """Returns the load average of the last minute."""
    return os.getloadavg()[0]
