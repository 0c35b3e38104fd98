"""What stands between Docent and an engine: time limit, budget, breaker, queue, cache, checks.

An engine that fails is not asked again and again, nobody waits for it, and what it answers is
looked at before anybody reads it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from typing import Any

from bot import stages
from bot.translate.checks import fault
from bot.translate.engines import TIME_LIMIT_SECONDS, Engine, EngineFailed, Translation
from bot.translate.parts import split

# Longer texts stay untranslated.
LONGEST = 3000
# Characters that an engine is asked for at most, by each process of Docent.
PER_HOUR = 60_000
PER_DAY = 300_000
# After so many failures in a row the engine rests, each time twice as long.
FAILURES = 5
REST_SECONDS = 30.0
LONGEST_REST_SECONDS = 600.0
AT_ONCE = 4
# "OK" or a name may come back as it was from an engine that works.
SHORT = 12
REMEMBERED = 512
REMEMBERED_SECONDS = 3600.0
# A question that was cut short by its asker says something of the engine only after so long.
SLOW_SECONDS = 1.0

Clock = Callable[[], float]


class Budget:
    """Characters that may be spent in the hour and the day that end now."""

    def __init__(self, clock: Clock, per_hour: int = PER_HOUR, per_day: int = PER_DAY) -> None:
        self._clock = clock
        self._limits = ((3600.0, per_hour), (86_400.0, per_day))
        self._spent: deque[tuple[float, int]] = deque()

    def spend(self, characters: int) -> bool:
        """Spends them, or returns False where they are too many."""
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - 86_400.0:
            self._spent.popleft()
        for span, limit in self._limits:
            if characters + sum(n for at, n in self._spent if at > now - span) > limit:
                return False
        self._spent.append((now, characters))
        return True


class Breaker:
    """Lets an engine rest after failures, then tries it with one question."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._rests = 0
        self._until: float | None = None
        self._trying = False

    def lets_pass(self) -> bool:
        """Tells whether the engine may be asked now; after a rest only one question may."""
        if self._until is None:
            return True
        if self._clock() < self._until or self._trying:
            return False
        self._trying = True
        return True

    def worked(self) -> None:
        """Notes an answer: the engine works."""
        self._failures = self._rests = 0
        self._until = None
        self._trying = False

    def failed(self, busy: bool = False) -> None:
        """Notes a failure; several in a row, one that says "busy", or a failed trial mean rest."""
        rests = self._until is not None and not self._trying
        self._failures += 1
        if not rests and (busy or self._trying or self._failures >= FAILURES):
            rest = min(REST_SECONDS * 2**self._rests, LONGEST_REST_SECONDS)
            self._until = self._clock() + rest
            self._rests += 1
        self._trying = False

    def gave_up(self) -> None:
        """Notes that nobody waited for the answer: it says nothing of the engine."""
        self._trying = False


class Guarded:
    """A translator that asks one engine within limits and never raises.

    Args:
        engine: The service.
        clock: Seconds that only go on.
    """

    def __init__(self, engine: Engine, clock: Clock = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._budget = Budget(clock)
        self._breaker = Breaker(clock)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._known: OrderedDict[tuple[str, str, str], tuple[float, str]] = OrderedDict()

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates within the time limit, or returns None."""
        if not text.strip() or len(text) > LONGEST:
            return None
        parts = split(text, self._engine.fits)
        if parts is None:
            return None
        asked = (self._part(part, source, target) for part in parts)
        answers = await asyncio.gather(*asked)
        found = [answer for answer in answers if answer is not None]
        if len(found) < len(answers):
            return None
        return Translation("".join(found), target, self._engine.name)

    async def _part(self, part: str, source: str, target: str) -> str | None:
        """Translates what fits into one question, the space around it kept."""
        words = part.strip()
        if not words:
            return part
        found = self._recall((words, source, target))
        if found is None:
            found = await self._ask(words, source, target)
        if found is None:
            return None
        head = part[: len(part) - len(part.lstrip())]
        return head + found + part[len(part.rstrip()) :]

    async def _ask(self, words: str, source: str, target: str) -> str | None:
        if not self._breaker.lets_pass():
            return None
        if not self._budget.spend(len(words)):
            self._breaker.gave_up()
            self._engine.warn("budget")
            return None
        answer = await self._watched(self._in_turn(words, source, target))
        if answer is not None:
            self._breaker.worked()
            self._remember((words, source, target), answer)
        return answer

    async def _watched(self, question: Coroutine[Any, Any, str]) -> str | None:
        """Waits for an answer within the time limit; what goes wrong counts for the breaker."""
        begun = self._clock()
        try:
            with stages.translation(self._engine.name):
                return await asyncio.wait_for(question, TIME_LIMIT_SECONDS)
        except asyncio.CancelledError:
            if self._clock() - begun >= SLOW_SECONDS:
                self._failed("slow")
            else:
                self._breaker.gave_up()
            raise
        except asyncio.TimeoutError:
            self._failed("timeout")
        except EngineFailed as error:
            self._failed(error.kind, error.busy, error.telling)
        return None

    async def _in_turn(self, words: str, source: str, target: str) -> str:
        async with self._turns:
            answer = (await self._engine.ask(words, source, target)).strip()
        found = fault(words, answer, target)
        if found:
            raise EngineFailed(found, telling=len(words) > SHORT)
        return answer

    def _failed(self, kind: str, busy: bool = False, telling: bool = True) -> None:
        if telling:
            self._breaker.failed(busy)
        else:
            self._breaker.gave_up()
        self._engine.warn(kind)

    def _recall(self, key: tuple[str, str, str]) -> str | None:
        at, answer = self._known.get(key, (0.0, None))
        if answer is None or self._clock() - at > REMEMBERED_SECONDS:
            return None
        self._known.move_to_end(key)
        return answer

    def _remember(self, key: tuple[str, str, str], answer: str) -> None:
        self._known[key] = (self._clock(), answer)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
