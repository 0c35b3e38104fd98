"""News between server processes, over Redis: that there is work, answers or a new model.

A message is the names of topics and nothing else: never what a visitor wrote, never a state. Who
misses one looks in the database half a second later, as without Redis. So nothing waits for Redis
here: what cannot be told at once is dropped.

Sources: redis.io/docs/latest/develop/pubsub (at most once, nothing is kept for who is away).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from bot import metrics
from bot.worker import end

logger = logging.getLogger(__name__)

INBOX, OUTBOX, PAGES, MODEL = "inbox", "outbox", "pages", "model"
TOPICS = (INBOX, OUTBOX, PAGES, MODEL)
CHANNEL = "docent:news"
# Of what is heard no more is read: whoever else uses this Redis may say anything.
LONGEST = 200
# How long Redis may take for anything; a healthy one needs a thousandth.
PATIENCE = 2.0
# A connection that is quiet for so long is asked whether it still stands.
QUIET = 5.0
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
# News of one kind are told and heard no more often than this; the first of them at once.
EVERY = 0.05

_Trouble = (RedisError, OSError, asyncio.TimeoutError)


class Bus:
    """Tells other processes what is new, and hears from them.

    Args:
        url: Redis's address; "" where there is none: then nothing is told and nothing heard.
        hear: Called on the event loop with each topic that somebody else told; all of them after
            a time in which nothing could be heard.
    """

    def __init__(self, url: str, hear: Callable[[str], None]) -> None:
        self._url = url
        self._hear = hear
        self._name = secrets.token_hex(8)
        self._untold: set[str] = set()
        self._news = asyncio.Event()
        self._heard_at: dict[str, float] = {}
        self._client: Redis[bytes] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._was_told_down = self._has_ended = False
        self.is_up = False

    def start(self) -> None:
        """Begins, on the running event loop."""
        if self._url:
            work = (self._listen_on(), self._tell_on())
            self._tasks = [asyncio.create_task(each, name="bus") for each in work]

    async def stop(self) -> None:
        """Ends; what is still to be told is told if Redis takes it at once."""
        if self.is_up and self._untold:
            with suppress(*_Trouble):
                await asyncio.wait_for(self._tell_once(), PATIENCE)
        self._has_ended = True
        await end(self._tasks)

    def tell(self, *topics: str) -> None:
        """Says that there is news; never waits and never fails."""
        if self.is_up:
            self._untold.update(topics)
            self._news.set()

    async def _tell_on(self) -> None:
        while not self._has_ended:
            await self._news.wait()
            try:
                await asyncio.wait_for(self._tell_once(), PATIENCE)
            except Exception as error:
                # The listener finds out for itself, and connects anew.
                self._down(error)
            await asyncio.sleep(EVERY)

    async def _tell_once(self) -> None:
        self._news.clear()
        topics, self._untold = sorted(self._untold), set()
        if topics and self._client is not None:
            await self._client.publish(CHANNEL, " ".join([self._name, *topics]))
            metrics.bus_signals.labels("redis", "sent").inc(len(topics))

    async def _listen_on(self) -> None:
        failures = 0
        while not self._has_ended:
            client: Redis[bytes] = Redis.from_url(
                self._url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
            )
            try:
                async with client.pubsub() as subscribed:
                    await asyncio.wait_for(subscribed.subscribe(CHANNEL), PATIENCE)
                    await self._listen(client, subscribed)
            except Exception as error:
                # Unforeseen ones too: whoever hears no more would never know.
                failures = 1 if self.is_up else failures + 1
                self._down(error)
            finally:
                self._client, self.is_up = None, False
                with suppress(Exception):
                    await asyncio.wait_for(client.close(close_connection_pool=True), PATIENCE)
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF)) - 1])

    async def _listen(self, client: Redis[bytes], subscribed: PubSub) -> None:
        """Hears what is told until the connection breaks; raises then."""
        asked = False
        while True:
            heard = subscribed.get_message(timeout=QUIET)
            message = await asyncio.wait_for(heard, QUIET + PATIENCE)
            if message is not None:
                asked = False
                self._take(client, message)
            elif asked:
                raise asyncio.TimeoutError
            else:
                asked = True
                await asyncio.wait_for(subscribed.ping(), PATIENCE)

    def _take(self, client: Redis[bytes], message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self._up(client)
        elif message["type"] == "message" and isinstance(message["data"], bytes):
            words = message["data"][:LONGEST].decode("utf-8", "replace").split()
            if words[:1] != [self._name]:
                metrics.bus_signals.labels("redis", "heard").inc(len(words[1:]))
                for topic in words[1:]:
                    self._heard(topic)

    def _heard(self, topic: str) -> None:
        """Passes a topic on: at once, and what follows within a moment once after it."""
        loop = asyncio.get_running_loop()
        due = self._heard_at.get(topic, 0.0) + EVERY
        if topic not in TOPICS or due > loop.time() + EVERY:
            return
        self._heard_at[topic] = max(due, loop.time())
        if due <= loop.time():
            self._hear(topic)
        else:
            loop.call_at(due, self._hear, topic)

    def _up(self, client: Redis[bytes]) -> None:
        self._client, self.is_up = client, True
        metrics.bus_up.labels("redis").set(1)
        logger.info("the bus is up")
        self._was_told_down = False
        for topic in TOPICS:
            # What was told meanwhile nobody keeps.
            self._hear(topic)

    def _down(self, error: BaseException) -> None:
        metrics.bus_up.labels("redis").set(0)
        if not self._was_told_down:
            # Its words may hold the address, and that a password.
            is_foreseen = isinstance(error, _Trouble)
            logger.warning(
                "the bus is down",
                extra={"error": type(error).__name__},
                exc_info=None if is_foreseen else error,
            )
            self._was_told_down = True


def tell_once(url: str, *topics: str) -> None:
    """Tells all processes something from a command that runs on no event loop; never fails."""
    if url:
        with suppress(*_Trouble):
            asyncio.run(asyncio.wait_for(_publish(url, topics), 2 * PATIENCE))


async def _publish(url: str, topics: Sequence[str]) -> None:
    client = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    try:
        await client.publish(CHANNEL, " ".join(["-", *topics]))
    finally:
        await client.close(close_connection_pool=True)
