"""How quiet the machine is: the same arithmetic again and again, and what else runs."""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from time import perf_counter, sleep

from bench.figures import Figure, percentile, spread

ROUNDS = 8
STEPS = 400_000
PAGES, PAGE_BYTES = 200, 4096
# Seconds between two pages.
PAGE_EVERY = 0.025


def calibrate() -> list[float]:
    """Returns the seconds that the same arithmetic took, round by round."""
    found = []
    for _ in range(ROUNDS):
        started, total = perf_counter(), 0
        for step in range(STEPS):
            total += step * step % 7
        found.append(perf_counter() - started)
    return found


def synced(pages: int = PAGES, every: float = PAGE_EVERY) -> list[float]:
    """Returns the seconds that it took to write a page and to see it on the disk.

    Args:
        pages: How often; it is the same page of a file that does not grow.
        every: Seconds between two of them.
    """
    found = []
    with TemporaryFile() as file:
        file.write(bytes(PAGE_BYTES))
        file.flush()
        os.fsync(file.fileno())
        for number in range(pages):
            started = perf_counter()
            os.pwrite(file.fileno(), number.to_bytes(2, "big") * (PAGE_BYTES // 2), 0)
            os.fdatasync(file.fileno())
            found.append(perf_counter() - started)
            sleep(every)
    return found


def figures(load: float, before: list[float], after: list[float]) -> list[Figure]:
    """Returns how busy the machine was, and how much the same work differed in time."""
    drift = min(after) / min(before) - 1
    return [
        Figure("load average at the start (1 min)", load, "", note=f"{os.cpu_count()} cores"),
        Figure("the same arithmetic: slowest to fastest", spread(before + after) * 100, "%"),
        Figure("the same arithmetic: end against beginning", drift * 100, "%"),
        *disk("a page alone, written and synced", synced()),
    ]


def disk(words: str, seconds: list[float]) -> list[Figure]:
    """Returns how long the disk took: what is acknowledged is on it, and waits as long."""
    ms = [each * 1000 for each in seconds]
    return [
        Figure(f"{words}: p50", percentile(ms, 0.5), "ms"),
        Figure(f"{words}: p99", percentile(ms, 0.99), "ms"),
    ]


def load_average() -> float:
    """Returns the load average of the last minute."""
    return os.getloadavg()[0]
