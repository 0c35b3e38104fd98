"""Writes down what happened at the desk: Bolt tells requests apart, its listeners only write.

Sources: docs.slack.dev/apis/events-api#responding (2xx within three seconds, else sent again),
/tools/bolt-python.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.payload import Delivery
from bot.channels.slack_intake import (
    Notice,
    action_notices,
    body_of,
    command_notice,
    event_notice,
    view_notice,
)
from bot.channels.slack_order import thread_of
from bot.config import Settings
from bot.errors import BadRequest, QueueFull
from bot.store import DatabaseError, log
from bot.store.database import Database
from bot.store.tables import desk_events

# Slack gives up after three seconds; a database that takes this long is as good as away.
WRITE_SECONDS = 2.0

logger = logging.getLogger(__name__)
# Bolt writes whole requests to its log, staff's words among them, at ERROR too, as it trusts the
# shape of what it reads. What goes wrong in a listener is told by `_read` and `written`.
_bolt_logger = logging.getLogger("docent.bolt")
_bolt_logger.setLevel(logging.CRITICAL)

Read = TypeVar("Read")
Write = Callable[[Sequence[Notice]], Awaitable[None]]


def bolt_request_of(delivery: Delivery) -> AsyncBoltRequest:
    """Returns a request for Bolt: JSON or a form by its body, whatever its content type says.

    Raises:
        BadRequest: The body is neither.
    """
    body_of(delivery)
    text = delivery.body.decode().strip()
    kind = "json" if text.startswith("{") else "x-www-form-urlencoded"
    try:
        return AsyncBoltRequest(body=text, headers={"content-type": [f"application/{kind}"]})
    except (AttributeError, KeyError, TypeError, ValueError):
        # Bolt looks for channels and users at once and trusts what it finds.
        raise BadRequest("the body is not of a shape that Slack sends") from None


def bolt_app(settings: Settings, write: Write) -> AsyncApp:
    """Returns a Bolt app whose listeners only write.

    Bolt's own signature check is off because `Slack.verify` has run; its authorization and its
    filter of own events are ours, because Bolt's would call auth.test before it acknowledges.
    """
    app = AsyncApp(
        name="docent",
        logger=_bolt_logger,
        client=AsyncWebClient(base_url=settings["SLACK_API_URL"], logger=_bolt_logger),
        signing_secret=settings["SLACK_SIGNING_SECRET"],
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    async def on_event(body: dict[str, Any]) -> BoltResponse | None:
        return unless_written(await written(write([_read(event_notice, body)])))

    async def on_action(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> Any:
        await ack()
        return unless_written(await written(write(_read(action_notices, body))))

    async def on_command(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> Any:
        await ack()
        return unless_written(await written(write([_read(command_notice, body)])))

    async def on_view(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> Any:
        # An empty answer closes the modal.
        await ack()
        return unless_written(await written(write([_read(view_notice, body)])))

    app.event(re.compile(".*"))(on_event)
    app.action(re.compile(".*"))(on_action)
    app.command(re.compile(".*"))(on_command)
    app.view(re.compile(".*"))(on_view)
    app.view_closed(re.compile(".*"))(on_view)
    return app


def writer(
    database: Database,
    news: Callable[[], None],
    at_once: Callable[[Notice], None] = lambda _: None,
) -> Write:
    """Returns a function that writes notices to desk_events and then says that there is work.

    Args:
        database: Where desk_events is.
        news: Called once they are written.
        at_once: Called with each that was not written before and that no queue holds.
    """

    def insert(connection: Any, notices: Sequence[Notice]) -> list[Notice]:
        rows = [
            {"at": log.now(), "thread": thread_of(notice.payload), **vars(notice)}
            for notice in notices
        ]
        new = [log.insert_ignoring(connection, desk_events, row) is not None for row in rows]
        return [notice for notice, is_new in zip(notices, new, strict=True) if is_new]

    async def write(notices: Sequence[Notice]) -> None:
        for notice in await database.run(insert, notices):
            if notice.state != "queued":
                at_once(notice)
        news()

    return write


async def written(work: Awaitable[Any]) -> bool:
    """Tells whether something was written in the time that Slack gives us."""
    try:
        await asyncio.wait_for(work, WRITE_SECONDS)
    except (DatabaseError, QueueFull, asyncio.TimeoutError) as error:
        logger.error("a Slack event was not written", extra={"error": type(error).__name__})
        return False
    return True


def unless_written(is_written: bool) -> BoltResponse | None:
    """Returns nothing where all is well, or the answer after which Slack sends it again."""
    if is_written:
        return None
    words = json.dumps({"error": "try again later"})
    headers: dict[str, Any] = {"content-type": ["application/json"], "retry-after": ["5"]}
    return BoltResponse(status=503, body=words, headers=headers)


def _read(read: Callable[[dict[str, Any]], Read], body: dict[str, Any]) -> Read:
    """Returns what a request says; Bolt turns an error into 500, and its words are not logged."""
    try:
        return read(body)
    except Exception:
        logger.exception("a Slack request was not read")
        raise


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
