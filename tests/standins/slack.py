"""SlackStandin: the Web API and the response_urls of one Slack workspace."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from aiohttp import web

from . import slack_files, slack_link, slack_lookups, slack_methods, slack_views
from .base import Exchange, Fault, Reply, Standin
from .slack_arguments import METHODS
from .slack_controls import control, labels
from .slack_courier import Delivered, Delivery
from .slack_driver import SlackDriver
from .slack_link import SlackLinks
from .slack_scopes import USUAL, check_scope, header_of, token_of
from .slack_socket_driver import SlackSocketDriver
from .slack_store import HOOK_LIFE, HOOK_USES, Channel, SlackRefusal, Workspace
from .wire import JsonDict

__all__ = [
    "Delivered",
    "Delivery",
    "SlackDriver",
    "SlackSocketDriver",
    "SlackStandin",
    "control",
    "labels",
]

# The one method that an app-level token is for.
OPEN = "apps.connections.open"
# Their import enters the methods; naming them here keeps the imports honest.
ROOMS = (slack_files, slack_lookups, slack_methods, slack_views)


class SlackStandin(Standin):
    """One workspace with a bot, staff and a desk channel; speaks HTTP like slack.com/api."""

    def __init__(
        self,
        token: str = "xoxb-docent",  # a made-up token for a made-up workspace
        *,
        rate_limit: bool = False,
        scopes: frozenset[str] = USUAL,
        app_token: str = "xapp-docent",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the bot's token; ``rate_limit`` allows one post a second and channel."""
        super().__init__(clock)
        self.token, self.rate_limit = token, rate_limit
        self.scopes, self.app_token, self.tells_scopes = scopes, app_token, True
        self.workspace = Workspace(clock)
        self.workspace.address = lambda: self.url
        self.links = SlackLinks(self)
        self._revoked: set[str] = set()
        self._last_post: dict[str, float] = {}

    @property
    def api_url(self) -> str:
        """The ``base_url`` for slack_sdk."""
        return f"{self.url}/api/"

    # -- what a test tells the stand-in -------------------------------------------------------

    @contextmanager
    def changing(self) -> Iterator[Workspace]:
        """Change the workspace while no request is at work, and wake those who wait."""
        with self._changed:
            yield self.workspace
            self._changed.notify_all()

    def add_user(self, user: str, name: str = "", **more: Any) -> JsonDict:
        """Make a user: is_bot, is_restricted, is_ultra_restricted, is_stranger, team_id, tz."""
        with self.changing() as workspace:
            return workspace.add_user(user, name or user, **more)

    def add_channel(self, channel: str, name: str = "", **more: Any) -> Channel:
        """Make a channel: members, is_private, is_archived, is_ext_shared."""
        with self.changing() as workspace:
            return workspace.add_channel(channel, name, **more)

    def revoke_token(self, token: str = "") -> None:
        """Make the bot's token (or this one) worthless, as when the app is removed."""
        with self._changed:
            self._revoked.add(token or self.token)

    def fail_next(
        self,
        n: int = 1,
        *,
        error: str = "internal_error",
        status: int = 200,
        retry_after: int | None = None,
        on: str = "",
    ) -> None:
        """Refuse the next n calls (of the method ``on``): an error in a 200, or a bare status."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body: JsonDict | str = {"ok": False, "error": error} if status < 500 else "unavailable"
        reply = Reply(status, body, headers)
        self._inject(Fault(error if status < 500 else str(status), on, reply=reply), n)

    def rate_limit_next(self, n: int = 1, retry_after: int = 1, on: str = "") -> None:
        """Answer the next n calls with 429 and Retry-After."""
        self.fail_next(n, error="ratelimited", status=429, retry_after=retry_after, on=on)

    # -- what a test asks ---------------------------------------------------------------------

    def messages(self, channel: str) -> list[JsonDict]:
        """All messages of a channel, threads and orphans included, in order."""
        with self._changed:
            return deepcopy(list(self.workspace.channels[channel].messages.values()))

    def message(self, channel: str, ts: str) -> JsonDict:
        """One message."""
        with self._changed:
            return deepcopy(self.workspace.channels[channel].messages[ts])

    def roots(self, channel: str) -> list[JsonDict]:
        """The messages that stand in the channel itself, tombstones included."""
        return [each for each in self.messages(channel) if is_root(each)]

    def thread(self, channel: str, ts: str) -> list[JsonDict]:
        """The replies people can see below a root, without the root."""
        everything = {each["ts"]: each for each in self.messages(channel)}
        if ts not in everything or not is_root(everything[ts]):
            return []
        replies = [each for each in everything.values() if each.get("thread_ts") == ts]
        return [each for each in replies if each["ts"] != ts]

    def orphans(self, channel: str) -> list[JsonDict]:
        """The replies to a ts that is no root: Slack takes them, and nobody sees them."""
        every = self.messages(channel)
        roots = {each["ts"] for each in every if is_root(each)}
        return [each for each in every if each.get("thread_ts", each["ts"]) not in roots]

    def ephemerals(self, user: str | None = None) -> list[JsonDict]:
        """What only this person was shown (or anybody), in order."""
        with self._changed:
            ghosts = deepcopy(self.workspace.ephemerals)
        return [each for each in ghosts if user in (None, each["shown_to"])]

    def reactions(self, channel: str, ts: str) -> dict[str, list[str]]:
        """Who reacted to a message, by emoji."""
        found = self.message(channel, ts).get("reactions", [])
        return {each["name"]: each["users"] for each in found}

    def views(self, user: str) -> list[JsonDict]:
        """The modals this person was shown."""
        with self._changed:
            opened = deepcopy(list(self.workspace.views.values()))
        return [each for each in opened if each["shown_to"] == user]

    def calls(self, method: str) -> list[Exchange]:
        """The requests of one Web API method."""
        return [each for each in self.exchanges if each.path == f"/api/{method}"]

    def dump(self) -> str:
        """Everything anybody could still read, as one text to search for what must be gone."""
        with self._changed:
            return json.dumps(list(self.workspace.everything()), ensure_ascii=False)

    def wait_for(self, predicate: Callable[[SlackStandin], Any], timeout: float = 5.0) -> Any:
        """Block until ``predicate(slack)`` is true, and return what it said."""
        self.wait_until(lambda: bool(predicate(self)), timeout)
        return predicate(self)

    # -- what Slack does ----------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.path == slack_link.PATH:
            return await self.links.serve(request)
        return await super()._serve(request)

    async def _close(self) -> None:
        await self.links.close()
        await super()._close()

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        if on == "files":
            return exchange.path.startswith(slack_files.PRIVATE)
        return on == "" or exchange.path == f"/api/{on}"

    def _accepts(self, reply: Reply) -> bool:
        return reply.status == 200 and (not isinstance(reply.body, dict) or reply.body["ok"])

    def _answer(self, exchange: Exchange) -> Reply:
        if exchange.path in self.workspace.hooks:
            return self._respond(exchange)
        if exchange.path.startswith((slack_files.UPLOAD, slack_files.PRIVATE)):
            given = exchange.headers.get("authorization", "").removeprefix("Bearer ")
            known = given == self.token and given not in self._revoked
            return slack_files.serve(self.workspace, known, exchange)
        if not exchange.path.startswith("/api/"):
            return Reply(404, "no such page")
        try:
            answer = self._dispatch(exchange)
        except SlackRefusal as refusal:
            status = 429 if refusal.error == "ratelimited" else 200
            headers = {"Retry-After": "1"} if status == 429 else {}
            return Reply(status, {"ok": False, "error": refusal.error, **refusal.more}, headers)
        told = header_of(self.scopes) if self.tells_scopes else {}
        return Reply(200, {"ok": True, **answer}, told)

    def _dispatch(self, exchange: Exchange) -> JsonDict:
        arguments = {**exchange.query, **(exchange.body or {})}
        self._authorise(exchange, arguments)
        name = exchange.path.removeprefix("/api/")
        if exchange.body is None:
            raise SlackRefusal("invalid_json" if exchange.raw else "invalid_form_data")
        if name == OPEN:
            return {"url": self.links.address()}
        check_scope(name, self.scopes)
        if name not in METHODS:
            raise SlackRefusal("unknown_method", req_method=name)
        if name == "chat.postMessage" and self.rate_limit:
            self._pace(str(arguments.get("channel")))
        return METHODS[name](self.workspace, arguments)

    def _authorise(self, exchange: Exchange, arguments: JsonDict) -> None:
        token = token_of(exchange.headers, arguments)
        if token in self._revoked:
            raise SlackRefusal("token_revoked")
        if token not in (self.token, self.app_token):
            raise SlackRefusal("invalid_auth")
        if (token == self.app_token) is not (exchange.path == f"/api/{OPEN}"):
            raise SlackRefusal("not_allowed_token_type")

    def _pace(self, channel: str) -> None:
        """One post a second and channel: api.slack.com/apis/rate-limits."""
        now = self.clock()
        if now - self._last_post.get(channel, 0.0) < 1.0:
            raise SlackRefusal("ratelimited")
        self._last_post[channel] = now

    def _respond(self, exchange: Exchange) -> Reply:
        """Take a post to a response_url, which needs no token: the address is the secret."""
        hook = self.workspace.hooks[exchange.path]
        if hook.uses >= HOOK_USES:
            return Reply(404, {"ok": False, "error": "used_url"})
        if self.clock() - hook.at > HOOK_LIFE:
            return Reply(404, {"ok": False, "error": "expired_url"})
        hook.uses += 1
        try:
            slack_views.respond(self.workspace, hook, exchange.body or {})
        except SlackRefusal as refusal:
            return Reply(400, refusal.error)
        return Reply(200, "ok")


def is_root(message: JsonDict) -> bool:
    """Tell whether a message begins its own thread, or none."""
    return bool(message.get("thread_ts", message["ts"]) == message["ts"])
