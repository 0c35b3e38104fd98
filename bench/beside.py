"""Two hundred visitors at Docent and at Rasa's default bot, with the same questions, in turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.figures import Figure, percentile, ratio
from bench.ledger import Ledger
from bench.questions import Question, as_asked, share_repeated, without_repeats
from bench.running import Running, RunningDocent
from bench.say import say
from bench.visitors import QUESTIONS_EACH, Crowd, ask_all, newcomer

MOST_CPU = 0.5
WARM_UP = 20
# The bots take turns so often: a machine that slows down slows both.
TURNS = 5
SETTLES = 30.0


@dataclass
class Side:
    """A bot, the visitors who write to it all the time, and what became of that in each turn."""

    running: Running
    people: list[str]
    # The visitors who stay, turn by turn; others who come and go; those whose texts repeat.
    crowds: list[Crowd] = field(default_factory=list)
    others: Crowd = field(default_factory=Crowd)
    again: Crowd = field(default_factory=Crowd)

    @property
    def name(self) -> str:
        """How the tables call the bot."""
        return self.running.bot.name

    @property
    def cpu_ms(self) -> float:
        """CPU a message over all turns."""
        return sum(crowd.cpu_ms for crowd in self.crowds) / len(self.crowds)

    async def ask(self, questions: Sequence[Question], stay: bool) -> Crowd:
        """Lets its visitors ask, or others who come and go, so many at once."""
        say(f"  {self.name}: {len(questions)} messages of {len(self.people)} visitors")
        people, relayed = self.people if stay else None, self._relayed()
        crowd = await ask_all(self.running, questions, len(self.people), people=people)
        # What a person has costs no turn: what was spent is counted for the others alone.
        crowd.cpu_ms *= crowd.messages / (crowd.messages - self._relayed() + relayed)
        return crowd

    def _relayed(self) -> int:
        is_ours = isinstance(self.running, RunningDocent)
        return self.running.ledger.ends().get("relayed", 0) if is_ours else 0


async def measure(
    docent: RunningDocent,
    rasa: Running | None,
    questions: Sequence[Question],
    size: tuple[int, int, int],
) -> list[Figure]:
    """Lets the same questions come to each bot, of visitors who stay and of some who do not.

    Args:
        docent: Docent.
        rasa: Rasa's default bot, which runs at the same time, or None.
        questions: All held-out questions.
        size: How many messages of those who stay, how many of those who come and go, without
            repeats and with some, and how many visitors at once.
    """
    count, more, visitors = size
    bots = [docent] if rasa is None else [docent, rasa]
    sides = [Side(bot, [newcomer() for _ in range(visitors)]) for bot in bots]
    fresh, some = without_repeats(count + more + WARM_UP, questions), as_asked(more, questions)
    for bot in bots:
        await ask_all(bot, fresh[count + more :], 2)
    for turn in range(TURNS):
        asked = fresh[turn * count // TURNS : (turn + 1) * count // TURNS]
        for side in sides:
            side.crowds.append(await side.ask(asked, stay=True))
    size_bytes = docent.ledger.size_bytes()
    for side in sides:
        side.others = await side.ask(fresh[count : count + more], stay=False)
    for side in sides:
        side.again = await side.ask(some, stay=False)
    left = await settled(docent.ledger)
    return [
        *(row for side in sides for row in _rows(side, some)),
        *_compared(*sides),
        Figure("Docent: database a message", size_bytes / count / 1024, "kB"),
        Figure("Docent: not ended or not sent", left, "messages", 0, note=_ends(docent.ledger)),
    ]


def _rows(side: Side, some: Sequence[Question]) -> list[Figure]:
    name, crowds = side.name, side.crowds
    waits = [wait * 1000 for crowd in crowds for wait in _waits(side.running, crowd)]
    messages, turns = sum(crowd.messages for crowd in crowds), len(crowds)
    rate = sum(crowd.rate for crowd in crowds) / turns
    own = sum(crowd.own_cpu_ms for crowd in crowds) / turns
    each = ", ".join(f"{crowd.cpu_ms:.1f}" for crowd in crowds)
    return [
        Figure(f"{name}: messages", messages, note=f"no text twice, in {turns} turns"),
        Figure(f"{name}: to answer, p50", percentile(waits, 0.5), "ms"),
        Figure(f"{name}: to answer, p95", percentile(waits, 0.95), "ms"),
        Figure(f"{name}: messages a second", rate, "msg/s", note="the first 95 in 100 of a turn"),
        Figure(f"{name}: CPU a message, all processes", side.cpu_ms, "ms", note=each),
        Figure(f"{name}: CPU, visitors of {QUESTIONS_EACH} questions", side.others.cpu_ms, "ms"),
        Figure(f"{name}: CPU, the same, some repeat", side.again.cpu_ms, "ms", note=_share(some)),
        Figure(f"{name}: memory, all processes", side.again.heap_mb, "MB", note="without files"),
        Figure(f"{name}: no answer", messages - len(waits), "messages"),
        Figure("  generator and platform: CPU a message", own, "ms"),
    ]


def _waits(running: Running, crowd: Crowd) -> list[float]:
    """Returns the seconds to each answer; Docent's own log says which answers which."""
    if isinstance(running, RunningDocent):
        return crowd.waits_for(running.ledger.answers(), running.sink)
    return crowd.answered


def _compared(docent: Side, rasa: Side | None = None) -> list[Figure]:
    if rasa is None:
        return []
    both = zip(docent.crowds, rasa.crowds, strict=True)
    each = ", ".join(f"{ours.cpu_ms / theirs.cpu_ms:.2f}" for ours, theirs in both)
    found = ratio(docent.cpu_ms, rasa.cpu_ms)
    others = ratio(docent.others.cpu_ms, rasa.others.cpu_ms)
    again = ratio(docent.again.cpu_ms, rasa.again.cpu_ms)
    return [
        Figure("CPU a message, Docent to Rasa default", found, "", MOST_CPU, note=each),
        Figure(f"  with visitors of {QUESTIONS_EACH} questions", others),
        Figure("  with the same, some of whose texts repeat", again),
    ]


def _ends(ledger: Ledger) -> str:
    return ", ".join(f"{name} {number}" for name, number in ledger.ends().items())


def _share(asked: Sequence[Question]) -> str:
    return f"{share_repeated(asked):.0%} of {len(asked)} texts came before"


async def settled(ledger: Ledger) -> int:
    """Waits until nothing is to be answered or sent; returns how much is left."""
    until = time.monotonic() + SETTLES
    left = ledger.open_messages()
    while left and time.monotonic() < until:
        await asyncio.sleep(0.2)
        left = await asyncio.to_thread(ledger.open_messages)
    return left
