"""HTTP/1.1 with as little work as can be: what measures should not cost what it measures.

One asyncio process posts prepared bytes over connections that stay open. There is no library
between; a message costs it some 0.1 ms (the tables say how much it was).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
PATIENCE = 60.0


def request(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Returns the bytes of a request, ready to be sent again and again."""
    named = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **(headers or {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {value}" for key, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def response(body: bytes, status: int = 200, kind: str = "application/json") -> bytes:
    """Returns the bytes of a response."""
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def whole(got: bytes) -> int:
    """Returns where the first message in these bytes ends, 0 where it is not all there."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return 0
    length = _LENGTH.search(got, 0, end)
    size = end + 4 + (int(length[1]) if length else 0)
    return size if len(got) >= size else 0


class _Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._got = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self.transport, self.is_open = cast(asyncio.Transport, transport), True

    def data_received(self, data: bytes) -> None:
        self._got += data
        size = whole(self._got)
        if size and self._answer is not None and not self._answer.done():
            got, self._got = self._got[:size], self._got[size:]
            self._answer.set_result((int(got[9:12]), got))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the connection was closed"))

    def ask(self, raw: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(raw)
        return self._answer


class Caller:
    """Posts to one server over connections that stay open.

    Args:
        url: The server's address.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._free: list[_Line] = []

    async def __aenter__(self) -> Caller:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self._free:
            line.transport.close()

    async def send(self, raw: bytes) -> tuple[int, float]:
        """Sends one request; returns the status (0 where none came) and the seconds it took."""
        status, _, seconds = await self.ask(raw)
        return status, seconds

    async def ask(self, raw: bytes) -> tuple[int, bytes, float]:
        """As `send`, with the bytes of the answer between the two."""
        started = perf_counter()
        try:
            line = await self._line()
            status, got = await asyncio.wait_for(line.ask(raw), PATIENCE)
        except (OSError, asyncio.TimeoutError):
            return 0, b"", perf_counter() - started
        if b"connection: close" in got[:400].lower():
            line.transport.close()
        else:
            self._free.append(line)
        return status, got, perf_counter() - started

    async def _line(self) -> _Line:
        while self._free:
            line = self._free.pop()
            if line.is_open and not line.transport.is_closing():
                return line
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(_Line, self._host, self._port)
        return line
