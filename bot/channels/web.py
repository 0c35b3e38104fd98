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
from bot.channels.payload import Delivery, clean, delivery_of, read_json
from bot.errors import BadRequest, BadSignature, Refused
from bot.limits import Limits
from bot.messages import Inbound, Outbound
from bot.store import Row, log, sessions

CHANNEL = "web"
LIMITS = Limits(length=4000, choices=6, label=40)
COOKIE = "docent_session"
COOKIE_DAYS = 180
LONGEST_POLL_SECONDS = 30.0
# Pages of history; the page asks again from where it stands.
HISTORY = 500


class Web(Channel):
    """Serves the chat page's requests; who writes is known by a cookie or a bearer token alone."""

    channel = CHANNEL
    limits = LIMITS

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
        return routes

    def verify(self, delivery: Delivery) -> None:
        """Refuses what another site's page sent; who writes is settled by `_post`."""
        if not delivery.headers.get("content-type", "").startswith("application/json"):
            raise BadSignature("send JSON")
        origin = delivery.headers.get("origin")
        if origin and origin.partition("://")[2] != _own_host(delivery):
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
                locale=_locale(delivery),
            )
        ]

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Has nothing to do: the page reads the log."""
        return None

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = _delivery(request)
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

    async def _open(self, request: Request) -> HTTPResponse:
        host = request.app.ctx.host
        token = token_of(_delivery(request))
        person_id = await host.database.run(sessions.person_of, token) if token else None
        if person_id is None:
            token, person_id = await host.database.run(sessions.open_session)
        answer = json_response({"conversation": f"{CHANNEL}:{person_id}"})
        _set_cookie(answer, token or "", self.settings["PUBLIC_URL"].startswith("https://"))
        return answer

    async def _museum(self, request: Request) -> HTTPResponse:
        museum = request.app.ctx.host.voice.museum
        names = {code: museum.fact("name", code) for code in ("en", "zh-Hans", "zh-Hant")}
        return json_response({"name": names})

    async def _messages(self, request: Request) -> HTTPResponse:
        delivery = _delivery(request)
        try:
            person_id = await self._person(request, delivery)
            after, wait = _number(delivery, "after", 0), _number(delivery, "wait", 0)
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
            if news["messages"] or changed or left <= 0:
                return dict(news)
            await host.wait_for_news(left)

    async def _person(self, request: Request, delivery: Delivery) -> str:
        token = token_of(delivery)
        database = request.app.ctx.host.database
        person_id = await database.run(sessions.person_of, token) if token else None
        if person_id is None:
            raise BadSignature("no session: open one with POST /webhooks/web/session")
        return str(person_id)


def token_of(delivery: Delivery) -> str:
    """Returns the session token of a request: from its cookie, or as a bearer token."""
    bearer = delivery.headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        return bearer.removeprefix("Bearer ").strip()
    return delivery.headers.get("x-docent-cookie", "")


def _delivery(request: Request) -> Delivery:
    delivery = delivery_of(request)
    cookie = {"x-docent-cookie": request.cookies.get(COOKIE, "")}
    return replace(delivery, headers={**dict(delivery.headers.items()), **cookie})


def _own_host(delivery: Delivery) -> str:
    return delivery.headers.get("x-forwarded-host") or delivery.headers.get("host", "")


def _locale(delivery: Delivery) -> str | None:
    return delivery.headers.get("accept-language", "").partition(",")[0] or None


def _number(delivery: Delivery, name: str, default: float) -> float:
    given = delivery.query.get(name)
    try:
        number = float(given) if given else default
    except ValueError:
        raise BadRequest(f"{name} must be a number") from None
    if not 0 <= number < 2**53:
        raise BadRequest(f"{name} must be a number")
    return number


def _set_cookie(answer: HTTPResponse, token: str, secure: bool) -> None:
    answer.cookies[COOKIE] = token
    answer.cookies[COOKIE]["httponly"] = True
    answer.cookies[COOKIE]["samesite"] = "Lax"
    answer.cookies[COOKIE]["path"] = "/"
    answer.cookies[COOKIE]["max-age"] = COOKIE_DAYS * 86400
    if secure:
        answer.cookies[COOKIE]["secure"] = True


def _read_news(connection: Any, conversation_id: str, after: int) -> dict[str, Any]:
    talk = log.conversation(connection, conversation_id)
    rows = log.history(connection, conversation_id, after, HISTORY) if talk else []
    # Only what may be shown, and nothing behind a message that still waits to be shown:
    # the page reads on from the cursor.
    shown: list[dict[str, Any]] = []
    cursor = after
    for row in rows:
        if row.direction == "out" and row.state in ("queued", "sending"):
            break
        cursor = row.seq
        if row.direction == "in" or (row.direction == "out" and row.state == "sent"):
            shown.append(_shown(row))
    return {
        "messages": shown,
        "typing": bool(talk) and log.is_thinking(connection, conversation_id),
        "speaker": talk.speaker if talk else log.BOT,
        "cursor": cursor,
    }


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
