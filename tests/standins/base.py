"""The common ground of the stand-ins: a real HTTP server in a thread, its log and its faults.

A thread of its own lets the same stand-in serve sync tests, async tests and programs under test
that run in another process. From an async test, run the blocking helpers (``wait_until`` and its
relatives) with ``await asyncio.to_thread(...)``, or they would stop the loop they wait for.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from .wire import JsonDict, parse_body

Result = TypeVar("Result")
Me = TypeVar("Me", bound="Standin")


@dataclass(frozen=True)
class Reply:
    """One answer of the stand-in."""

    status: int
    body: JsonDict | str | bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """One request, in the order of arrival, and what became of it."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    body: JsonDict | None
    reply: Reply | None = None
    accepted: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong once: an error instead of the work, a delay, a lost answer."""

    name: str
    on: str
    reply: Reply | None = None
    seconds: float = 0.0
    drops: bool = False


class Standin(ABC):
    """A platform on 127.0.0.1; use it as a context manager."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Prepare the stand-in; the port is known once it has been entered."""
        self.clock = clock
        self._log: list[Exchange] = []
        self._faults: list[Fault] = []
        self._crashes: list[str] = []
        self._changed = threading.Condition(threading.RLock())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        self._held: socket.socket | None = None
        self._port = 0

    @abstractmethod
    def _answer(self, exchange: Exchange) -> Reply:
        """Do what the platform does with this request; runs under the lock."""

    @abstractmethod
    def _concerns(self, on: str, exchange: Exchange) -> bool:
        """Tell whether a fault meant for ``on`` strikes this request."""

    def _accepts(self, reply: Reply) -> bool:
        """Tell whether this answer means that the platform took the request."""
        return reply.status == 200

    # -- life ---------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The stand-in's address, without a trailing slash."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self: Me) -> Me:
        """Start to listen."""
        self._hold_port()
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop at once, hanging requests included."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()
        if error is None and self._crashes:  # a 500 of ours must not pass for one of theirs
            raise AssertionError("the stand-in itself failed:\n" + "\n".join(self._crashes))

    def down(self) -> None:
        """Refuse connections, and cut the ones that are open, until ``up``."""
        self._run(self._unplug())

    def up(self) -> None:
        """Listen again, on the same port."""
        self._run(self._plug())

    def _hold_port(self) -> None:
        """Bind without listening: connections are refused, and nobody else can take the port."""
        self._held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", self._port))
        self._port = self._held.getsockname()[1]

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _open(self) -> None:
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self._plug()

    async def _plug(self) -> None:
        if self._held is not None and self._runner is not None:
            await web.SockSite(self._runner, self._held).start()
            self._held = None

    async def _unplug(self) -> None:
        if self._held is not None or self._runner is None or self._runner.server is None:
            return
        for site in self._runner.sites:
            await site.stop()
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()
        self._hold_port()

    async def _close(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._held is not None:
            self._held.close()

    # -- one request --------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        index, arrival = self._arrive(request, await request.read())
        fault = self._next_fault(arrival)
        reply = self._settle(index, arrival, fault)
        if fault is not None and fault.seconds:
            await self._linger(fault.seconds)
        if fault is not None and fault.drops:
            return self._cut(request)
        if isinstance(reply.body, bytes):
            return web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        if isinstance(reply.body, str) and "Content-Type" in reply.headers:
            body = reply.body.encode()
            return web.Response(status=reply.status, body=body, headers=reply.headers)
        if isinstance(reply.body, str):
            return web.Response(status=reply.status, text=reply.body, headers=reply.headers)
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    def _arrive(self, request: web.Request, raw: bytes) -> tuple[int, Exchange]:
        arrival = Exchange(
            at=self.clock(),
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            raw=raw,
            body=parse_body(request.headers.get("content-type", ""), raw),
        )
        with self._changed:
            self._log.append(arrival)
            return len(self._log) - 1, arrival

    def _settle(self, index: int, arrival: Exchange, fault: Fault | None) -> Reply:
        """Do the work (or let the fault answer for it) and write the outcome into the log."""
        with self._changed:
            broken = fault.reply if fault is not None else None
            reply = self._try(arrival) if broken is None else broken
            self._log[index] = replace(
                arrival,
                reply=reply,
                accepted=broken is None and self._accepts(reply),
                fault=fault.name if fault is not None else "",
            )
            self._changed.notify_all()
            return reply

    def _try(self, arrival: Exchange) -> Reply:
        try:
            return self._answer(arrival)
        except Exception:  # whatever it was, the test that caused it must hear of it
            self._crashes.append(traceback.format_exc())
            return Reply(500, "the stand-in itself failed")

    async def _linger(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except asyncio.TimeoutError:
            return

    @staticmethod
    def _cut(request: web.Request) -> web.StreamResponse:
        """Close the connection without a byte: the caller can't know that the work was done."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    # -- faults -------------------------------------------------------------------------------

    def _inject(self, fault: Fault, n: int) -> None:
        with self._changed:
            self._faults.extend([fault] * n)

    def _next_fault(self, arrival: Exchange) -> Fault | None:
        with self._changed:
            for position, fault in enumerate(self._faults):
                if self._concerns(fault.on, arrival):
                    return self._faults.pop(position)
        return None

    def hang_next(self, seconds: float, n: int = 1, *, on: str = "", taken: bool = True) -> None:
        """Answer the next n requests late: taken at once, or (``taken=False``) never taken."""
        reply = None if taken else Reply(504, "")
        self._inject(Fault("hang", on, reply=reply, seconds=seconds), n)

    def accept_then_drop(self, n: int = 1, *, on: str = "") -> None:
        """Take the next n requests, then close the connection without an answer."""
        self._inject(Fault("drop", on, drops=True), n)

    def clear_faults(self) -> None:
        """Forget the faults that have not struck yet."""
        with self._changed:
            self._faults.clear()

    # -- questions ----------------------------------------------------------------------------

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request so far, in the order of arrival."""
        with self._changed:
            return list(self._log)

    @property
    def refused(self) -> list[Exchange]:
        """The requests that were answered and not accepted, faults included."""
        return [each for each in self.exchanges if each.reply is not None and not each.accepted]

    def wait_until(self, true: Callable[[], bool], timeout: float = 5.0, what: str = "") -> None:
        """Block until the condition holds; it is tried again after each request."""
        with self._changed:
            if self._changed.wait_for(true, timeout):
                return
        raise AssertionError(f"waited {timeout} s in vain for {what or true}\n{self.story()}")

    def story(self) -> str:
        """Tell the requests so far, one a line, for the messages of failed tests."""
        return "\n".join(
            f"{each.at:.3f} {each.method} {each.path} -> "
            f"{each.reply.status if each.reply else '...'} {each.fault} {each.raw[:300]!r}"
            for each in self.exchanges
        )
