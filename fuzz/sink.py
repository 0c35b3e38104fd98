"""Stands for every platform: takes whatever the server sends, and keeps Slack's socket."""

from __future__ import annotations

import asyncio
import threading
from itertools import count
from types import TracebackType
from typing import Any

from aiohttp import web

ME = {"id": 7_000_000_001, "is_bot": True, "first_name": "Docent", "username": "docent_bot"}


class Sink:
    """An HTTP server in a thread of its own; `url` is its address."""

    def __init__(self) -> None:
        self.taken = 0
        self.links: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self._numbers = count(1)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(10)
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)

    async def _start(self) -> int:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/link", self._link)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, shutdown_timeout=0.5)
        await site.start()
        server: Any = site._server
        return int(server.sockets[0].getsockname()[1])

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        self.taken += 1
        number = next(self._numbers)
        return web.json_response(self._answer(request.path.rpartition("/")[2], number))

    def _answer(self, method: str, number: int) -> dict[str, Any]:
        """Returns one answer in which each platform finds what it looks for."""
        ts = f"{1_780_000_000 + number}.000100"
        chat = {"id": 1, "type": "private"}
        sent = {"message_id": number, "date": 1, "chat": chat, **ME, "url": "", "file_path": "x"}
        user: Any = {"id": "U0ADA", "team_id": "T0DOCENT", "name": "ada", "real_name": "Ada"}
        if method in ("auth.test",):
            user = "U0DOCENT"
        known = {"ok": True, "result": method.startswith(("set", "answer")) or sent}
        meta = {"messages": [{"id": f"wamid.{number}"}], "message_id": f"m_{number}", "id": "1"}
        wechat = {"errcode": 0, "access_token": "t", "expires_in": 7200, "media_id": "m"}
        slack = {"ts": ts, "channel": "C0DESK", "user": user, "team_id": "T0DOCENT", "members": []}
        where = {"url": f"{self.url.replace('http', 'ws')}/link", "user_id": "U0DOCENT"}
        if method.startswith("conversations.") or method == "usergroups.list":
            slack["messages"] = []
            meta = {}
        return {**known, **meta, **wechat, **slack, **where, "name": "x", "bot_id": "B0DOCENT"}

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse(max_msg_size=0)
        await link.prepare(request)
        await link.send_json({"type": "hello", "num_connections": 1})
        closed = asyncio.Event()
        link["closed"] = closed
        self.links.put_nowait(link)
        await closed.wait()
        return link
