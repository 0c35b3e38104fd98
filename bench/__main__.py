"""Measures the FAQ path of Docent and of Rasa's default bot, one after the other, in one run.

A message counts from the request to the webhook until its answer reaches the platform. Both bots
answer the same questions, which their training has not seen, one at a time on an idle machine.
The first run trains Rasa's default bot, which takes some minutes; later runs take two.
`make load` measures both when many write at once.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import uvloop

from bench import rasa_default
from bench.figures import percentile
from bench.process import end_cleanly
from bench.questions import held_out, without_repeats
from bench.running import Running, running_docent, running_rasa
from bench.say import say
from bench.visitors import ask_all
from bot.content.publish import current_model, train

WARM_UP = 20
MESSAGES = 200


@dataclass(frozen=True)
class Figures:
    """What was measured of one bot."""

    name: str
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    memory_mb: float
    ready_seconds: float
    unanswered: int


def main() -> None:
    """Prints the table."""
    end_cleanly()
    model = current_model() or train()
    uvloop.install()
    plain = asyncio.run(_measure("Rasa's default bot", running_rasa()))
    ours = asyncio.run(_measure(f"Docent ({model.stem})", running_docent()))
    _print(plain, ours)


async def _measure(name: str, started: AbstractAsyncContextManager[Running]) -> Figures:
    questions = without_repeats(MESSAGES + WARM_UP, held_out())
    async with started as running:
        say(f"Measuring {name} ...")
        await ask_all(running, questions[MESSAGES:], 1)
        crowd = await ask_all(running, questions[:MESSAGES], 1)
        ready_seconds = running.bot.program.ready_seconds
    return Figures(
        name,
        cpu_ms=crowd.cpu_ms,
        p50_ms=1000 * (percentile(crowd.answered, 0.5) or 0.0),
        p95_ms=1000 * (percentile(crowd.answered, 0.95) or 0.0),
        memory_mb=crowd.memory_mb,
        ready_seconds=ready_seconds,
        unanswered=crowd.messages - len(crowd.answered),
    )


def _print(plain: Figures, ours: Figures) -> None:
    rows = [
        ("CPU, ms a message", "cpu_ms", "{:.1f}"),
        ("webhook to send, p50 ms", "p50_ms", "{:.0f}"),
        ("webhook to send, p95 ms", "p95_ms", "{:.0f}"),
        ("memory, MB (PSS of all processes)", "memory_mb", "{:.0f}"),
        ("start to ready, s", "ready_seconds", "{:.1f}"),
        ("unanswered", "unanswered", "{:d}"),
    ]
    print(f"\n{MESSAGES} FAQ questions, one at a time, {os.cpu_count()} cores, SQLite\n")
    print(f"{'':36}{'Rasa default':>14}{'Docent':>10}{'ratio':>8}")
    for title, field, form in rows:
        theirs, mine = getattr(plain, field), getattr(ours, field)
        ratio = f"{mine / theirs:.2f}" if theirs else "-"
        print(f"{title:36}{form.format(theirs):>14}{form.format(mine):>10}{ratio:>8}")
    print(f"\nRasa's default bot: {rasa_default.told()}")


if __name__ == "__main__":
    main()
