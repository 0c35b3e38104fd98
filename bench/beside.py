"""Two hundred visitors at Docent and at Rasa's default bot, with the same questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence

from bench.figures import Figure, percentile, ratio
from bench.ledger import Ledger
from bench.questions import Question, as_asked, share_repeated, without_repeats
from bench.running import Running, RunningDocent
from bench.say import say
from bench.visitors import PATIENCE, Crowd, ask_all

MOST_CPU = 0.5
WARM_UP = 20
# How often the two bots take turns where their CPU is compared.
TURNS = 5
# Then so few visitors write at once that who waits for longer, in seconds, is with a person.
AT_ONCE, SOON = 20, 5.0
SETTLES = 30.0


async def of_docent(
    running: RunningDocent, questions: Sequence[Question], count: int, again: int, at_once: int
) -> list[Figure]:
    """Measures Docent.

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
    return [
        *_rows(running.bot.name, crowd, waits),
        Figure("Docent: database a message", size / count / 1024, "kB"),
        Figure("Docent: CPU, some repeat", repeated.cpu_ms, "ms", note=_share(some)),
        Figure("Docent: not ended or not sent", left, "messages", 0, note=ends),
    ]


async def of_rasa(
    running: Running, questions: Sequence[Question], count: int, at_once: int
) -> list[Figure]:
    """Measures Rasa's default bot; as `of_docent`."""
    fresh, some = without_repeats(count + WARM_UP, questions), as_asked(count // 2, questions)
    await _ask(running, fresh[count:], 2)
    crowd = await _ask(running, fresh[:count], at_once)
    repeated = await _ask(running, some, at_once)
    return [
        *_rows(running.bot.name, crowd, crowd.answered),
        Figure("Rasa default: CPU, some repeat", repeated.cpu_ms, "ms", note=_share(some)),
    ]


async def in_turns(
    docent: Running,
    rasa: Running,
    questions: Sequence[Question],
    asked: int,
    size: tuple[int, int],
) -> list[Figure]:
    """Measures both bots in turns, again and again: a machine that slows down slows both.

    Neither has read any of the texts before, and no text comes to both.

    Args:
        docent: Docent.
        rasa: Rasa's default bot, which runs at the same time and has nothing to do.
        questions: All held-out questions.
        asked: How many of them were asked before.
        size: How many messages each of them gets in one turn.
    """
    ours, theirs, ratios = 0.0, 0.0, []
    for fresh in _unread(questions, asked, sum(size)):
        mine = await _ask(docent, fresh[: size[0]], AT_ONCE, SOON)
        plain = await _ask(rasa, fresh[size[0] :], AT_ONCE, SOON)
        ratios.append(mine.cpu_ms / plain.cpu_ms)
        ours, theirs = ours + mine.cpu_ms / TURNS, theirs + plain.cpu_ms / TURNS
    each = ", ".join(f"{one:.2f}" for one in ratios)
    words = f"in {TURNS} turns of {size[0]} and {size[1]} messages, CPU a message"
    return [
        Figure(f"{words}: Docent", ours, "ms"),
        Figure(f"{words}: Rasa default", theirs, "ms"),
        Figure(
            "CPU a message, Docent to Rasa default", ratio(ours, theirs), "", MOST_CPU, note=each
        ),
    ]


def _unread(questions: Sequence[Question], asked: int, each: int) -> Iterator[Sequence[Question]]:
    fresh = without_repeats(asked + each * TURNS, questions)
    return (fresh[first : first + each] for first in range(asked, len(fresh), each))


async def settled(ledger: Ledger) -> int:
    """Waits until nothing is to be answered or sent; returns how much is left."""
    until = time.monotonic() + SETTLES
    left = ledger.open_messages()
    while left and time.monotonic() < until:
        await asyncio.sleep(0.2)
        left = await asyncio.to_thread(ledger.open_messages)
    return left


async def _ask(
    running: Running, questions: Sequence[Question], at_once: int, patience: float = PATIENCE
) -> Crowd:
    say(f"  {running.bot.name}: {len(questions)} messages of {at_once} visitors at once")
    return await ask_all(running, questions, at_once, patience=patience)


def _rows(name: str, crowd: Crowd, waits: Sequence[float]) -> list[Figure]:
    ms = [wait * 1000 for wait in waits]
    return [
        Figure(f"{name}: messages", crowd.messages, "", note="no text twice"),
        Figure(f"{name}: to answer, p50", percentile(ms, 0.5), "ms"),
        Figure(f"{name}: to answer, p95", percentile(ms, 0.95), "ms"),
        Figure(f"{name}: messages a second", crowd.rate, "msg/s", note="the first 95 in 100"),
        Figure(f"{name}: CPU a message, all processes", crowd.cpu_ms, "ms"),
        Figure(f"{name}: memory (PSS), all processes", crowd.memory_mb, "MB"),
        Figure(f"{name}: no answer", crowd.messages - len(ms), "messages"),
        Figure("  generator and platform: CPU a message", crowd.own_cpu_ms, "ms"),
    ]


def _share(asked: Sequence[Question]) -> str:
    return f"{share_repeated(asked):.0%} of {len(asked)} texts came before"
