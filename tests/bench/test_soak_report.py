"""What a soak has seen becomes figures whose bounds can break."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bench.figures import Figure
from bench.soak_report import Seen, Watch, figures, grown, log_errors
from bench.soak_visitors import Told

GROWING = [700.0] * 40 + [900.0] * 40


def seen(**differing: Any) -> list[Figure]:
    """The figures of a good run of 80 messages, but for what differs."""
    watch = Watch([900.0], [700.0] * 8 + [800.0] * 64 + [820.0] * 8, [0, 300, 0])
    told = Told(80, Counter(text=80), Counter(web=40, messenger=40))
    good: dict[str, Any] = {
        **{"messages": 80, "told": told, "seconds": 4.0, "cpu_seconds": 2.0, "watch": watch},
        **{"ends": {"answered": 79, "relayed": 1}, "dead": {}, "resolved": 1, "failures": {}},
        **{"refused": {}, "errors": {}, "database_bytes": 409_600},
    }
    return figures(Seen(**{**good, **differing}))


def broken(rows: list[Figure]) -> list[str]:
    """What is broken."""
    return [row.what for row in rows if not row.holds]


def test_a_good_run_breaks_nothing() -> None:
    rows = seen()
    assert broken(rows) == []
    told = {row.what: row.value for row in rows}
    assert told["database a message"] == 5.0
    assert told["CPU a message, all of Docent"] == 25.0
    assert told["messages a second"] == 20.0


@pytest.mark.parametrize(
    ("differing", "what"),
    [
        ({"ends": {"answered": 79, "received": 1}}, "messages that did not end"),
        ({"ends": {"answered": 79}}, "messages in the log"),
        ({"dead": {"web: x": 1}}, "answers that did not reach their platform"),
        ({"refused": {"GraphStandin": 1}}, "requests that a platform refused"),
        ({"errors": {"bot.inbox: x": 2}}, "error lines in the log"),
        ({"failures": {"web: OSError": 1}}, "what visitors or staff could not do"),
        ({"watch": Watch([900.0], [700.0] * 80, [9, 2])}, "queue at the end"),
        (
            {"watch": Watch([900.0], [700.0] * 80, [9000, 0])},
            "longest queue, to be answered or sent",
        ),
        (
            {"watch": Watch([900.0], [700.0] * 40 + [900.0] * 40, [0])},
            "heap: growth after the first quarter",
        ),
    ],
)
def test_each_bound_can_break(differing: dict[str, Any], what: str) -> None:
    assert broken(seen(**differing)) == [what]


def test_growth_counts_from_after_the_first_quarter() -> None:
    assert grown([100.0, 100.0, 200.0, 0.0, 0.0, 0.0, 0.0, 220.0]) == pytest.approx(10.0)
    assert grown([1.0] * 7) is None


def test_only_errors_of_the_log_count() -> None:
    log = "\n".join(
        [
            "Docent is ready · 导览已就绪",
            '{"level": "info", "room": "bot.inbox", "event": "a message ended"}',
            '{"level": "error", "room": "bot.worker", "event": "work failed"}',
            '{"level": "critical", "room": "bot.supervisor", "event": "it keeps dying"}',
            "Traceback (most recent call last):",
        ]
    )
    assert log_errors(log) == {
        "bot.worker: work failed": 1,
        "bot.supervisor: it keeps dying": 1,
        "a traceback outside the log": 1,
    }
