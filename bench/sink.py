"""Where a bot's answers go: takes anything, notes when it came, answers at once."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import cast

from bench.wire import response, whole

_NOTHING_NEW = response(b'{"id": "1", "name": "Docent"}')


class Sink:
    """A platform in the process and loop of the measuring program, which is not measured itself.

    It takes Messenger's sends and what Rasa's `callback` channel posts.
    """

    async def __aenter__(self) -> Sink:
        # Message id -> when it came; person -> how many came.
        self.at: dict[str, float] = {}
        self.count: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, asyncio.Future[float]] = {}
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Door(self.take), "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    def take(self, path: str, body: bytes) -> bytes:
        """Notes a message; returns what the platform answers."""
        sent = json.loads(body) if body else {}
        if "sender_action" in sent or not ("recipient" in sent or "recipient_id" in sent):
            return _NOTHING_NEW
        person = sent.get("recipient_id") or sent["recipient"]["id"]
        now, name = perf_counter(), f"m_{len(self.at)}"
        self.at[name] = now
        self.count[person] += 1
        waiting = self._waiting.pop(person, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(now)
        return response(json.dumps({"recipient_id": person, "message_id": name}).encode())

    def next_to(self, person: str) -> asyncio.Future[float]:
        """Returns a future that becomes the moment of the next message to a person."""
        self._waiting[person] = asyncio.get_running_loop().create_future()
        return self._waiting[person]


class _Door(asyncio.Protocol):
    def __init__(self, take: Callable[[str, bytes], bytes]) -> None:
        self._take = take
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while size := whole(self._got):
            head, _, body = self._got[:size].partition(b"\r\n\r\n")
            self._got = self._got[size:]
            self._transport.write(self._take(head.split(b" ", 2)[1].decode(), body))
