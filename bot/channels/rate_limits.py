"""How much one stranger may ask of the public addresses: counted in windows, bounded in memory.

Counted by session where there is one, and generously by address: a whole school class, or a
museum's own Wi-Fi, comes from one. Platforms' webhooks are signed and are not counted; nor is a
program on this machine itself, which no stranger is: `bot.channels.callers.is_machine_itself`.

With REDIS_URL all processes count together. Redis is asked for a moment and no longer: away or
slow, each process counts by itself for a while. It holds counts for a minute and nothing else.

Source: redis.io/docs/latest/commands/incr#pattern-rate-limiter.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from time import time as clock

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WINDOW = 60.0
# How long Redis may take, and how long it is not asked after it took longer.
PATIENCE, LEFT_ALONE = 0.1, 5.0
# Each counts some 200 bytes; the oldest are forgotten first.
MOST_KEYS = 20_000


@dataclass(frozen=True)
class Rule:
    """So many in a minute, of one session or of one address."""

    name: str
    most: int


# A person types ten in a minute; beyond 120 the inbox itself asks for patience (bot/pacing.py).
MESSAGES, MESSAGES_OF_ADDRESS = Rule("message", 240), Rule("message-address", 1200)
# A page asks once in 25 seconds, and at once when something came.
POLLS, POLLS_OF_ADDRESS = Rule("poll", 600), Rule("poll-address", 6000)
UPLOADS, UPLOADS_OF_ADDRESS = Rule("upload", 20), Rule("upload-address", 120)
# A session is a row that stays.
SESSIONS_OF_ADDRESS = Rule("session-address", 300)


class RateLimits:
    """Counts who asks for what.

    Args:
        url: Redis's address; "" counts in this process alone.
    """

    def __init__(self, url: str = "") -> None:
        self._redis: Redis[bytes] | None = None
        if url:
            self._redis = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._alone_until = 0.0

    async def wait(self, rule: Rule, who: str) -> int:
        """Counts one more, and returns for how many seconds it is too many; 0 where it is not."""
        now = clock()
        key = f"{rule.name}:{_short(who)}:{int(now // WINDOW)}"
        if await self._count(key) <= rule.most:
            return 0
        return max(1, round(WINDOW - now % WINDOW))

    async def close(self) -> None:
        """Closes the connection."""
        if self._redis is not None:
            await self._hang_up(self._redis)

    async def _hang_up(self, redis: Redis[bytes]) -> None:
        # A connection that was given up in the middle is good for nothing.
        with suppress(RedisError, OSError, asyncio.TimeoutError):
            await asyncio.wait_for(redis.connection_pool.disconnect(), PATIENCE)

    async def _count(self, key: str) -> int:
        if self._redis is None or time.monotonic() < self._alone_until:
            return self._count_here(key)
        try:
            return await asyncio.wait_for(self._count_together(self._redis, key), PATIENCE)
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._alone_until = time.monotonic() + LEFT_ALONE
            await self._hang_up(self._redis)
            extra = {"error": type(error).__name__}
            logger.warning("Redis does not count; this process counts by itself", extra=extra)
            return self._count_here(key)

    async def _count_together(self, redis: Redis[bytes], key: str) -> int:
        async with redis.pipeline(transaction=True) as steps:
            steps.incr(f"docent:rate:{key}")
            steps.expire(f"docent:rate:{key}", int(2 * WINDOW))
            counted, _ = await steps.execute()
        return int(counted)

    def _count_here(self, key: str) -> int:
        began, count = self._counts.pop(key, (time.monotonic(), 0))
        self._counts[key] = (began, count + 1)
        while len(self._counts) > MOST_KEYS or self._is_past(next(iter(self._counts.values()))):
            self._counts.popitem(last=False)
        return count + 1

    def _is_past(self, oldest: tuple[float, int]) -> bool:
        return time.monotonic() - oldest[0] > 2 * WINDOW


class Polls:
    """How many long polls are held open at once, of a session and of an address."""

    def __init__(self, of_one: int = 8, of_address: int = 1000) -> None:
        self._most = {"session": of_one, "address": of_address}
        self._open: dict[tuple[str, str], int] = {}

    def begin(self, session: str, address: str) -> bool:
        """Takes a place for one more; False where there is none."""
        wanted = self._keys(session, address)
        if any(self._open.get(key, 0) >= self._most[key[0]] for key in wanted):
            return False
        for key in wanted:
            self._open[key] = self._open.get(key, 0) + 1
        return True

    def end(self, session: str, address: str) -> None:
        """Gives the place back."""
        for key in self._keys(session, address):
            if (left := self._open.get(key, 0) - 1) > 0:
                self._open[key] = left
            else:
                self._open.pop(key, None)

    @staticmethod
    def _keys(session: str, address: str) -> list[tuple[str, str]]:
        return [("session", session), *([("address", address)] if address else [])]


def _short(who: str) -> str:
    # An address or a session is somebody's: what is counted names nobody.
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:24]
