"""What all channels have in common: verify, parse, commit, answer 200; the turn comes later.

A channel file is written in one order: constants, class, verify, parse, send, then what helps
them. Yours to write: `channel`, `limits`, `verify`, `parse`, `send`, and where the platform has a
set-up call, `handshake`. Nothing else.
"""

from __future__ import annotations

import json
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.response import text as text_response

from bot import metrics
from bot.channels.host import Host, mount
from bot.config import Settings, load_settings
from bot.errors import BadRequest, Refused
from bot.limits import Limits
from bot.messages import Inbound, Outbound
from bot.store import DatabaseError

logger = logging.getLogger(__name__)

# Meta's largest webhook is far smaller; anything longer is not from a platform.
LARGEST_BODY = 1_000_000

Handler = Callable[[Request], Awaitable[HTTPResponse]]


@dataclass(frozen=True)
class Delivery:
    """One request of a platform, without the web server: what `verify` and `parse` work on."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


class Channel(InputChannel):
    """One platform.

    Args:
        settings: The settings; the channel reads its own.
    """

    channel: ClassVar[str]
    limits: ClassVar[Limits]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    # To be written by each channel:

    @abstractmethod
    def verify(self, delivery: Delivery) -> None:
        """Proves that the platform sent this; raises BadSignature."""

    @abstractmethod
    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Returns the visitor messages in a delivery; what is none of ours gives no message."""

    @abstractmethod
    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Sends one message, returns the platform's id of it; raises SendFailed."""

    def handshake(self, delivery: Delivery) -> str:
        """Answers the platform's set-up call; raises BadSignature."""
        raise BadRequest("this channel has no set-up call", status=405)

    async def started(self, host: Host) -> None:
        """Called once the host runs, for a channel that has work of its own."""

    def wake(self) -> None:
        """Called when there may be work of the channel's own."""

    async def close(self) -> None:
        """Closes connections to the platform."""

    # The same for all channels:

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name, as in addresses and conversation ids."""
        return cls.channel

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Channel:
        """Makes the channel for Rasa's credentials.yml; the values come from the settings."""
        return cls(load_settings())

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
            return await handle(request)

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
            inbound = self.parse(delivery)
        except Refused as refusal:
            return self.refuse(refusal)
        return await self.commit(request, inbound)

    async def commit(self, request: Request, inbound: list[Inbound]) -> HTTPResponse:
        """Writes messages to the log and only then says 200."""
        try:
            await request.app.ctx.host.inbox.accept(inbound)
        except DatabaseError:
            logger.exception("nothing was accepted", extra={"channel": self.channel})
            return json_response({"error": "try again later"}, 503, headers={"Retry-After": "5"})
        return json_response({"ok": True})

    def refuse(self, refusal: Refused) -> HTTPResponse:
        """Answers a request that is not served, and counts it."""
        metrics.refused.labels(self.channel, str(refusal.status)).inc()
        return json_response({"error": str(refusal)}, refusal.status)


def delivery_of(request: Request) -> Delivery:
    """Returns what a web request carries."""
    query = {key: values[0] for key, values in request.args.items() if values}
    return Delivery(request.body, request.headers, query)


def read_json(body: bytes) -> dict[str, Any]:
    """Returns the JSON object in a body; raises BadRequest for anything else."""
    if len(body) > LARGEST_BODY:
        raise BadRequest("the body is larger than 1 MB", status=413)
    try:
        found = json.loads(body)
    except RecursionError:
        raise BadRequest("the body is nested too deeply") from None
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(found, dict):
        raise BadRequest("the body is not a JSON object")
    return found


def clean(text: object) -> str:
    """Returns a text that every database can hold: no NUL, no half of a surrogate pair."""
    if not isinstance(text, str):
        return ""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def dicts(value: object) -> list[dict[str, Any]]:
    """Returns the objects in what should be a list of objects; payloads are not to be trusted."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def part(value: object, key: str) -> dict[str, Any]:
    """Returns an object inside an object, or an empty one."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
