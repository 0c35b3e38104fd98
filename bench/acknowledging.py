"""How soon a platform hears "200": when nothing is to be done, and while the queue is full."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import noise
from bench.bots import Bot
from bench.figures import Figure, percentile
from bench.questions import Question
from bench.running import RunningDocent
from bench.wire import Caller

# Messenger hands one app so many messages a second on a day that nobody forgets.
RATE = 40.0
MOST_P99_MS = 50.0
# Seldom enough not to hold up what is measured.
LOOK_AT_DISK_EVERY = 0.25
# How many requests fill the queue side by side.
AT_ONCE = 32


@dataclass
class Acks:
    """The acknowledgements of a run."""

    ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def took(self, status: int, seconds: float) -> None:
        """Notes one."""
        self.statuses[status] += 1
        self.ms.append(seconds * 1000)


async def at_a_rate(caller: Caller, letters: Sequence[bytes], rate: float = RATE) -> Acks:
    """Sends at a steady rate, however slow the answers are.

    A wait counts from the moment at which the message was to be sent: a server that stops for a
    second makes all messages of that second wait, not one.
    """
    acks, tasks, started = Acks(), [], time.perf_counter()

    async def one(raw: bytes, due: float) -> None:
        status, _ = await caller.send(raw)
        acks.took(status, time.perf_counter() - due)

    for number, raw in enumerate(letters):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(raw, due)))
    await asyncio.gather(*tasks)
    return acks


async def all_at_once(caller: Caller, letters: Sequence[bytes], at_once: int = AT_ONCE) -> Acks:
    """Sends as fast as the server takes it, so many requests side by side."""
    acks, left = Acks(), iter(letters)

    async def sender() -> None:
        for raw in left:
            acks.took(*await caller.send(raw))

    await asyncio.gather(*(sender() for _ in range(at_once)))
    return acks


async def measure(
    running: RunningDocent, questions: Sequence[Question], fill: int, timed: int
) -> list[Figure]:
    """Fills the queue with `fill` messages, then times the acknowledgements of others."""
    caller, ledger = running.caller, running.ledger
    letters = [_letter(running.bot, number, each) for number, each in enumerate(questions)]
    idle = await at_a_rate(caller, letters[: timed // 4], rate=4.0)
    filling = await all_at_once(caller, letters[timed // 4 : timed // 4 + fill])
    before = await asyncio.to_thread(ledger.open_messages)
    pages = int(timed / RATE / LOOK_AT_DISK_EVERY)
    disk = asyncio.create_task(asyncio.to_thread(noise.synced, pages, LOOK_AT_DISK_EVERY))
    full = await at_a_rate(caller, letters[-timed:])
    after = await asyncio.to_thread(ledger.open_messages)
    return [
        *_rows("idle, 4 a second", idle),
        *_rows(f"{fill} as fast as they are taken", filling),
        Figure("queue when the timing began", before, "messages"),
        *_rows(f"queue full, {RATE:g} a second", full, MOST_P99_MS),
        Figure("queue when the timing ended", after, "messages", least=1),
        *noise.disk("meanwhile a page alone, written and synced", await disk),
    ]


def _letter(bot: Bot, number: int, question: Question) -> bytes:
    # A visitor writes three messages: queues are full of many people, not of one.
    return bot.write(f"ack{number // 3}", f"ack-{number}", question.text)


def _rows(when: str, acks: Acks, most: float | None = None) -> list[Figure]:
    refused = len(acks.ms) - acks.statuses[200]
    note = ", ".join(f"{status}: {count}" for status, count in sorted(acks.statuses.items()))
    return [
        Figure(f"acknowledged, {when}: p50", percentile(acks.ms, 0.5), "ms"),
        Figure(f"acknowledged, {when}: p99", percentile(acks.ms, 0.99), "ms", most=most),
        Figure(f"not 200, {when}", refused, "messages", None if most is None else 0, None, note),
    ]
