"""One visitor alone: many messages in one moment, and a conversation of five hundred turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from time import perf_counter

from bench.figures import Figure, median, ratio
from bench.process import cpu_of
from bench.questions import Question
from bench.running import Running, RunningDocent
from bench.say import say
from bench.visitors import Crowd, ask

BURST = 50
MOST_BURST_SECONDS = 5.0
BURST_PATIENCE = 60.0
TURNS = 500
EARLY = 5
# So many turns around each are looked at; one turn alone would be its question's cost.
AROUND = 20
MOST_GROWTH = 1.5
# Then the bot does not lead this conversation any more, and nothing is to be measured.
MOST_UNANSWERED = 3


async def burst(running: RunningDocent, questions: Sequence[Question]) -> list[Figure]:
    """Lets one visitor send fifty messages in one moment; waits until all have ended."""
    bot, caller, sink, ledger = running.bot, running.caller, running.sink, running.ledger
    mids = [f"burst-{number}" for number in range(BURST)]
    letters = [
        bot.write("burst", mid, each.text) for mid, each in zip(mids, questions, strict=False)
    ]
    ended, began = ledger.count(), perf_counter()
    await asyncio.gather(*(caller.send(raw) for raw in letters))
    acknowledged = perf_counter() - began
    done = await _until(lambda: ledger.count() - ended >= BURST, began)
    await _until(lambda: ledger.open_messages() == 0, began)
    answers = ledger.answers()
    came = [sink.at[name] for mid in mids for name in answers.get(mid, ()) if name in sink.at]
    last = max(came) - began if came else None
    reached = None if last is None or done is None else max(last, done)
    return [
        Figure(f"{BURST} messages of one visitor: all acknowledged", acknowledged, "s"),
        Figure("  all ended in the log", done, "s"),
        Figure("  ended, and the last answer at the platform", reached, "s", MOST_BURST_SECONDS),
        Figure("  messages that answered them", float(len(came)), "messages"),
    ]


async def _until(true: Callable[[], bool], began: float) -> float | None:
    """Returns the seconds since a moment once something is true, None where it never is."""
    while perf_counter() - began < BURST_PATIENCE:
        if await asyncio.to_thread(true):
            return perf_counter() - began
        await asyncio.sleep(0.02)
    return None


async def growth(
    running: Running, questions: Sequence[Question], most: float | None
) -> list[Figure]:
    """Compares the CPU of turn 5 with that of turn 500 of one conversation, around each.

    Each text is asked once; early turns and late ones take turns in the list of questions, so
    that neither has the longer ones.
    """
    bot, turns = running.bot, len(questions)
    window = min(AROUND, turns // 4)
    rest = questions[2 * window :]
    early, late = questions[0 : 2 * window : 2], questions[1 : 2 * window : 2]
    asked = [*rest[: EARLY - 3], *early, *rest[EARLY - 3 :], *late]
    costs: list[float | None] = []
    pids, began = bot.program.tree.pids(), time.monotonic()
    person, crowd = f"long{bot.name[:1]}", Crowd()
    for number, question in enumerate(asked):
        pids = bot.program.tree.pids() if number % 25 == 0 else pids
        before = cpu_of(pids)
        answered = await ask(running, person, question.text, crowd)
        # The answer is there before all is written down: let that be counted where it belongs.
        await asyncio.sleep(0.03)
        costs.append((cpu_of(pids) - before) * 1000 if answered is not None else None)
        if costs[-MOST_UNANSWERED:] == [None] * MOST_UNANSWERED:
            say(f"  {bot.name}: a person has taken over, or nobody answers: turn {number + 1}")
            break
        if number % 100 == 99:
            say(f"  {bot.name}: turn {number + 1} of {turns}, {time.monotonic() - began:.0f} s")
    first = median([each for each in costs[EARLY - 3 : EARLY - 3 + window] if each is not None])
    end = costs[turns - window :]
    last = median([each for each in end if each is not None])
    return [
        Figure(f"{bot.name}: CPU of a turn around turn {EARLY}", first, "ms"),
        Figure(f"{bot.name}: CPU of a turn around turn {len(asked)}", last, "ms"),
        Figure(
            f"{bot.name}: turn {len(asked)} against turn {EARLY}", ratio(last, first), "", most
        ),
    ]
