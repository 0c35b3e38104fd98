"""What all channels have in common: verify, parse, commit, answer 200; the turn comes later.

A channel file is written in one order: constants, class, handshake, verify, parse, send, typing,
check, then what helps them. Yours to write: `channel`, `limits`, `verify`, `parse`, `send`,
`check`; and where the platform has them, `window`, `handshake`, `typing`, `edit`, `delete` (what
it can change of sent messages stands in its limits), `files`, `fetch`, `send_file`. Nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.response import text as text_response

from bot import metrics, stages
from bot.channels.host import Host, mount
from bot.channels.payload import Delivery, delivery_of
from bot.config import Settings, load_settings
from bot.desk.file_kinds import FileLimits
from bot.errors import BadRequest, QueueFull, Refused, SendFailed
from bot.limits import Limits
from bot.messages import Carried, Event, Outbound
from bot.store import DatabaseError
from bot.store.database import Database
from bot.windows import Window

logger = logging.getLogger(__name__)

# The typing sign is a courtesy: this long it may take, and this long an answer that is ready lets
# one that is on its way go first. Behind the answer it would stay until the platform forgets it.
TYPING_SECONDS = 3.0
SIGN_FIRST_SECONDS = 0.25

Handler = Callable[[Request], Awaitable[HTTPResponse]]


class Channel(InputChannel):
    """One platform.

    Args:
        settings: The settings; the channel reads its own.
    """

    channel: ClassVar[str]
    limits: ClassVar[Limits]
    window: ClassVar[Window | None] = None
    # Which files it takes from us; None where it carries none.
    files: ClassVar[FileLimits | None] = None

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._typing: dict[str, asyncio.Task[None]] = {}

    # To be written by each channel:

    @abstractmethod
    def verify(self, delivery: Delivery) -> None:
        """Proves that the platform sent this; raises BadSignature."""

    @abstractmethod
    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Returns what visitors did, and what became of our messages, in a delivery's order.

        What is none of ours gives nothing. Raises BadRequest where the body cannot be read.
        """

    @abstractmethod
    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Sends one message, returns the platform's id of it; raises SendFailed."""

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a file that lies with the platform; raises SendFailed.

        Args:
            reference: What the platform told of it, as `Attachment` names it.
            most: How many bytes are taken at the most.
        """
        raise SendFailed(f"{self.channel} gives no files", retryable=False)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Sends the file of a message, returns the platform's id of it; raises SendFailed."""
        step = "Send a link."
        raise SendFailed(f"{self.channel} takes no files", retryable=False, next_step=step)

    async def edit(self, person_id: str, platform_id: str, message: Outbound) -> None:
        """Changes a message that was sent; raises SendFailed.

        Args:
            person_id: The visitor.
            platform_id: What `send` returned for the message, "" where it returned None.
            message: What it says now.
        """
        raise _cannot(self.channel, "change")

    async def delete(self, person_id: str, platform_id: str) -> None:
        """Takes a message away that was sent, as `edit` does; raises SendFailed."""
        raise _cannot(self.channel, "take back")

    async def check(self) -> str:
        """Asks the platform who we are with these keys, and returns it in words.

        Raises:
            ChannelBroken: The keys or the set-up are wrong; says what to mend.
            SendFailed: The platform cannot be asked now.
        """
        return "there is nothing to check"

    async def typing(self, person_id: str, platform_id: str) -> None:
        """Shows the visitor that an answer is on its way; raises SendFailed.

        Args:
            person_id: The visitor.
            platform_id: The message that is being answered; some platforms mark it as read.
        """

    def template(self) -> str:
        """Returns the name of the approved template for visitors outside the window, or ""."""
        return ""

    def handshake(self, delivery: Delivery) -> str:
        """Answers the platform's set-up call; raises BadSignature."""
        raise BadRequest("this channel has no set-up call", status=405)

    def share(self, database: Database) -> None:
        """Takes the place where a channel keeps what all processes share, such as a token.

        Called before `started`, and before `check` where no host runs (`docent channels check`).
        """

    async def started(self, host: Host) -> None:
        """Called once the host runs, for a channel that has work of its own."""

    async def lead(self) -> None:
        """Called when this process alone of all does what only one may do, after `started`."""

    async def cede(self) -> None:
        """Called when another process may do so from now on, before `close`."""

    def wake(self) -> None:
        """Called when there may be work of the channel's own."""

    async def close(self) -> None:
        """Closes connections to the platform."""

    # The same for all channels:

    def thinking(self, person_id: str, platform_id: str) -> None:
        """Begins to show that an answer is on its way; never waits and never fails."""
        if type(self).typing is Channel.typing or person_id in self._typing:
            return
        task = asyncio.create_task(self._show_typing(person_id, platform_id))
        self._typing[person_id] = task
        task.add_done_callback(lambda _: self._typing.pop(person_id, None))

    async def deliver(self, person_id: str, message: Outbound) -> str | None:
        """Sends one message; a typing sign that is still on its way is given up."""
        if (typing := self._typing.get(person_id)) is not None:
            await asyncio.wait({typing}, timeout=SIGN_FIRST_SECONDS)
            typing.cancel()
        if message.file is not None:
            return await self.send_file(person_id, message, message.file)
        return await self.send(person_id, message)

    async def hush(self) -> None:
        """Gives up every typing sign that is on its way."""
        signs = list(self._typing.values())
        for typing in signs:
            typing.cancel()
        await asyncio.gather(*signs, return_exceptions=True)

    async def _show_typing(self, person_id: str, platform_id: str) -> None:
        try:
            await asyncio.wait_for(self.typing(person_id, platform_id), TYPING_SECONDS)
        except (SendFailed, asyncio.TimeoutError):
            return
        except Exception:
            logger.exception("a typing sign failed", extra={"channel": self.channel})

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name, as in addresses and conversation ids."""
        return cls.channel

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Channel:
        """Makes the channel for Rasa's credentials.yml; the values come from the settings."""
        return cls(load_settings())

    @property
    def can_edit(self) -> bool:
        """Whether the platform lets us change a message that was sent."""
        return self.limits.edits

    @property
    def can_delete(self) -> bool:
        """Whether the platform lets us take a message away that was sent."""
        return self.limits.deletes

    @property
    def is_enabled(self) -> bool:
        """Whether the settings switch this channel on."""
        return self.channel in self.settings.enabled

    def get_output_channel(self) -> OutputChannel | None:
        """Returns None: words leave through the outbox alone."""
        return None

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Returns the routes. Rasa's `on_new_message` is not used: the inbox runs the turn."""
        routes = Blueprint(f"docent_{self.channel}")
        mount(routes, self)
        if self.is_enabled:
            self.route(routes, "GET", "/webhook", self._get)
            self.route(routes, "POST", "/webhook", self._post)
        return routes

    def route(self, routes: Blueprint, method: str, path: str, handle: Handler) -> None:
        """Adds one address; Sanic marks handlers with attributes, which a method cannot carry."""

        async def handler(request: Request) -> HTTPResponse:
            is_page = method == "GET"
            return await stages.acknowledged(self.channel, handle(request), is_page=is_page)

        name = f"{self.channel}_{method}_{path.strip('/')}".lower()
        routes.add_route(handler, path, methods=[method], name=name)

    async def _get(self, request: Request) -> HTTPResponse:
        try:
            return text_response(self.handshake(delivery_of(request)))
        except Refused as refusal:
            return self.refuse(refusal)

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_of(request)
        try:
            self.verify(delivery)
            events = self.parse(delivery)
        except Refused as refusal:
            return self.refuse(refusal)
        return await self.commit(request, events)

    async def commit(self, request: Request, events: Sequence[Event]) -> HTTPResponse:
        """Writes events to the log and only then says 200."""
        try:
            await request.app.ctx.host.inbox.accept(events)
        except QueueFull:
            # It says so in the log itself, once a second.
            return json_response({"error": "busy"}, 503, headers={"Retry-After": "30"})
        except DatabaseError:
            logger.exception("nothing was accepted", extra={"channel": self.channel})
            return json_response({"error": "try again later"}, 503, headers={"Retry-After": "5"})
        return json_response({"ok": True})

    def refuse(self, refusal: Refused) -> HTTPResponse:
        """Answers a request that is not served, and counts it."""
        metrics.refused.labels(self.channel, str(refusal.status)).inc()
        return json_response({"error": str(refusal)}, refusal.status)


def _cannot(channel: str, what: str) -> SendFailed:
    reason = f"{channel} cannot {what} what was sent; the visitor keeps it"
    return SendFailed(reason, retryable=False, next_step="Write a new message.")
