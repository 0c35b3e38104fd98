"""Socket Mode: Docent calls Slack and hears over a websocket what Slack would post to a webhook.

Sources: docs.slack.dev/apis/events-api/using-socket-mode (the reasons of `disconnect`),
/reference/methods/apps.connections.open.

slack_sdk's own client hands envelopes to its listeners all at once, so that an edit could pass the
message it changes, and it logs the address with its ticket: here they are handled one by one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from urllib.parse import urlsplit

import aiohttp

from bot.channels.payload import clean
from bot.channels.slack_api import SlackApi
from bot.channels.slack_link import SocketLink, Take, ended
from bot.errors import ChannelBroken, SendFailed

# Waits before another connection is tried, in seconds; Slack's own hint wins.
BACKOFF = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A connection that Slack wants renewed sooner than this is not opened anew at once.
SHORTEST_SECONDS = 1.0
# Away for a moment is not broken.
PATIENCE_SECONDS = 60.0
REMEDY = (
    "Renew SLACK_APP_TOKEN, an app-level token (xapp-...) with connections:write, and see that "
    "Socket Mode is on in the Slack app's settings."
)

logger = logging.getLogger(__name__)


class SlackSocket:
    """Keeps one connection open, and opens another whenever it ends.

    Args:
        token: The app-level token.
        api_url: Slack's Web API.
        take: Writes down what an envelope says, before it is acknowledged.
    """

    def __init__(self, token: str, api_url: str, take: Take) -> None:
        self._api = SlackApi(token, api_url)
        self._is_local = urlsplit(api_url).hostname in ("127.0.0.1", "localhost", "::1")
        self._take = take
        self._runs: asyncio.Task[None] | None = None
        self._draining: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._down_since: float | None = time.monotonic()
        self._trouble, self._remedy = "it was not opened yet", ""

    def start(self) -> None:
        """Begins to connect, on the running event loop."""
        self._runs = asyncio.create_task(self._run(), name="slack socket")

    async def stop(self) -> None:
        """Closes the connection; what was not acknowledged Slack sends again."""
        if self._runs is not None:
            await ended(self._runs)
        await ended(*self._draining)

    @property
    def is_up(self) -> bool:
        """Whether Slack has said hello on a connection that stands."""
        return self._down_since is None

    async def check(self) -> str:
        """Says in words how the connection is; where none is kept, asks whether it may be opened.

        Raises:
            ChannelBroken: Slack refuses it, or it has been down for long.
            SendFailed: It is down for a moment.
        """
        if self._runs is None:
            await self._address()
            return "Socket Mode allowed"
        if self._down_since is None:
            return "Socket Mode connected"
        reason = f"the Socket Mode connection is down: {self._trouble}"
        if self._remedy:
            raise ChannelBroken(reason, self._remedy)
        if time.monotonic() - self._down_since > PATIENCE_SECONDS:
            raise ChannelBroken(reason, "Look at the network between Docent and Slack.")
        raise SendFailed(reason, retryable=True)

    async def _run(self) -> None:
        async with aiohttp.ClientSession(trust_env=not self._is_local) as session:
            while True:
                try:
                    await self._once(session)
                except (ChannelBroken, SendFailed) as trouble:
                    await self._wait(trouble)
                except Exception as error:
                    # Its words may hold the address, and that holds a ticket.
                    reason = f"the connection broke ({type(error).__name__})"
                    await self._wait(SendFailed(reason, retryable=True))

    async def _once(self, session: aiohttp.ClientSession) -> None:
        """Opens a connection and listens until it ends; raises where it is not just renewed."""
        link = await SocketLink.open(session, await self._address(), self._take)
        begun = time.monotonic()
        try:
            await link.hello()
            self._failures, self._down_since = 0, None
            logger.info("the Slack socket is up")
            reason = await link.listen()
        except BaseException:
            await link.close()
            raise
        self._down_since, self._trouble, self._remedy = time.monotonic(), reason, ""
        drain = asyncio.create_task(link.drain())
        self._draining.add(drain)
        drain.add_done_callback(self._draining.discard)
        if reason == "link_disabled":
            raise ChannelBroken("Socket Mode was switched off", REMEDY)
        renewed = reason in ("warning", "refresh_requested")
        if not renewed or self._down_since - begun < SHORTEST_SECONDS:
            raise SendFailed(f"Slack closed the connection ({reason})", retryable=True)

    async def _address(self) -> str:
        try:
            answer = await self._api.call("apps.connections.open")
        except SendFailed as failure:
            if failure.broken or not failure.retryable:
                raise ChannelBroken(failure.reason, REMEDY) from None
            raise
        if not (address := clean(answer.get("url"))):
            raise SendFailed("Slack named no address for the connection", retryable=True)
        return address

    async def _wait(self, trouble: ChannelBroken | SendFailed) -> None:
        """Remembers what went wrong and waits before the next try."""
        self._trouble, self._remedy = trouble.reason, getattr(trouble, "remedy", "")
        self._down_since = self._down_since or time.monotonic()
        logger.warning("the Slack socket is down", extra={"reason": trouble.reason})
        pause = BACKOFF[min(self._failures, len(BACKOFF) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
        self._failures += 1
        await asyncio.sleep(getattr(trouble, "retry_after", None) or pause)
