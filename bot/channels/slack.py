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
from collections.abc import Mapping
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from slack_bolt import BoltResponse
from slack_bolt.adapter.sanic.async_handler import to_sanic_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.http import Http
from bot.channels.payload import Delivery, delivery_of
from bot.channels.slack_answers import change, post_once, render, to_one_visitor
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_catch_up import SlackCatchUp
from bot.channels.slack_check import look_around, refuse_shared
from bot.channels.slack_desk import openers, readers
from bot.channels.slack_events import SlackEvents
from bot.channels.slack_home import SlackHomes
from bot.channels.slack_intake import body_of, channel_of, is_for_staff, is_other_tab
from bot.channels.slack_modals import SlackModals
from bot.channels.slack_names import VisitorNames
from bot.channels.slack_notices import bolt_app, bolt_request_of, unless_written, writer, written
from bot.channels.slack_people import SlackPeople
from bot.channels.slack_posts import SlackPosts
from bot.channels.slack_socket import SlackSocket
from bot.channels.slack_uploads import FILES, SlackUploads, ThreadFiles
from bot.channels.slack_visitor_words import VisitorWords
from bot.channels.slack_visitors import visitor_events
from bot.config import ROOT, Settings
from bot.content.museum import load_museum
from bot.errors import BadRequest, BadSignature, Refused
from bot.limits import Limits, utf16_units
from bot.messages import Carried, Event, Outbound
from bot.store import Connection, Row, cases, queue
from bot.worker import Worker, singly

CHANNEL = "slack"
# Text 4,000 characters; a paragraph with buttons below it 3,000; a button's label 75.
LIMITS = Limits(
    length=4000,
    measure=utf16_units,
    choices=5,
    label=75,
    with_choices=3000,
    edits=True,
    deletes=True,
)
# Slack takes about one post a second in a channel (docs.slack.dev/apis/web-api/rate-limits).
POSTS_AT_ONCE = 2
# Events of one thread wait for each other; a translator that is slow holds up so many threads.
EVENTS_AT_ONCE = 4

MUSEUM = ROOT / "data" / "museum.yml"

logger = logging.getLogger(__name__)


class Slack(Channel):
    """Trusts only signed bodies, writes down what happened, and acknowledges."""

    channel = CHANNEL
    limits = LIMITS
    files = FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        # Of its own: when Slack slows the desk's posts down, visitors do not wait with them.
        self._api = SlackApi(settings["SLACK_BOT_TOKEN"], settings["SLACK_API_URL"])
        self._http = Http("Slack")
        self._uploads = SlackUploads(self._api, self._http, settings)
        self._desks = frozenset({settings["SLACK_DESK_CHANNEL"]})
        self._host: Host | None = None
        self._app: AsyncApp | None = None
        self._names: VisitorNames | None = None
        self._modals: SlackModals | None = None
        self._catch_up: SlackCatchUp | None = None
        self._homes: SlackHomes | None = None
        self._leads = False
        self._workers: tuple[Worker[Any], ...] = ()
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
            return await post_once(self._api, render(person_id, message), message)
        except SlackRefused as refused:
            raise to_one_visitor(refused) from None

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a file that a colleague or a visitor shared; raises SendFailed."""
        return await self._uploads.fetch(reference, most)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Shows a file where the visitor wrote; Slack tells no id of the post."""
        await self._uploads.show(person_id, message.place, file)
        return None

    async def edit(self, person_id: str, platform_id: str, message: Outbound) -> None:
        """Changes what was posted to a visitor; raises SendFailed."""
        await change(self._api, "chat.update", platform_id, message.text)

    async def delete(self, person_id: str, platform_id: str) -> None:
        """Takes away what was posted to a visitor; raises SendFailed."""
        await change(self._api, "chat.delete", platform_id)

    async def check(self) -> str:
        """Asks Slack whose token this is, and looks at the desk's channel and at the socket."""
        is_well = False
        try:
            words = await look_around(self._api, self.settings["SLACK_DESK_CHANNEL"])
            museum = self._host.voice.museum if self._host else load_museum(MUSEUM)
            await refuse_shared(self._api, museum.slack_channels)
            is_well = True
        finally:
            if self._catch_up is not None:
                self._catch_up.heard(is_well)
        if self._socket is None or (self._host is not None and not self._leads):
            return words
        return f"{words}, {await self._socket.check()}"

    async def started(self, host: Host) -> None:
        """Starts to handle events, thread by thread, and to post, case by case."""
        api = SlackApi(self.settings["SLACK_BOT_TOKEN"], self.settings["SLACK_API_URL"])
        people = SlackPeople(api)
        self._host, self._names = host, VisitorNames(host.database, people)
        # Where cases stand from before the desk moved, its staff are still no visitors.
        self._desks |= await host.database.run(_channels_of_cases)
        self._desks |= host.voice.museum.slack_channels
        self._modals = SlackModals(
            host.database, self._api, people, openers(host, people, self._api)
        )
        write = writer(host.database, self.wake, self._modals.begin)
        self._app = bolt_app(self.settings, write)
        self._start_workers(host, api, people)
        self._catch_up = SlackCatchUp(host.database, api, people, write, self.wake)

    async def lead(self) -> None:
        """Holds the socket and reads back what was missed: for all processes, so that none does
        so twice."""
        self._leads = True
        if self._catch_up is not None:
            self._catch_up.start()
        if self._socket is not None:
            self._socket.start()

    async def cede(self) -> None:
        """Lets go of the socket; what was not acknowledged Slack sends on the next one."""
        self._leads = False
        if self._socket is not None:
            await self._socket.stop()
        if self._catch_up is not None:
            await self._catch_up.stop()

    def wake(self) -> None:
        """Says that there may be an event to handle or something to post."""
        for worker in self._workers:
            worker.wake()
        if self._homes is not None:
            self._homes.wake()

    async def close(self) -> None:
        """Ends the work in hand."""
        await self.cede()
        if self._modals is not None:
            await self._modals.close()
        for worker in self._workers:
            await worker.stop()
        if self._names is not None:
            await self._names.close()
        await self._http.close()

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
        elsewhere = bool(channel) and channel not in self._desks and not is_for_staff(body)
        if elsewhere or is_other_tab(body):
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
            logger.warning("a Slack request has no shape that Bolt reads")
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
        museum, channels = host.voice.museum, host.channels
        homes = SlackHomes(host.database, api, people, host.casework, museum, channels)
        self._homes = homes
        events = SlackEvents(
            host.database,
            host.casework,
            people,
            api,
            host.wake,
            host.translator,
            readers(host, people, api, homes),
        )
        desk = self.settings["SLACK_DESK_CHANNEL"]
        windows = {name: c.window for name, c in host.channels.items() if c.window is not None}
        shown = ThreadFiles(host.database, host.blobs, self._uploads)
        words = VisitorWords(host.database, host.translator)
        museum = host.voice.museum
        posts = SlackPosts(host.database, api, museum, desk, host.wake, windows, shown, words)

        async def next_event() -> Row[Any] | None:
            return await host.database.run(queue.claim_event)

        async def next_job() -> Row[Any] | None:
            return await host.database.run(queue.claim_job)

        self._workers = (
            Worker("slack events", singly(next_event), events.handle, at_once=EVENTS_AT_ONCE),
            Worker("slack posts", singly(next_job), posts.handle, at_once=POSTS_AT_ONCE),
            homes.worker,
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
