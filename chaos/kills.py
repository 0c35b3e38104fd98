"""Kills at random moments of a run, each of a process chosen by chance."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from chaos.crowd import Crowd
from chaos.program import Service, kill
from chaos.stores import Postgres, Redis
from chaos.table import say

# A server is what matters most; the rest of the tree has its share.
WEIGHTS = {"server": 6, "supervisor": 2, "actions": 1, "postgres": 2, "redis": 1}
# Where the traffic is over before all kills were made, the rest comes this soon.
MOST_WAIT_SECONDS = 30.0


class Killer:
    """Kills so many processes while a crowd asks.

    Args:
        services: The programs under fire.
        crowd: Whose messages tell how far the run is.
        dice: What is left to chance.
        postgres: A database whose connections may be killed.
        redis: A Redis that may be killed.
    """

    def __init__(
        self,
        services: Sequence[Service],
        crowd: Crowd,
        dice: random.Random,
        postgres: Postgres | None = None,
        redis: Redis | None = None,
    ) -> None:
        self._services, self._crowd, self._dice = services, crowd, dice
        self._postgres, self._redis = postgres, redis
        self.killed: list[str] = []

    async def kill(self, times: int) -> None:
        """Kills at random moments, spread over the messages of the run."""
        total = self._crowd.total
        for moment in sorted(self._dice.randint(total // 50, total) for _ in range(times)):
            await self._reach(moment)
            await asyncio.sleep(self._dice.uniform(0, 1.0))
            while not (name := self._kill_one()):
                await asyncio.sleep(0.1)
            self.killed.append(name)
            say(f"kill {len(self.killed)} of {times}: {name} ({self._crowd.taken}/{total} taken)")

    async def _reach(self, moment: int) -> None:
        end = time.monotonic() + MOST_WAIT_SECONDS
        while self._crowd.taken < moment and time.monotonic() < end:
            await asyncio.sleep(0.02)

    def _kill_one(self) -> str:
        """Kills something; "" where what was chosen does not run at the moment."""
        there: dict[str, list[int]] = {}
        for service in self._services:
            for pid, role in service.parts().items():
                there.setdefault(role, []).append(pid)
        names = [name for name in WEIGHTS if name in there]
        names += ["postgres"] * (self._postgres is not None)
        names += ["redis"] * (self._redis is not None)
        if not names:
            return ""
        [name] = self._dice.choices(names, [WEIGHTS[name] for name in names])
        if name == "postgres":
            assert self._postgres is not None
            return "a PostgreSQL backend" if self._postgres.kill_backend(self._dice) else ""
        if name == "redis":
            assert self._redis is not None
            return name if self._redis.kill() else ""
        return name if kill(self._dice.choice(there[name])) else ""
