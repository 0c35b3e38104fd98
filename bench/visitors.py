"""Many visitors at once: each asks some questions, one by one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.process import Tree
from bench.questions import Question
from bench.running import Running
from bench.say import say
from bench.sink import Sink

# A visitor has so many questions; then another one comes in their place, unless they stay.
QUESTIONS_EACH = 5
# Who gets no answer for so long leaves, and somebody else asks the rest: staff have their case.
PATIENCE = 12.0
# The rate is that of the first messages: the last visitors may wait for nobody but themselves.
UNTIL = 0.95
LOOK_EVERY = 10.0
_people, _messages = count(10_001), count(1)


@dataclass
class Crowd:
    """What became of the messages of many visitors."""

    messages: int = 0
    # Seconds from a message until the next message to its writer; None where none came.
    waits: list[float | None] = field(default_factory=list)
    began: float = 0.0
    # When each message that was taken had its answer or had waited long enough, in seconds since
    # the first.
    over: list[float] = field(default_factory=list)
    # The platform's id of a message -> when it was sent.
    sent: dict[str, float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu_ms: float = 0.0
    own_cpu_ms: float = 0.0
    memory_mb: float = 0.0
    heap_mb: float = 0.0

    def waits_for(self, answers: Mapping[str, Sequence[str]], sink: Sink) -> list[float]:
        """Returns the seconds until the first message of each answer, as the log ties them."""
        found = []
        for mid, started in self.sent.items():
            came = [sink.at[name] for name in answers.get(mid, ()) if name in sink.at]
            found += [min(came) - started] if came else []
        return found

    @property
    def rate(self) -> float:
        """Messages a second, until nearly all were over."""
        count = int(len(self.over) * UNTIL)
        return count / sorted(self.over)[count - 1] if count else 0.0

    @property
    def answered(self) -> list[float]:
        """The waits that ended, in seconds."""
        return [each for each in self.waits if each is not None]


async def ask_all(
    running: Running,
    questions: Sequence[Question],
    at_once: int,
    trees: Mapping[str, Tree] | None = None,
    people: list[str] | None = None,
) -> Crowd:
    """Lets visitors ask all questions, so many visitors at once, and measures.

    CPU and memory are those of the bot with all its processes, or those of all `trees`. After
    `PATIENCE` a visitor waits no more. `people` are those who write, and stay; whoever leaves is
    replaced there by whoever comes.
    """
    bot = running.bot
    watched = [bot.program.tree] if trees is None else list(trees.values())
    crowd = Crowd(messages=len(questions))
    each = 1 if people else QUESTIONS_EACH
    waiting = iter(range(0, len(questions), each))
    telling = asyncio.create_task(_tell(bot.name, crowd))
    own, cpu = time.process_time(), sum(tree.cpu_seconds() for tree in watched)
    crowd.began = time.perf_counter()

    async def come_and_go(number: int) -> None:
        for first in waiting:
            person = people[number] if people else newcomer()
            asked = questions[first : first + each]
            person = await _visit(running, asked, crowd, person)
            if people:
                people[number] = person

    await asyncio.gather(*(come_and_go(number) for number in range(at_once)))
    crowd.cpu_ms = (sum(tree.cpu_seconds() for tree in watched) - cpu) / len(questions) * 1000
    crowd.own_cpu_ms = (time.process_time() - own) / len(questions) * 1000
    crowd.memory_mb = sum(tree.memory_mb() for tree in watched)
    crowd.heap_mb = sum(tree.heap_mb() for tree in watched)
    telling.cancel()
    return crowd


def newcomer() -> str:
    """Returns somebody who has never written."""
    return str(next(_people))


async def _visit(
    running: Running, questions: Sequence[Question], crowd: Crowd, person: str
) -> str:
    """Lets somebody ask; returns who asked last: where nobody answers, another one comes."""
    for question in questions:
        wait = await ask(running, person, question.text, crowd)
        crowd.waits.append(wait)
        if wait is None:
            person = newcomer()
    return person


async def ask(
    running: Running,
    person: str,
    text: str,
    crowd: Crowd,
) -> float | None:
    """Lets a visitor write one message; returns the seconds until the next message to them."""
    mid = f"m-{person}-{next(_messages)}"
    raw = running.bot.write(person, mid, text)
    came, started = running.sink.next_to(person), time.perf_counter()
    crowd.sent[mid] = started
    status, _ = await running.caller.send(raw)
    crowd.statuses[status] += 1
    if status != 200:
        return None
    try:
        return await asyncio.wait_for(came, PATIENCE) - started
    except asyncio.TimeoutError:
        return None
    finally:
        crowd.over.append(time.perf_counter() - crowd.began)


async def _tell(name: str, crowd: Crowd) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        say(f"  {name}: {len(crowd.waits)} of {crowd.messages}")
