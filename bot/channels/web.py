"""The museum's own chat page: sessions issued by the server, messages fetched by long polling.

There is no platform to send to: a message is sent when it lies in the log where the page reads it.
docs/web_chat.md describes the addresses for those who build another page.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.base import Channel
from bot.channels.callers import is_foreign
from bot.channels.file_answer import file_answer
from bot.channels.payload import Delivery, clean, delivery_of, read_json
from bot.channels.rate_limits import (
    MESSAGES,
    MESSAGES_OF_ADDRESS,
    POLLS,
    POLLS_OF_ADDRESS,
    SESSIONS_OF_ADDRESS,
    UPLOADS,
    UPLOADS_OF_ADDRESS,
)
from bot.channels.web_files import (
    FILES,
    check_upload,
    file_for,
    keep_upload,
)
from bot.channels.web_limits import TooMany, WebLimits
from bot.channels.web_news import read_news
from bot.channels.web_requests import (
    delivery_with_cookie,
    locale_of,
    number_in,
    own_host,
    set_cookie,
    token_of,
)
from bot.config import Settings
from bot.errors import BadRequest, BadSignature, Refused
from bot.language import settle
from bot.limits import Limits
from bot.messages import Carried, Inbound, Outbound
from bot.store import sessions

CHANNEL = "web"
LIMITS = Limits(length=4000, choices=6, label=40, edits=True, deletes=True)
# The page lets nobody type so much; what else comes is no visitor.
LARGEST_MESSAGE = 131_072
LONGEST_POLL_SECONDS = 30.0


class Web(Channel):
    """Serves the chat page's requests; who writes is known by a cookie or a bearer token alone."""

    channel = CHANNEL
    limits = LIMITS
    files = FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._rates = WebLimits(settings)

    @property
    def is_enabled(self) -> bool:
        """Web chat needs no account and is always on."""
        return True

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Adds the page's own addresses to the webhook."""
        routes = super().blueprint(on_new_message)
        self.route(routes, "POST", "/session", self._open)
        self.route(routes, "GET", "/messages", self._messages)
        self.route(routes, "GET", "/museum", self._museum)
        self.route(routes, "POST", "/files", self._upload)
        self.route(routes, "GET", "/files", self._file)
        return routes

    def verify(self, delivery: Delivery) -> None:
        """Refuses what another site's page sent; who writes is settled by `_post`."""
        if not delivery.headers.get("content-type", "").startswith("application/json"):
            raise BadSignature("send JSON")
        self._is_own_page(delivery)

    def _is_own_page(self, delivery: Delivery) -> None:
        if is_foreign(delivery.headers, own_host(delivery)):
            raise BadSignature("this page belongs to another site")
        if not token_of(delivery):
            raise BadSignature("no session: open one with POST /webhooks/web/session")

    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Returns the one message of the page; its writer is put in by `_post`."""
        if len(delivery.body) > LARGEST_MESSAGE:
            raise BadRequest("the message is larger than 128 kB", status=413)
        body = read_json(delivery.body)
        client_id = clean(body.get("id"))
        if not 8 <= len(client_id) <= 100:
            raise BadRequest("id must be the page's own id of the message, 8 to 100 characters")
        if not isinstance(body.get("text", ""), str):
            raise BadRequest("text must be a string")
        return [
            Inbound(
                channel=CHANNEL,
                person_id="",
                platform_id=client_id,
                text=clean(body.get("text")),
                choice=clean(body.get("choice")) or None,
                locale=locale_of(delivery),
            )
        ]

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Has nothing to do: the page reads the log."""
        return None

    async def edit(self, person_id: str, platform_id: str, message: Outbound) -> None:
        """Has nothing to do: the page reads in the log what a message says now."""

    async def delete(self, person_id: str, platform_id: str) -> None:
        """Has nothing to do, as `edit`."""

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_with_cookie(request)
        try:
            self.verify(delivery)
            await self._rates.check_address(request, MESSAGES_OF_ADDRESS)
            [message] = self.parse(delivery)
            person_id = await self._person(request, delivery)
            await self._rates.check(request, person_id, MESSAGES)
        except Refused as refusal:
            return self._refuse(request, refusal)
        # A page's ids are its own: two visitors may choose the same one.
        platform_id = f"{person_id}:{message.platform_id}"
        mine = replace(message, person_id=person_id, platform_id=platform_id)
        answer = await self.commit(request, [mine])
        await request.app.ctx.host.announce()
        return answer

    async def _upload(self, request: Request) -> HTTPResponse:
        """Takes one file as it is, `id` and `name` in the address; it becomes a message."""
        delivery, host = delivery_with_cookie(request), request.app.ctx.host
        try:
            # Not a kind that a form of another site could send by itself.
            if delivery.headers.get("content-type", "") != "application/octet-stream":
                raise BadSignature("send application/octet-stream")
            self._is_own_page(delivery)
            await self._rates.check_address(request, UPLOADS_OF_ADDRESS)
            own_id = clean(delivery.query.get("id"))
            if not 8 <= len(own_id) <= 100:
                raise BadRequest("id must be the page's own id, 8 to 100 characters")
            person_id = await self._person(request, delivery)
            await self._rates.check(request, person_id, UPLOADS)
            await host.database.run(check_upload, f"{CHANNEL}:{person_id}")
            name = clean(delivery.query.get("name"))
            sent = await asyncio.to_thread(keep_upload, host.blobs, delivery.body, name)
        except Refused as refusal:
            return self._refuse(request, refusal)
        named = f"{person_id}:{own_id}"
        message = Inbound(CHANNEL, person_id, named, "", attachments=(sent,))
        answer = await self.commit(request, [message])
        await host.announce()
        return answer

    async def _file(self, request: Request) -> HTTPResponse:
        delivery, host = delivery_with_cookie(request), request.app.ctx.host
        try:
            conversation = f"{CHANNEL}:{await self._person(request, delivery)}"
            file_id = int(number_in(delivery, "id", 0))
            row = await host.database.run(file_for, conversation, file_id)
            return file_answer(row, host.blobs)
        except Refused as refusal:
            return self.refuse(refusal)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Has nothing to do, as `send`: the page gets the file from us."""
        return None

    async def _open(self, request: Request) -> HTTPResponse:
        delivery, host = delivery_with_cookie(request), request.app.ctx.host
        if is_foreign(delivery.headers, own_host(delivery)):
            return self.refuse(BadSignature("this page belongs to another site"))
        token = token_of(delivery)
        person_id = await host.database.run(sessions.person_of, token) if token else None
        if person_id is None:
            try:
                await self._rates.check_address(request, SESSIONS_OF_ADDRESS)
            except TooMany as refusal:
                return self._refuse(request, refusal)
            token, person_id = await host.database.run(sessions.open_session)
        answer = json_response({"conversation": f"{CHANNEL}:{person_id}"})
        set_cookie(answer, token or "", self.settings["PUBLIC_URL"].startswith("https://"))
        return answer

    async def _museum(self, request: Request) -> HTTPResponse:
        museum = request.app.ctx.host.voice.museum
        names = {code: museum.fact("name", code) for code in ("en", "zh-Hans", "zh-Hant")}
        return json_response({"name": names})

    async def _messages(self, request: Request) -> HTTPResponse:
        delivery = delivery_with_cookie(request)
        try:
            await self._rates.check_address(request, POLLS_OF_ADDRESS)
            person_id = await self._person(request, delivery)
            await self._rates.check(request, person_id, POLLS)
            after, wait = number_in(delivery, "after", 0), number_in(delivery, "wait", 0)
            address = self._rates.begin_poll(request, person_id)
        except Refused as refusal:
            return self._refuse(request, refusal)
        try:
            news = await self._news(
                request.app.ctx.host,
                f"{CHANNEL}:{person_id}",
                int(after),
                delivery.query.get("typing"),
                min(wait, LONGEST_POLL_SECONDS),
            )
        finally:
            self._rates.end_poll(person_id, address)
        return json_response(news, headers={"Cache-Control": "no-store"})

    async def _news(
        self, host: Any, conversation_id: str, after: int, typing: str | None, wait: float
    ) -> dict[str, Any]:
        """Returns what is new to a page, waiting for it as long as the page likes."""
        until = asyncio.get_running_loop().time() + wait
        while True:
            news = await host.database.run(read_news, conversation_id, after)
            changed = typing is not None and news["typing"] != (typing == "1")
            left = until - asyncio.get_running_loop().time()
            if news["messages"] or news["changes"] or changed or left <= 0 or host.is_leaving:
                return dict(news)
            await host.wait_for_news(left)

    async def _person(self, request: Request, delivery: Delivery) -> str:
        token = token_of(delivery)
        database = request.app.ctx.host.database
        person_id = await database.run(sessions.person_of, token) if token else None
        if person_id is None:
            raise BadSignature("no session: open one with POST /webhooks/web/session")
        return str(person_id)

    async def close(self) -> None:
        """Closes the connection to Redis."""
        await self._rates.close()

    def _refuse(self, request: Request, refusal: Refused) -> HTTPResponse:
        """Answers a request that is not served; who is too fast hears so in their language."""
        answer = self.refuse(refusal)
        if not isinstance(refusal, TooMany):
            return answer
        voice, locale = request.app.ctx.host.voice, locale_of(delivery_of(request))
        words = voice.say("page_too_fast", settle("", None, locale))
        headers = {"Retry-After": str(refusal.retry_after)}
        return json_response({"error": words}, refusal.status, headers=headers)
