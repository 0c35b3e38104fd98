"""Slack's Socket Mode: broken envelopes on the connection that the server opened."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from random import Random

from aiohttp import WSMsgType, web

from fuzz import mutate
from fuzz.attack import MOST_SECONDS, Found
from fuzz.cases import Case, json_fixtures
from fuzz.house import Bystander, House
from fuzz.saved import save
from fuzz.sink import Sink

NAME = "slack-socket"
# A connection that a broken frame ended has to be there again after so long.
AGAIN_SECONDS = 10.0


class SocketMode:
    """Fuzzes the connection; each good envelope after a broken one must be acknowledged."""

    def __init__(self, house: House, sink: Sink, random: Random, folder: Path) -> None:
        self._house, self._sink, self._random, self._folder = house, sink, random, folder
        self.found = Found(NAME)
        self._good = json_fixtures("slack")

    def run(self, seconds: float) -> Found:
        """Sends for so many seconds."""
        before = self._house.memory_mb()
        with Bystander(self._house.port) as other:
            work = self._send_on(time.monotonic() + seconds)
            asyncio.run_coroutine_threadsafe(work, self._sink.loop).result(seconds + 60)
        self.found.others = other.slowest
        self.found.grown_mb = self._house.memory_mb() - before
        self.found.finds += [f"in the log: {line}" for line in self._house.complaints()]
        return self.found

    async def _send_on(self, until: float) -> None:
        link = await asyncio.wait_for(self._sink.links.get(), AGAIN_SECONDS)
        while time.monotonic() < until:
            frame = self._frame()
            sent = await self._one(link, frame)
            if not sent:
                link["closed"].set()
                link = await self._again(frame)
        link["closed"].set()

    async def _again(self, frame: bytes) -> web.WebSocketResponse:
        try:
            return await asyncio.wait_for(self._sink.links.get(), AGAIN_SECONDS)
        except asyncio.TimeoutError:
            self._find("the server does not connect again", frame)
            raise

    async def _one(self, link: web.WebSocketResponse, frame: bytes) -> bool:
        """Sends a broken envelope and a good one; False where the connection ended."""
        self.found.requests += 1
        name = f"good-{self.found.requests}"
        begun = time.monotonic()
        try:
            await link.send_str(frame.decode("utf-8", "replace"))
            await link.send_json({"envelope_id": name, "type": "hello", "payload": {}})
            is_heard = await asyncio.wait_for(_acknowledged(link, name), 15)
        except ConnectionError:
            is_heard = False
        except asyncio.TimeoutError:
            self._find("no acknowledgement of the next envelope", frame)
            is_heard = False
        took = time.monotonic() - begun
        self.found.slowest = max(self.found.slowest, took)
        if took > 3 * MOST_SECONDS:
            self._find(f"took {took:.1f} s", frame)
        self.found.statuses["200" if is_heard else "closed"] += 1
        return is_heard

    def _frame(self) -> bytes:
        number = self._random.randrange(10**9)
        payload = mutate.fresh(self._random.choice(self._good), number)
        kinds: tuple[object, ...] = ("events_api", "interactive", "slash_commands", None, 5, [])
        envelope = {"envelope_id": f"e-{number}", "type": self._random.choice(kinds)}
        whole = {**envelope, "payload": payload, "accepts_response_payload": False}
        return mutate.written(mutate.broken(whole, self._random), self._random)

    def _find(self, why: str, frame: bytes) -> None:
        path = save(self._folder, NAME, Case(frame), why)
        self.found.finds.append(f"{why}: {path}")


async def _acknowledged(link: web.WebSocketResponse, name: str) -> bool:
    async for frame in link:
        if frame.type is WSMsgType.TEXT and json.loads(frame.data).get("envelope_id") == name:
            return True
    return False
