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
from bot.channels.file_answer import file_answer
from bot.channels.payload import Delivery, clean, read_json
from bot.channels.web_files import (
    FILES,
    check_upload,
    file_for,
    keep_upload,
    shown_to_visitor,
)
from bot.channels.web_requests import (
    delivery_with_cookie,
    locale_of,
    number_in,
    own_host,
    set_cookie,
    token_of,
)
from bot.errors import BadRequest, BadSignature, Refused
from bot.limits import Limits
from bot.messages import Carried, Inbound, Outbound
from bot.store import Row, files, log, revisions, sessions

CHANNEL = "web"
LIMITS = Limits(length=4000, choices=6, label=40, edits=True, deletes=True)
LONGEST_POLL_SECONDS = 30.0
# Pages of history; the page asks again from where it stands.
HISTORY = 500


class Web(Channel):
    """Serves the chat page's requests; who writes is known by a cookie or a bearer token alone."""

    channel = CHANNEL
    limits = LIMITS
    files = FILES

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
        origin = delivery.headers.get("origin")
        if origin and origin.partition("://")[2] != own_host(delivery):
            raise BadSignature("this page belongs to another site")
        if not token_of(delivery):
            raise BadSignature("no session: open one with POST /webhooks/web/session")

    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Returns the one message of the page; its writer is put in by `_post`."""
        body = read_json(delivery.body)
        client_id = body.get("id")
        if not isinstance(client_id, str) or not 8 <= len(client_id) <= 100:
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
            [message] = self.parse(delivery)
            person_id = await self._person(request, delivery)
        except Refused as refusal:
            return self.refuse(refusal)
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
            own_id = delivery.query.get("id", "")
            if not 8 <= len(own_id) <= 100:
                raise BadRequest("id must be the page's own id, 8 to 100 characters")
            person_id = await self._person(request, delivery)
            await host.database.run(check_upload, f"{CHANNEL}:{person_id}")
            name = clean(delivery.query.get("name"))
            sent = await asyncio.to_thread(keep_upload, host.blobs, delivery.body, name)
        except Refused as refusal:
            return self.refuse(refusal)
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
        host = request.app.ctx.host
        token = token_of(delivery_with_cookie(request))
        person_id = await host.database.run(sessions.person_of, token) if token else None
        if person_id is None:
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
            person_id = await self._person(request, delivery)
            after, wait = number_in(delivery, "after", 0), number_in(delivery, "wait", 0)
        except Refused as refusal:
            return self.refuse(refusal)
        conversation_id = f"{CHANNEL}:{person_id}"
        news = await self._news(
            request.app.ctx.host,
            conversation_id,
            int(after),
            delivery.query.get("typing"),
            min(wait, LONGEST_POLL_SECONDS),
        )
        return json_response(news, headers={"Cache-Control": "no-store"})

    async def _news(
        self, host: Any, conversation_id: str, after: int, typing: str | None, wait: float
    ) -> dict[str, Any]:
        """Returns what is new to a page, waiting for it as long as the page likes."""
        until = asyncio.get_running_loop().time() + wait
        while True:
            news = await host.database.run(_read_news, conversation_id, after)
            changed = typing is not None and news["typing"] != (typing == "1")
            left = until - asyncio.get_running_loop().time()
            if news["messages"] or news["changes"] or changed or left <= 0:
                return dict(news)
            await host.wait_for_news(left)

    async def _person(self, request: Request, delivery: Delivery) -> str:
        token = token_of(delivery)
        database = request.app.ctx.host.database
        person_id = await database.run(sessions.person_of, token) if token else None
        if person_id is None:
            raise BadSignature("no session: open one with POST /webhooks/web/session")
        return str(person_id)


def _read_news(connection: Any, conversation_id: str, after: int) -> dict[str, Any]:
    talk = log.conversation(connection, conversation_id)
    rows = log.history(connection, conversation_id, after, HISTORY) if talk else []
    # Only what may be shown, and nothing behind a message that still waits to be shown:
    # the page reads on from the cursor.
    shown: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    held = files.by_message(connection, conversation_id) if rows else {}
    cursor = after
    for row in rows:
        if row.direction == "out" and row.state in ("queued", "sending"):
            break
        cursor = row.seq
        if row.direction == "out" and row.state != "sent":
            continue
        if revisions.is_change(row):
            seq, is_edit = revisions.changed_by(row), bool(row.payload.get(revisions.EDITS))
            changed.append({"seq": seq, "text": row.text if is_edit else None})
        elif row.direction in ("in", "out") and (text := _text_of(row)) is not None:
            sent = shown_to_visitor(row, held)
            shown.append({**_shown(row), "text": text, **({"files": sent} if sent else {})})
    return {
        "messages": shown,
        "changes": changed,
        "typing": bool(talk) and log.is_thinking(connection, conversation_id),
        "speaker": talk.speaker if talk else log.BOT,
        "cursor": cursor,
    }


def _text_of(row: Row[Any]) -> str | None:
    """Returns what a message says now; a visitor's own stays as it was written."""
    return str(row.text) if row.direction == "in" else revisions.reads(row)


def _shown(row: Row[Any]) -> dict[str, Any]:
    own_id = row.platform_id.partition(":")[2] if row.direction == "in" else None
    return {
        "seq": row.seq,
        "id": own_id,
        "direction": row.direction,
        "author": row.author,
        "author_name": row.author_name if row.author == "staff" else None,
        "text": row.text,
        "language": row.language,
        "at": row.at.isoformat(),
        "state": row.state,
        "buttons": row.payload.get("choices", []),
    }
