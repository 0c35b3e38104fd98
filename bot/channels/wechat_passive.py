"""Holds WeChat's request until its answer is ready, so that the answer travels in the response.

WeChat hangs up after five seconds and asks again, three times in all; such answers cost nothing
of the account's quota, and are the only ones that an unverified account has. Source:
developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot import metrics
from bot.store import DatabaseError, Row
from bot.store.database import Database
from bot.store.passive import Standing, claim_replies, give_back, reply_given

logger = logging.getLogger(__name__)

# Less than WeChat's five seconds by the way there and back.
PATIENCE = 4.2
# How often the log is looked at without news: another process may have written the answer.
LOOK = 0.5


@dataclass(eq=False)
class _Request:
    """One request that is held open; `is_sole` says that nobody else was handed its answer."""

    platform_id: str
    is_connected: Callable[[], bool]
    answer: asyncio.Future[Row[Any] | None]
    is_sole: bool = False
    was_taken: bool = False


class Passive:
    """All requests that wait, looked after together: one look at the log serves them all.

    Args:
        channel: The channel's name.
        database: Where the answers lie.
        news: Called when the rest of an answer may leave.
    """

    def __init__(self, channel: str, database: Database, news: Callable[[], None]) -> None:
        self._channel = channel
        self._database = database
        self._tell = news
        self._requests: list[_Request] = []
        self._looking: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._later: set[asyncio.Task[None]] = set()
        self._closed = False

    def wake(self) -> None:
        """Says that an answer may lie in the log."""
        self._woken.set()

    async def answer(
        self, platform_id: str, is_connected: Callable[[], bool], seconds: float = PATIENCE
    ) -> Row[Any] | None:
        """Waits for the answer to a message; None where none comes in time, or in this way.

        What is returned is claimed: it is to be written to the connection at once.
        """
        if self._closed:
            return None
        answer = asyncio.get_running_loop().create_future()
        request = _Request(platform_id, is_connected, answer)
        self._requests.append(request)
        self._look()
        try:
            await asyncio.wait({answer}, timeout=seconds)
            return self._taken(request)
        finally:
            self._left(request)

    async def is_over(self, platform_id: str, seconds: float) -> bool:
        """Waits for a request at most so long; tells whether it was held and is answered now."""
        held = {each.answer for each in self._requests if each.platform_id == platform_id}
        if not held:
            return False
        _, waiting = await asyncio.wait(held, timeout=seconds)
        return not waiting

    async def close(self) -> None:
        """Lets all requests go without an answer, and ends what is on its way."""
        self._closed = True
        for request in self._requests:
            _settle(request, None)
        if self._looking is not None:
            self._woken.set()
            await asyncio.gather(self._looking, return_exceptions=True)
        while self._later:
            await asyncio.gather(*self._later)

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        self._woken.set()

    async def _look_on(self) -> None:
        while self._requests and not self._closed:
            self._woken.clear()
            try:
                await self._look_once()
            except DatabaseError:
                logger.exception("answers cannot be read", extra={"channel": self._channel})
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK)

    async def _look_once(self) -> None:
        waiting = {each.platform_id for each in self._requests if not each.answer.done()}
        if not waiting:
            return
        found = await self._database.run(claim_replies, self._channel, sorted(waiting))
        for platform_id in waiting:
            await self._hand_out(platform_id, found.get(platform_id, Standing()))

    async def _hand_out(self, platform_id: str, standing: Standing) -> None:
        if standing.is_open:
            return
        waiting = [each for each in self._requests if each.platform_id == platform_id]
        listening = [each for each in waiting if not each.answer.done() and each.is_connected()]
        for request in waiting:
            request.is_sole = standing.is_fresh and listening == [request]
            _settle(request, standing.reply if request in listening else None)
        if standing.is_fresh and not listening:
            await self._note(give_back, standing.reply)

    def _taken(self, request: _Request) -> Row[Any] | None:
        row = request.answer.result() if request.answer.done() else None
        if row is None or not request.is_connected():
            return None
        # Noted once this request's own task has written the answer to the connection.
        request.was_taken = True
        self._do_later(self._note(reply_given, row))
        return row

    def _left(self, request: _Request) -> None:
        """Lets a request go; gives an answer back that it was handed and could not take.

        Where several were handed it, the lease ends by itself if all of them are gone.
        """
        self._requests.remove(request)
        row = request.answer.result() if request.answer.done() else None
        if row is not None and request.is_sole and not request.was_taken:
            self._do_later(self._note(give_back, row))

    async def _note(self, work: Callable[..., bool | None], row: Row[Any] | None) -> None:
        try:
            given = await self._database.run(work, row)
        except DatabaseError:
            logger.exception("an answer is not noted", extra={"channel": self._channel})
            return
        if given:
            metrics.sent.labels(self._channel, "passive").inc()
        self._tell()

    def _do_later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _settle(request: _Request, row: Row[Any] | None) -> None:
    if not request.answer.done():
        request.answer.set_result(row)
