"""Two hundred visitors at Docent and at Rasa's default bot, with the same questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bench.figures import Figure, percentile, ratio
from bench.ledger import Ledger
from bench.questions import Question, as_asked, share_repeated, without_repeats
from bench.running import Running, RunningDocent
from bench.say import say
from bench.visitors import Crowd, ask_all

MOST_CPU = 0.5
WARM_UP = 20
SETTLES = 30.0


async def of_docent(
    running: RunningDocent, questions: Sequence[Question], count: int, again: int, at_once: int
) -> tuple[list[Figure], tuple[float, float]]:
    """Measures Docent; returns the rows, and the CPU in ms a message without and with repeats.

    Args:
        running: Docent.
        questions: All held-out questions.
        count: How many messages without repeats.
        again: How many messages of which some repeat.
        at_once: How many visitors.
    """
    fresh, some = without_repeats(count + WARM_UP, questions), as_asked(again, questions)
    await _ask(running, fresh[count:], 2)
    crowd = await _ask(running, fresh[:count], at_once)
    size = running.ledger.size_bytes()
    waits = crowd.waits_for(running.ledger.answers(), running.sink)
    repeated = await _ask(running, some, at_once)
    left = await settled(running.ledger)
    ends = ", ".join(f"{name} {number}" for name, number in running.ledger.ends().items())
    rows = [
        *_rows(running.bot.name, crowd, waits),
        Figure("Docent: database a message", size / count / 1024, "kB"),
        Figure("Docent: CPU, some repeat", repeated.cpu_ms, "ms", note=_share(some)),
        Figure("Docent: not ended or not sent", left, "messages", 0, note=ends),
    ]
    return rows, (crowd.cpu_ms, repeated.cpu_ms)


async def of_rasa(
    running: Running, questions: Sequence[Question], count: int, at_once: int
) -> tuple[list[Figure], tuple[float, float]]:
    """Measures Rasa's default bot; as `of_docent`."""
    fresh, some = without_repeats(count + WARM_UP, questions), as_asked(count // 2, questions)
    await _ask(running, fresh[count:], 2)
    crowd = await _ask(running, fresh[:count], at_once)
    repeated = await _ask(running, some, at_once)
    rows = [
        *_rows(running.bot.name, crowd, crowd.answered),
        Figure("Rasa default: CPU, some repeat", repeated.cpu_ms, "ms", note=_share(some)),
    ]
    return rows, (crowd.cpu_ms, repeated.cpu_ms)


def compared(ours: tuple[float, float], theirs: tuple[float, float]) -> list[Figure]:
    """Returns Docent's CPU a message over that of Rasa's default bot."""
    words = "CPU a message, Docent to Rasa default"
    return [
        Figure(f"{words}: no text repeats", ratio(ours[0], theirs[0]), "", MOST_CPU),
        Figure(f"{words}: some repeat", ratio(ours[1], theirs[1])),
    ]


async def settled(ledger: Ledger) -> int:
    """Waits until nothing is to be answered or sent; returns how much is left."""
    until = time.monotonic() + SETTLES
    left = ledger.open_messages()
    while left and time.monotonic() < until:
        await asyncio.sleep(0.2)
        left = await asyncio.to_thread(ledger.open_messages)
    return left


async def _ask(running: Running, questions: Sequence[Question], at_once: int) -> Crowd:
    say(f"  {running.bot.name}: {len(questions)} messages of {at_once} visitors at once")
    return await ask_all(running, questions, at_once)


def _rows(name: str, crowd: Crowd, waits: Sequence[float]) -> list[Figure]:
    ms = [wait * 1000 for wait in waits]
    return [
        Figure(f"{name}: messages", crowd.messages, "", note="no text twice"),
        Figure(f"{name}: to answer, p50", percentile(ms, 0.5), "ms"),
        Figure(f"{name}: to answer, p95", percentile(ms, 0.95), "ms"),
        Figure(f"{name}: messages a second", crowd.rate, "msg/s"),
        Figure(f"{name}: CPU a message, all processes", crowd.cpu_ms, "ms"),
        Figure(f"{name}: memory (PSS), all processes", crowd.memory_mb, "MB"),
        Figure(f"{name}: no answer", crowd.messages - len(ms), "messages"),
        Figure("  generator and platform: CPU a message", crowd.own_cpu_ms, "ms"),
    ]


def _share(asked: Sequence[Question]) -> str:
    return f"{share_repeated(asked):.0%} of {len(asked)} texts came before"
