"""Slack: the door through which staff's words, reactions and button presses come in.

Sources: docs.slack.dev/authentication/verifying-requests-from-slack (signature, 300 seconds),
/apis/events-api#responding (2xx within three seconds, else sent again), /tools/bolt-python.

Nothing is decided here. What happened is written to desk_events and acknowledged; no Web API call
stands between Slack and its answer, so the door works while Slack's API does not.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from slack_bolt import BoltResponse
from slack_bolt.adapter.sanic.async_handler import to_sanic_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.payload import LARGEST_BODY, Delivery, delivery_of, read_json
from bot.channels.slack_api import SlackApi
from bot.channels.slack_events import SlackEvents
from bot.channels.slack_intake import Notice, action_notices, event_notice
from bot.channels.slack_people import SlackPeople
from bot.channels.slack_posts import SlackPosts
from bot.config import Settings
from bot.errors import BadRequest, BadSignature, Refused, SendFailed
from bot.limits import Limits, utf16_units
from bot.messages import Event, Outbound
from bot.store import DatabaseError, Row, log, queue
from bot.store.database import Database
from bot.store.tables import desk_events
from bot.worker import Worker

CHANNEL = "slack"
LIMITS = Limits(length=4000, measure=utf16_units, choices=5, label=75)
# Slack gives up after three seconds; a database that takes this long is as good as away.
WRITE_SECONDS = 2.0
# Slack takes about one post a second in a channel (docs.slack.dev/apis/web-api/rate-limits).
POSTS_AT_ONCE = 2

logger = logging.getLogger(__name__)
# Bolt writes whole requests to its log at INFO and WARNING, staff's words among them.
_bolt_logger = logging.getLogger("docent.bolt")
_bolt_logger.setLevel(logging.ERROR)

Write = Callable[[Sequence[Notice]], Awaitable[None]]


class Slack(Channel):
    """Trusts only signed bodies, writes down what happened, and acknowledges."""

    channel = CHANNEL
    limits = LIMITS

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._app: AsyncApp | None = None
        self._workers: tuple[Worker[Row[Any]], ...] = ()

    def verify(self, delivery: Delivery) -> None:
        """Checks X-Slack-Signature over the raw body, and that it is at most 300 seconds old."""
        verifier = SignatureVerifier(self.settings["SLACK_SIGNING_SECRET"])
        timestamp = delivery.headers.get("x-slack-request-timestamp", "")
        signature = delivery.headers.get("x-slack-signature", "")
        try:
            is_ours = verifier.is_valid(delivery.body, timestamp, signature)
        except (TypeError, ValueError, OverflowError):
            # No number for a time, no ASCII for a signature, no UTF-8 for a body.
            is_ours = False
        if not is_ours:
            raise BadSignature("the signature does not match the body, or is too old")

    def parse(self, delivery: Delivery) -> list[Event]:
        """Returns nothing: what comes from Slack is staff's, and goes to the desk."""
        return []

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Refuses: Slack is where staff are, not visitors."""
        raise SendFailed("Docent does not write to visitors on Slack", retryable=False)

    async def started(self, host: Host) -> None:
        """Starts to handle events, one after another, and to post, case by case."""
        api = SlackApi(self.settings["SLACK_BOT_TOKEN"], self.settings["SLACK_API_URL"])
        people = SlackPeople(api)
        events = SlackEvents(host.database, host.casework, people, api, host.wake)
        desk = self.settings["SLACK_DESK_CHANNEL"]
        posts = SlackPosts(host.database, api, host.voice.museum, desk, host.wake)
        self._app = bolt_app(self.settings, writer(host.database, self.wake))

        async def next_event() -> Row[Any] | None:
            return await host.database.run(queue.claim_event)

        async def next_job() -> Row[Any] | None:
            return await host.database.run(queue.claim_job)

        self._workers = (
            Worker("slack events", next_event, events.handle, at_once=1),
            Worker("slack posts", next_job, posts.handle, at_once=POSTS_AT_ONCE),
        )
        for worker in self._workers:
            worker.start()

    def wake(self) -> None:
        """Says that there may be an event to handle or something to post."""
        for worker in self._workers:
            worker.wake()

    async def close(self) -> None:
        """Ends the work in hand."""
        for worker in self._workers:
            await worker.stop()

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_of(request)
        try:
            self.verify(delivery)
            bolt_request = bolt_request_of(delivery)
        except Refused as refusal:
            return self.refuse(refusal)
        if self._app is None:
            return json_response({"error": "try again later"}, 503)
        answer = await self._app.async_dispatch(bolt_request)
        if answer.status == 404:
            # Acknowledged all the same: refusing what we do not use would make Slack switch off
            # the events that we do.
            logger.info("a Slack request of a kind that is not used")
            answer = BoltResponse(status=200, body="")
        response: HTTPResponse = to_sanic_response(answer)
        return response


def bolt_request_of(delivery: Delivery) -> AsyncBoltRequest:
    """Returns a request for Bolt: JSON or a form by its body, whatever its content type says.

    Raises:
        BadRequest: The body is neither.
    """
    if len(delivery.body) > LARGEST_BODY:
        raise BadRequest("the body is larger than 3 MB", status=413)
    text = delivery.body.decode()
    is_json = text.lstrip().startswith("{")
    if is_json:
        read_json(delivery.body)
    elif payload := parse_qs(text).get("payload"):
        read_json(payload[0].encode())
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    try:
        return AsyncBoltRequest(body=text.strip(), headers={"content-type": [kind]})
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
        return await _written([event_notice(body)], write)

    async def on_action(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> Any:
        await ack()
        return await _written(action_notices(body), write)

    app.event(re.compile(".*"))(on_event)
    app.action(re.compile(".*"))(on_action)
    return app


def writer(database: Database, news: Callable[[], None]) -> Write:
    """Returns a function that writes notices to desk_events and then says that there is work."""

    def insert(connection: Any, notices: Sequence[Notice]) -> None:
        for notice in notices:
            row = {"state": "queued", "at": log.now(), **vars(notice)}
            log.insert_ignoring(connection, desk_events, row)

    async def write(notices: Sequence[Notice]) -> None:
        await asyncio.wait_for(database.run(insert, notices), WRITE_SECONDS)
        news()

    return write


async def _written(notices: Sequence[Notice], write: Write) -> BoltResponse | None:
    try:
        await write(notices)
    except (DatabaseError, asyncio.TimeoutError) as error:
        logger.error("a Slack event was not written", extra={"error": type(error).__name__})
        return BoltResponse(status=503, body=json.dumps({"error": "try again later"}))
    return None


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
