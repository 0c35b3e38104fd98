"""Slack: the desk of the staff, and colleagues who ask Docent in direct messages and by mention.

Sources: docs.slack.dev/authentication/verifying-requests-from-slack (signature, 300 seconds),
/apis/events-api#responding (2xx within three seconds, else sent again),
/reference/methods/chat.postMessage (4,000 characters), /block-kit/block-elements/button-element.

Nothing is decided here. What a visitor said goes to the inbox, what happened in the desk's channel
to desk_events, and only then Slack hears 200; no Web API call stands before it, so the door works
while Slack's API does not. Both doors, the webhook and Socket Mode, lead into `take`.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from slack_bolt import BoltResponse
from slack_bolt.adapter.sanic.async_handler import to_sanic_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.payload import Delivery, delivery_of
from bot.channels.slack_answers import render, to_one_visitor
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_check import look_around
from bot.channels.slack_events import SlackEvents
from bot.channels.slack_intake import body_of, channel_of
from bot.channels.slack_names import VisitorNames
from bot.channels.slack_notices import bolt_app, bolt_request_of, unless_written, writer, written
from bot.channels.slack_people import SlackPeople
from bot.channels.slack_posts import SlackPosts
from bot.channels.slack_socket import SlackSocket
from bot.channels.slack_visitors import visitor_events
from bot.config import Settings
from bot.errors import BadRequest, BadSignature, Refused
from bot.limits import Limits, utf16_units
from bot.messages import Event, Outbound
from bot.store import Connection, Row, cases, queue
from bot.worker import Worker

CHANNEL = "slack"
# Text 4,000 characters; a paragraph with buttons below it 3,000; a button's label 75.
LIMITS = Limits(length=4000, measure=utf16_units, choices=5, label=75, with_choices=3000)
# Slack takes about one post a second in a channel (docs.slack.dev/apis/web-api/rate-limits).
POSTS_AT_ONCE = 2

logger = logging.getLogger(__name__)


class Slack(Channel):
    """Trusts only signed bodies, writes down what happened, and acknowledges."""

    channel = CHANNEL
    limits = LIMITS

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        # Of its own: when Slack slows the desk's posts down, visitors do not wait with them.
        self._api = SlackApi(settings["SLACK_BOT_TOKEN"], settings["SLACK_API_URL"])
        self._desks = frozenset({settings["SLACK_DESK_CHANNEL"]})
        self._host: Host | None = None
        self._app: AsyncApp | None = None
        self._names: VisitorNames | None = None
        self._workers: tuple[Worker[Row[Any]], ...] = ()
        token = settings["SLACK_APP_TOKEN"]
        url = settings["SLACK_API_URL"]
        self._socket = SlackSocket(token, url, self._take_envelope) if token else None

    def verify(self, delivery: Delivery) -> None:
        """Checks X-Slack-Signature over the raw body, and that it is at most 300 seconds old."""
        secret = self.settings["SLACK_SIGNING_SECRET"]
        if not secret:
            raise BadSignature("Slack is heard by Socket Mode alone: there is no signing secret")
        timestamp = delivery.headers.get("x-slack-request-timestamp", "")
        signature = delivery.headers.get("x-slack-signature", "")
        try:
            is_ours = SignatureVerifier(secret).is_valid(delivery.body, timestamp, signature)
        except (TypeError, ValueError, OverflowError):
            # No number for a time, no ASCII for a signature, no UTF-8 for a body.
            is_ours = False
        if not is_ours:
            raise BadSignature("the signature does not match the body, or is too old")

    def parse(self, delivery: Delivery) -> list[Event]:
        """Returns what a visitor did; what happens in the desk's channel is staff's."""
        return visitor_events(body_of(delivery), self._desks)

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Posts one message where the visitor wrote; returns its channel and ts."""
        try:
            answer = await self._api.call("chat.postMessage", **render(person_id, message))
        except SlackRefused as refused:
            raise to_one_visitor(refused) from None
        return f"{answer.get('channel')}:{answer.get('ts')}"

    async def check(self) -> str:
        """Asks Slack whose token this is, and looks at the desk's channel and at the socket."""
        words = await look_around(self._api, self.settings["SLACK_DESK_CHANNEL"])
        return f"{words}, {await self._socket.check()}" if self._socket else words

    async def started(self, host: Host) -> None:
        """Starts to handle events, one after another, and to post, case by case."""
        api = SlackApi(self.settings["SLACK_BOT_TOKEN"], self.settings["SLACK_API_URL"])
        people = SlackPeople(api)
        self._host, self._names = host, VisitorNames(host.database, people)
        # Where cases stand from before the desk moved, its staff are still no visitors.
        self._desks |= await host.database.run(_channels_of_cases)
        self._app = bolt_app(self.settings, writer(host.database, self.wake))
        self._start_workers(host, api, people)
        if self._socket is not None:
            self._socket.start()

    def wake(self) -> None:
        """Says that there may be an event to handle or something to post."""
        for worker in self._workers:
            worker.wake()

    async def close(self) -> None:
        """Ends the work in hand."""
        if self._socket is not None:
            await self._socket.stop()
        for worker in self._workers:
            await worker.stop()
        if self._names is not None:
            await self._names.close()

    async def take(self, delivery: Delivery) -> BoltResponse:
        """Writes down what Slack says; 503 where that failed, and Slack sends it again.

        Raises:
            BadRequest: The body cannot be read.
        """
        body = body_of(delivery)
        events = visitor_events(body, self._desks)
        if self._host is None or self._app is None or self._names is None:
            return unless_written(False) or BoltResponse(status=503)
        if events:
            unheard = unless_written(await written(self._host.inbox.accept(events)))
            self._names.meet(events if unheard is None else [])
            return unheard or BoltResponse(status=200, body="")
        channel = channel_of(body)
        if channel and channel not in self._desks:
            # What people say elsewhere is not ours to keep.
            return BoltResponse(status=200, body="")
        return await self._note(self._app, delivery)

    async def _note(self, app: AsyncApp, delivery: Delivery) -> BoltResponse:
        """Lets Bolt write down what happened at the desk; raises BadRequest."""
        answer = await app.async_dispatch(bolt_request_of(delivery))
        if answer.status == 404:
            # Acknowledged all the same: refusing what we do not use would make Slack switch off
            # the events that we do.
            logger.info("a Slack request of a kind that is not used")
            return BoltResponse(status=200, body="")
        if answer.status == 500:
            # Bolt trusts that an event has a type and a press a name, and it would fail again.
            raise BadRequest("the body is not of a shape that Slack sends")
        return answer

    async def _take_envelope(self, payload: dict[str, Any]) -> bool:
        """Takes what came by Socket Mode as the webhook would."""
        try:
            answer = await self.take(Delivery(json.dumps(payload).encode(), {}, {}))
        except Refused:
            return True
        return answer.status < 500

    def _start_workers(self, host: Host, api: SlackApi, people: SlackPeople) -> None:
        events = SlackEvents(host.database, host.casework, people, api, host.wake, host.translator)
        desk = self.settings["SLACK_DESK_CHANNEL"]
        windows = {name: c.window for name, c in host.channels.items() if c.window is not None}
        posts = SlackPosts(host.database, api, host.voice.museum, desk, host.wake, windows)

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

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_of(request)
        try:
            self.verify(delivery)
            answer = await self.take(delivery)
        except Refused as refusal:
            return self.refuse(refusal)
        response: HTTPResponse = to_sanic_response(answer)
        return response


def _channels_of_cases(connection: Connection) -> frozenset[str]:
    """Returns the channels that hold the threads of open cases."""
    standing = cases.list_cases(connection, cases.OPEN_STATES)
    return frozenset(case.slack_channel for case in standing if case.slack_channel)
