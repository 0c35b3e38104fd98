"""What `make soak` has seen, as the rows of its table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.figures import Figure, median
from bench.soak_visitors import Told

# More do not wait: visitors write when others have been answered.
LONGEST_QUEUE = 400
# What is on its way when the queue is full, and the words to visitors, which are counted with it.
LONGEST_SEEN = 2 * LONGEST_QUEUE
MOST_GROWTH = 15.0


@dataclass
class Watch:
    """What was seen of the running program, again and again."""

    memory_mb: list[float] = field(default_factory=list)
    heap_mb: list[float] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """A whole run."""

    messages: int
    told: Told
    seconds: float
    cpu_seconds: float
    watch: Watch
    ends: Mapping[str, int]
    dead: Mapping[str, int]
    resolved: int
    failures: Mapping[str, int]
    refused: Mapping[str, int]
    errors: Mapping[str, int]
    database_bytes: int


def figures(seen: Seen) -> list[Figure]:
    """Returns the rows of the table, with their bounds."""
    return [*_ended(seen), *_wrong(seen), *_size(seen)]


def _ended(seen: Seen) -> list[Figure]:
    written, ends = seen.told.messages, seen.ends
    still = sum(ends.get(state, 0) for state in ("received", "answering"))
    channels, kinds = _many(seen.told.channels), _many(seen.told.kinds)
    return [
        Figure("messages written", written, "", least=seen.messages, note=channels),
        Figure("messages in the log", sum(ends.values()), "", least=written, note=_many(ends)),
        Figure("messages that did not end", still, "", 0, note=f"written: {kinds}"),
        Figure("cases claimed, answered and resolved", seen.resolved),
        Figure("messages a second", written / seen.seconds, "msg/s"),
    ]


def _wrong(seen: Seen) -> list[Figure]:
    counted = {
        "answers that did not reach their platform": seen.dead,
        "what visitors or staff could not do": seen.failures,
        "requests that a platform refused": seen.refused,
        "error lines in the log": seen.errors,
    }
    return [
        Figure(what, sum(found.values()), "", 0, note=_many(found))
        for what, found in counted.items()
    ]


def _size(seen: Seen) -> list[Figure]:
    memory, heap = seen.watch.memory_mb, seen.watch.heap_mb
    queue, written = seen.watch.queue, max(1, seen.told.messages)
    database = seen.database_bytes / written / 1024
    return [
        Figure("longest queue, to be answered or sent", max(queue), "", LONGEST_SEEN),
        Figure("queue at the end", queue[-1], "", 0),
        Figure("memory (PSS) at the end", _part(memory, 7), "MB"),
        Figure("heap after the first quarter", _part(heap, 2), "MB"),
        Figure("heap at the end", _part(heap, 7), "MB"),
        Figure("heap: growth after the first quarter", grown(heap), "%", MOST_GROWTH),
        Figure("database a message", database, "kB"),
        Figure("CPU a message, all of Docent", seen.cpu_seconds / written * 1000, "ms"),
    ]


def grown(samples: Sequence[float]) -> float | None:
    """Returns by how many percent the last eighth is above the one after the first quarter."""
    first, last = _part(samples, 2), _part(samples, 7)
    return (last / first - 1) * 100 if first and last is not None else None


def _part(samples: Sequence[float], eighth: int) -> float | None:
    """Returns the median of one eighth of the samples, from 0; None where they are too few."""
    size = len(samples) // 8
    return median(samples[eighth * size : (eighth + 1) * size]) if size else None


def log_errors(log: str) -> Counter[str]:
    """Returns the lines of a log that say error or worse, by what they say."""
    found: Counter[str] = Counter()
    for line in log.splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            if said.get("level") in ("error", "critical"):
                found[f"{said.get('room')}: {said.get('event')}"] += 1
        elif line.startswith("Traceback"):
            found["a traceback outside the log"] += 1
    return found


def _many(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
