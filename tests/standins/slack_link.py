"""Socket Mode as Slack serves it: tickets, hello, envelopes and their acknowledgements, goodbyes.

docs.slack.dev/apis/events-api/using-socket-mode; the frames are as in python-slack-sdk's own mock
server. Slack speaks wss, the stand-in plain ws.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import WSMsgType, web

from .wire import JsonDict

if TYPE_CHECKING:
    from .slack import SlackStandin

PATH = "/link/"
# What Slack answers a ticket that it did not give, or that was used.
NO_TICKET = 403


class SlackLinks:
    """The server's end of Socket Mode."""

    def __init__(self, standin: SlackStandin) -> None:
        """Begin without a connection."""
        self.standin = standin
        self.says_hello = True
        self.opened = 0
        self.acks: dict[str, JsonDict] = {}
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []

    # -- what a test does ---------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many connections stand."""
        return len(self._open)

    def deliver(self, payload: object, kind: str = "events_api", **more: object) -> str:
        """Send an envelope on the newest connection; return its id."""
        envelope: JsonDict = {
            "envelope_id": str(uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope.update({"retry_attempt": 0, "retry_reason": ""})
        self.send({**envelope, **more})
        return str(envelope["envelope_id"])

    def send(self, frame: JsonDict | str, link: int = -1) -> None:
        """Send a frame as it is, on one of the connections."""
        self.standin.wait_until(lambda: bool(self._open), what="a connection")
        words = frame if isinstance(frame, str) else json.dumps(frame)
        self.standin._run(self._open[link].send_str(words))

    def disconnect(self, reason: str = "warning", *, closes: bool = False) -> None:
        """Say goodbye on the newest connection, and close it if asked to."""
        link = self._open[-1]
        self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
        if closes:
            self.standin._run(link.close())

    def cut(self) -> None:
        """Break every connection without a word."""
        for link in list(self._open):
            transport = link._req.transport if link._req is not None else None
            if transport is not None:
                self.standin._loop.call_soon_threadsafe(transport.abort)

    def wait_for(self, count: int, timeout: float = 5.0) -> None:
        """Block until so many connections stand."""
        what = f"{count} connections"
        self.standin.wait_until(lambda: len(self._open) == count, timeout, what)

    def acknowledged(self, envelope: str, timeout: float = 3.0) -> bool:
        """Tell whether an envelope is acknowledged in time; Slack waits for three seconds."""
        try:
            self.standin.wait_until(lambda: envelope in self.acks, timeout)
        except AssertionError:
            return False
        return True

    # -- what Slack does ----------------------------------------------------------------------

    def address(self) -> str:
        """Return a new connection's address, good for one."""
        ticket = str(uuid4())
        self._tickets.add(ticket)
        host = self.standin.url.replace("http://", "ws://")
        return f"{host}{PATH}?ticket={ticket}&app_id={self.standin.workspace.app_id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Keep one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=NO_TICKET)
        self._tickets.discard(ticket)
        link = web.WebSocketResponse()
        await link.prepare(request)
        if self.says_hello:
            await link.send_json(self._hello())
        self._change(link, stands=True)
        try:
            async for frame in link:
                if frame.type == WSMsgType.TEXT:
                    self._hear(json.loads(frame.data))
        finally:
            self._change(link, stands=False)
        return link

    async def close(self) -> None:
        """End every connection, for the stand-in's own end."""
        await asyncio.gather(*(link.close() for link in list(self._open)))

    def _hear(self, said: JsonDict) -> None:
        with self.standin.changing():
            self.acks[str(said["envelope_id"])] = said

    def _change(self, link: web.WebSocketResponse, *, stands: bool) -> None:
        with self.standin.changing():
            if stands:
                self.opened += 1
                self._open.append(link)
            elif link in self._open:
                self._open.remove(link)

    def _hello(self) -> JsonDict:
        about = {"host": "applink-1", "build_number": 10, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": about,
            "connection_info": {"app_id": self.standin.workspace.app_id},
        }
