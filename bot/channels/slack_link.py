"""One Socket Mode connection: what Slack says on it, in order, and what is acknowledged.

Source: docs.slack.dev/apis/events-api/using-socket-mode (hello, envelopes, `disconnect`).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp

from bot.channels.payload import clean, read_json
from bot.errors import BadRequest, SendFailed

HELLO_SECONDS = 10.0
CLOSE_SECONDS = 1.0
# A connection is dead when a ping of ours is unanswered for half as long.
HEARTBEAT_SECONDS = 20.0
# After a warning Slack closes a connection some ten seconds later; until then it may yet speak.
DRAIN_SECONDS = 15.0
# An envelope holds at most what a webhook does, with a little around it.
LARGEST_FRAME = 4 * 1024 * 1024
ENDED = (
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.ERROR,
)

logger = logging.getLogger(__name__)

# Writes an envelope's payload down; False where Slack is to send it again.
Take = Callable[[dict[str, Any]], Awaitable[bool]]


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancels tasks and waits for their end.

    More than once, if need be: before Python 3.12 `asyncio.wait_for` swallows a cancellation that
    comes in the moment in which what it waits for is done (python/cpython issue 86296).
    """
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=0.1)
    await asyncio.gather(*tasks, return_exceptions=True)


class SocketLink:
    """One connection: what Slack says on it, in order, and each envelope's acknowledgement.

    Args:
        link: The websocket.
        take: Writes down what an envelope says.
    """

    def __init__(self, link: aiohttp.ClientWebSocketResponse, take: Take) -> None:
        self._link = link
        self._take = take
        self._envelopes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._works = asyncio.create_task(self._work())

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, address: str, take: Take) -> SocketLink:
        """Opens a connection; raises what aiohttp raises."""
        link = await session.ws_connect(
            address,
            timeout=CLOSE_SECONDS,
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=LARGEST_FRAME,
        )
        return cls(link, take)

    async def hello(self) -> None:
        """Waits until Slack has said hello; raises SendFailed where it does not."""
        try:
            said = await asyncio.wait_for(self._read(), HELLO_SECONDS)
        except asyncio.TimeoutError:
            said = None
        if said is None or said.get("type") != "hello":
            raise SendFailed("Slack did not say hello", retryable=True)

    async def listen(self) -> str:
        """Takes in what comes until Slack ends the connection; returns why."""
        while (said := await self._read()) is not None:
            if said.get("type") == "disconnect":
                return clean(said.get("reason")) or "disconnect"
            self._envelopes.put_nowait(said)
        return "closed"

    async def drain(self) -> None:
        """Hears a connection out that is about to end, while the next one is opened."""
        try:
            with suppress(asyncio.TimeoutError):
                while await asyncio.wait_for(self.listen(), DRAIN_SECONDS) != "closed":
                    pass
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._envelopes.join(), DRAIN_SECONDS)
        finally:
            await self.close()

    async def close(self) -> None:
        """Ends the connection."""
        await ended(self._works)
        await self._link.close()

    async def _read(self) -> dict[str, Any] | None:
        """Returns the next object that Slack sends; None once the connection has ended."""
        while (frame := await self._link.receive()).type not in ENDED:
            if frame.type == aiohttp.WSMsgType.TEXT:
                with suppress(BadRequest):
                    return read_json(frame.data.encode())
        return None

    async def _work(self) -> None:
        while True:
            envelope = await self._envelopes.get()
            try:
                await self._handle(envelope)
            except Exception:
                logger.exception("a Slack envelope was not handled")
            finally:
                self._envelopes.task_done()

    async def _handle(self, envelope: dict[str, Any]) -> None:
        """Acknowledges an envelope once it is written down; what is not, Slack sends again."""
        name, payload = envelope.get("envelope_id"), envelope.get("payload")
        if not isinstance(name, str) or not name:
            return
        # What holds nothing is acknowledged too: it would come again as it is.
        if isinstance(payload, dict) and not await self._take(payload):
            return
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._link.send_str(json.dumps({"envelope_id": name}))
