"""What was written in Slack while we could not hear it, and what to do once Slack is back.

Slack sends an event at once, after a minute and after five, and then gives up
(docs.slack.dev/apis/events-api#retries). So after a start, after each time that Slack was away,
and every ten minutes the threads of open cases are read back
(/reference/methods/conversations.replies, tier 3 for an app of one's own workspace), and what is
new takes the way of any other event: its key makes what was heard before harmless. Pressed
buttons, edits and deletions cannot be read back; the cards are brought up to date, so that nobody
trusts an old one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.channels.payload import clean, dicts, part
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_intake import Notice, event_notice
from bot.channels.slack_notices import Write
from bot.channels.slack_people import SlackPeople
from bot.errors import SendFailed
from bot.store import Connection, Row, catch_up, log, queue
from bot.store.database import Database
from bot.worker import end

logger = logging.getLogger(__name__)

EVERY_SECONDS = 600.0
# After a reading that failed; Slack is asked how it is twice a minute.
AGAIN_SECONDS = 30.0
PAGE_SIZE = 200
# What was just written may still be on its way, and the clocks may differ.
OVERLAP = timedelta(minutes=15)
# A thread that cannot be read must not keep us from the others.
_UNREADABLE = frozenset(
    {"channel_not_found", "missing_scope", "not_in_channel", "no_permission", "thread_not_found"}
)


class SlackCatchUp:
    """Reads threads back.

    Args:
        database: Where the cases and desk_events are.
        api: Slack's Web API.
        people: Says who we are, so that our own posts are known.
        write: Writes notices to desk_events.
        news: Called when there is something to post.
    """

    def __init__(
        self,
        database: Database,
        api: SlackApi,
        people: SlackPeople,
        write: Write,
        news: Callable[[], None],
    ) -> None:
        self._database = database
        self._api = api
        self._people = people
        self._write = write
        self._news = news
        self._is_away = False
        self._back = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins with what was missed before the start."""
        self._task = asyncio.create_task(self._run(), name="slack catch up")

    async def stop(self) -> None:
        """Ends; what was not read is read after the next start."""
        if self._task is not None:
            await end([self._task])

    def heard(self, is_well: bool) -> None:
        """Learns whether Slack can be reached; when it is back, what was missed is caught up."""
        if is_well and self._is_away:
            self._back.set()
        self._is_away = not is_well

    async def read_back(self, *, after_trouble: bool) -> int:
        """Reads all threads once; returns how many messages were written to desk_events or seen.

        Args:
            after_trouble: Whether Slack or we were away: then the cards are brought up to date
                and what waits is posted at once.

        Raises:
            SendFailed: Slack cannot be asked just now.
        """
        started = log.now()
        threads, since = await self._database.run(_to_read)
        found = 0
        ours = await self._people.ourselves() if threads else {}
        if threads and not ours:
            raise SendFailed("Slack does not say who we are", retryable=True)
        for thread in threads:
            async for notice in self._missed(thread, since, ours):
                await self._write([notice])
                found += 1
        await self._database.run(_caught_up, threads if after_trouble else (), started)
        self._news()
        return found

    async def _run(self) -> None:
        after_trouble = True
        while True:
            self._back.clear()
            wait = EVERY_SECONDS
            try:
                await self.read_back(after_trouble=after_trouble)
                after_trouble = False
            except SendFailed as error:
                logger.info("Slack cannot be read back", extra={"reason": error.reason})
                wait, after_trouble = error.retry_after or AGAIN_SECONDS, True
            except Exception:
                logger.exception("Slack was not read back")
                wait = AGAIN_SECONDS
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._back.wait(), wait)
                after_trouble = True

    async def _missed(
        self, thread: Row[Any], since: str, ours: dict[str, Any]
    ) -> AsyncIterator[Notice]:
        """Yields what people wrote in a thread, oldest first."""
        async for message in self._replies(thread, since):
            ts, root = clean(message.get("ts")), clean(message.get("thread_ts"))
            is_root = ts == thread.slack_ts or root != thread.slack_ts
            if is_root or message.get("subtype") == "tombstone" or _is_ours(message, ours):
                continue
            yield _notice(message, thread.slack_channel, ours)

    async def _replies(self, thread: Row[Any], since: str) -> AsyncIterator[dict[str, Any]]:
        asked: dict[str, Any] = {
            "channel": thread.slack_channel,
            "ts": thread.slack_ts,
            "oldest": since,
            "limit": PAGE_SIZE,
        }
        while True:
            try:
                answer = await self._api.read("conversations.replies", **asked)
            except SlackRefused as refused:
                if refused.code not in _UNREADABLE:
                    raise
                logger.warning("a thread cannot be read", extra={"code": refused.code})
                return
            for message in dicts(answer.get("messages")):
                yield message
            asked["cursor"] = clean(part(answer, "response_metadata").get("next_cursor"))
            if not asked["cursor"]:
                return


def _is_ours(message: dict[str, Any], ours: dict[str, Any]) -> bool:
    known = {ours.get("user_id"), ours.get("bot_id")} - {"", None}
    return bool({message.get("user"), message.get("bot_id")} & known)


def _notice(message: dict[str, Any], channel: str, ours: dict[str, Any]) -> Notice:
    """Returns a message that was read as the event that would have told of it."""
    bot = {"team_id": ours.get("team_id"), "user_id": ours.get("user_id"), "is_bot": True}
    event = {**message, "channel": channel, "event_ts": message.get("ts")}
    return event_notice({"event": event, "authorizations": [bot]})


def _to_read(connection: Connection) -> tuple[list[Row[Any]], str]:
    since = max(0.0, (catch_up.read_until(connection) - OVERLAP).timestamp())
    return list(catch_up.threads(connection)), f"{since:.6f}"


def _caught_up(connection: Connection, threads: list[Row[Any]], started: Any) -> None:
    catch_up.set_read_until(connection, started)
    for thread in threads:
        if not catch_up.has_post(connection, thread.id, "card"):
            queue.add_job(connection, "card", thread.id, {})
    if threads:
        catch_up.hurry(connection)
