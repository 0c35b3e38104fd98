"""The real server on a free port of this host, in a thread of its own, without a model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from conftest import Book, Loop, listening

from bot import server
from bot.config import Settings
from bot.inbox import Asked


class StillLoading:
    """A model that is never ready: what arrives is accepted and waits."""

    def is_ready(self) -> bool:
        """Returns False."""
        return False


class Loaded(StillLoading):
    """A model that is ready and that nobody asks anything."""

    def is_ready(self) -> bool:
        """Returns True."""
        return True


class Served:
    """A running server."""

    def __init__(self, app: Any, loop: Loop, url: str) -> None:
        self.app, self.loop, self.url = app, loop, url
        self.host = app.ctx.host
        self.book = Book(self.host.database)

    def client(self, **more: Any) -> httpx.Client:
        """Returns a client with cookies of its own."""
        return httpx.Client(base_url=self.url, timeout=10, **more)

    def post(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Posts bytes as they are."""
        with self.client() as client:
            return client.post(path, content=body, headers=headers or {}, params=query or None)

    def unread(self, conversation_id: str) -> str:
        """Returns what the real inbox answers to a newest message that is no question in words."""
        [*_, row] = self.book.rows(conversation_id=conversation_id, direction="in")
        talk = self.book.talk(conversation_id)
        asked = Asked(row, talk.speaker, row.language, talk.memory, None, first=False)
        reply = self.host.inbox._unread(asked)
        return str(reply.text) if reply is not None else ""

    def wake(self) -> None:
        """Says that there may be something to send or to show."""
        self.loop.loop.call_soon_threadsafe(self.host.wake)


@contextmanager
def serving(
    folder: Path, agent: type[StillLoading] = StillLoading, **values: str
) -> Iterator[Served]:
    """Runs the server with these settings on a database in this folder."""
    settings = Settings({"DATABASE_URL": f"sqlite:///{folder}/docent.db", **values})
    loop = Loop()
    with patch.object(server, "load_agent", lambda *_: agent()):
        running = loop.run(_start(settings))
        port = running.server.sockets[0].getsockname()[1]
        try:
            yield Served(running.app, loop, f"http://127.0.0.1:{port}")
        finally:
            loop.run(_stop(running))
            loop.close()


async def no_actions(_: Any) -> tuple[int, dict[str, Any]]:
    """Runs nothing: nobody is asked anything."""
    return 404, {}


async def _start(settings: Settings) -> Any:
    app = server.make_app(settings, Path("no-model"), no_actions)
    running = await app.create_server(sock=listening(), return_asyncio_server=True)
    await running.startup()
    await running.before_start()
    await running.after_start()
    await app.ctx.loading
    return running


async def _stop(running: Any) -> None:
    _hang_up(running)
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(running.before_stop(), 5)
    await running.close()
    # A browser keeps connections, and opens new ones while we stop.
    while running.connections:
        _hang_up(running)
        await asyncio.sleep(0.01)


def _hang_up(running: Any) -> None:
    for connection in list(running.connections):
        connection.abort()
