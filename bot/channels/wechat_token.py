"""The access token of an account: one for all processes, fetched once before it ends.

WeChat ends the former token some five minutes after a new one was fetched, and allows 2,000
fetches a day. Source: developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

from bot.channels.http import Http
from bot.channels.payload import clean, number
from bot.channels.wechat_errors import failure
from bot.errors import SendFailed
from bot.store import tokens
from bot.store.database import Database

LIFETIME = 7200.0
# Fetched anew so long before it ends, or at half time where it lasts for less than that.
MARGIN = 300.0
# How long WeChat may take, how long a process has the turn to ask it, how often others look.
PATIENCE = 8.0
TURN = 10.0
LOOK = 0.2
# A refusal that somebody has to mend is not asked for again at once: refused fetches count too.
REFUSED = 45.0


class AccessToken:
    """Keeps the token in the database, or only here until `database` is set.

    Args:
        app_id: AppID.
        secret: AppSecret.
        url: WeChat's address, without a slash at the end.
        http: The connections to WeChat.
    """

    def __init__(self, app_id: str, secret: str, url: str, http: Http) -> None:
        self.database: Database | None = None
        self._name = f"wechat:{app_id}"[:38]
        self._query = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        self._url = f"{url}/cgi-bin/token"
        self._http = http
        self._own: tuple[str, float] | None = None
        self._fetching: asyncio.Task[str] | None = None
        self._refused: tuple[SendFailed, float] | None = None

    async def get(self) -> str:
        """Returns a token that holds; raises SendFailed where WeChat gives none."""
        kept = await self._kept()
        if kept is not None:
            return kept
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        # Whoever waits may be given up (a typing sign); the fetch goes on for the others.
        return await asyncio.shield(self._fetching)

    async def forget(self, value: str) -> None:
        """Forgets a token that WeChat no longer takes, unless a newer one is there already."""
        if self.database is not None:
            await self.database.run(tokens.forget, self._name, value)
        elif self._own is not None and self._own[0] == value:
            self._own = None

    async def close(self) -> None:
        """Gives up a fetch that is on its way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _kept(self) -> str | None:
        if self.database is None:
            return self._own[0] if self._own and self._own[1] > time.monotonic() else None
        found = await self.database.run(tokens.token, self._name)
        return None if found is None else found[0]

    async def _fetch(self) -> str:
        if self._refused is not None and self._refused[1] > time.monotonic():
            raise _again(self._refused[0])
        if self.database is None:
            return await self._ask()
        return await self._fetch_in_turn(self.database)

    async def _fetch_in_turn(self, database: Database) -> str:
        """Fetches a token, or waits for the process that does."""
        owner, until = secrets.token_hex(8), time.monotonic() + TURN
        try:
            while time.monotonic() < until:
                if await database.run(tokens.take_turn, self._name, owner, TURN):
                    return await self._kept() or await self._ask()
                await asyncio.sleep(LOOK)
                if (kept := await self._kept()) is not None:
                    return kept
        finally:
            # Also where we are stopped before we know that the turn is ours.
            await database.run(tokens.end_turn, self._name, owner)
        raise SendFailed("another process is fetching WeChat's access token", retryable=True)

    async def _ask(self) -> str:
        asked = self._http.call("GET", self._url, params=self._query)
        try:
            answer = await asyncio.wait_for(asked, PATIENCE)
        except asyncio.TimeoutError:
            raise SendFailed("WeChat gave no access token in time", retryable=True) from None
        except SendFailed as failed:
            # Whatever was to be sent, it certainly was not.
            raise _again(failed) from None
        value = clean(answer.body.get("access_token"))
        if not value:
            raise self._remembered(_again(failure(answer)))
        self._refused = None
        await self._keep(value, number(answer.body.get("expires_in")) or LIFETIME)
        return value

    async def _keep(self, value: str, lifetime: float) -> None:
        seconds = lifetime - min(MARGIN, lifetime / 2)
        if self.database is not None:
            await self.database.run(tokens.keep, self._name, value, seconds)
        else:
            self._own = (value, time.monotonic() + seconds)

    def _remembered(self, failed: SendFailed) -> SendFailed:
        if failed.broken:
            self._refused = (failed, time.monotonic() + REFUSED)
        return failed

    def _fetched(self, task: asyncio.Task[Any]) -> None:
        self._fetching = None
        if not task.cancelled():
            # Looked at here, in case everybody who waited was given up meanwhile.
            task.exception()


def _again(failed: SendFailed) -> SendFailed:
    """Returns the same failure, of a call that sent nothing."""
    return SendFailed(
        failed.reason,
        retryable=failed.retryable,
        retry_after=failed.retry_after,
        next_step=failed.next_step,
        broken=failed.broken,
    )
