"""Carries out desk_jobs: everything that Docent shows to staff in Slack.

A post carries its job's number as message metadata. Slack has no idempotency key: where it is not
known whether a post was taken, the thread is read back before posting again
(https://docs.slack.dev/messaging/message-metadata, /reference/methods/conversations.replies).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_backfill import prepare
from bot.channels.slack_jobs import NOT_POSTED, Job, is_unsure, place_of
from bot.channels.slack_pointer import NOT_SHOWN, UNREACHABLE, pointer_post
from bot.channels.slack_posting import post_once, words_of
from bot.channels.slack_render import render
from bot.channels.slack_rooms import SlackRooms, is_lost, move_thread
from bot.channels.slack_uploads import ThreadFiles
from bot.channels.slack_visitor_words import RATED, VisitorWords, praised
from bot.content.museum import Museum
from bot.desk import thread
from bot.desk.blocks import card
from bot.desk.elements import Post
from bot.desk.praise import PRAISE
from bot.errors import SendFailed
from bot.store import Connection, Row, cases, queue
from bot.store.database import Database
from bot.store.tables import desk_jobs
from bot.windows import Window

logger = logging.getLogger(__name__)

# Waits before a job is tried again, in seconds; the last one for as long as it takes.
BACKOFF = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
# A job that fails for a reason of our own is given up after so many tries.
TRIES = 5

CARD_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
EPHEMERAL = frozenset({"offer", "preview", "whisper", "suggestions"})


class SlackPosts:
    """Posts to the desk channel.

    Args:
        database: Where the jobs lie.
        api: Slack's Web API.
        museum: Departments and the time zone.
        channel: The desk channel's id, for new cases.
        news: Called when a job has ended.
        windows: When each channel lets us write, for channels that close.
        files: Shows the files of cases.
        words: Translates what visitors said when nobody waited for it.
    """

    def __init__(
        self,
        database: Database,
        api: SlackApi,
        museum: Museum,
        channel: str,
        news: Callable[[], None],
        windows: Mapping[str, Window] | None = None,
        files: ThreadFiles | None = None,
        words: VisitorWords | None = None,
    ) -> None:
        self._words = words
        self._files = files
        self._windows = windows or {}
        self._database = database
        self._api = api
        self._museum = museum
        self._channel = channel
        self._rooms = SlackRooms(api)
        self._news = news

    async def handle(self, row: Row[Any]) -> None:
        """Carries out one claimed job and records its end; gives it back where it may yet work."""
        try:
            await self.post(row)
        except SendFailed as error:
            await self._moved_or_failed(row, error)
        except Exception as error:
            logger.exception("a post failed", extra={"kind": row.kind})
            again = row.attempts + 1 < TRIES
            failure = SendFailed(type(error).__name__, retryable=again, maybe_delivered=True)
            await self._failed(row, failure)
        self._news()

    async def post(self, row: Row[Any]) -> None:
        """Carries out one job and finishes it; raises SendFailed."""
        job = await self._database.run(prepare, row, self._windows)
        if job is None:
            return await self._end(row, "a later card shows it")
        row = job.row
        if job.case is not None and job.case.slack_ts is None:
            job = await self._with_card(job)
            if row.kind in ("root", "card"):
                return await self._finish(job)
        if row.kind == "react":
            return await self._react(job)
        if row.kind in ("root", "card"):
            return await self._update(job)
        if row.kind == "announcement":
            words = thread.announcement(str(row.payload["text"]), bool(row.payload.get("ok")))
            return await self._finish(job, ts=await self._message(job, words, self._channel, None))
        if row.kind == "pointer":
            return await self._point(job)
        if row.kind in (RATED, PRAISE) and self._words is not None:
            job = await self._words.read(job)
        if row.kind == PRAISE:
            return await self._praise(job)
        if row.kind == "file" and self._files is not None:
            return await self._finish(job, await self._files.show(job))
        content = render(job.row.kind, job.payload, job.case, job.messages, self._zone, job.left)
        if content is None:
            return await self._finish(job, "nothing to show any more")
        if row.kind in EPHEMERAL:
            return await self._whisper(job, content)
        await self._finish(job, ts=await self._shown(job, content))

    @property
    def _zone(self) -> Any:
        return self._museum.time_zone

    async def _with_card(self, job: Job) -> Job:
        """Posts the case's card, which begins its thread, and remembers where it stands."""
        assert job.case is not None
        content = card(job.case, self._museum.departments, self._zone, job.left)
        wanted = job.case.slack_channel or self._channel
        channel = await self._rooms.for_card(wanted, self._channel)
        try:
            ts = await self._message(job, content, channel, None)
        except SlackRefused as error:
            if channel == self._channel or error.code not in UNREACHABLE:
                raise
            # A department's channel that we were not invited to must not hide a visitor.
            channel = self._channel
            ts = await self._message(job, content, channel, None)
        return replace(job, case=await self._database.run(_begin_thread, job, channel, ts))

    async def _update(self, job: Job) -> None:
        """Brings the card to the case's present state; one that was deleted is posted anew."""
        case = job.case
        assert case is not None
        content = card(case, self._museum.departments, self._zone, job.left)
        place = {"channel": case.slack_channel, "ts": case.slack_ts}
        try:
            await self._api.call("chat.update", **place, **words_of(content))
        except SlackRefused as error:
            if error.code not in CARD_GONE:
                raise
            await self._message(job, content, case.slack_channel, case.slack_ts)
        await self._finish(job)

    async def _shown(self, job: Job, content: Post) -> str:
        """Posts in the thread; what Slack will not show is at least spoken of."""
        channel, ts = place_of(job)
        try:
            return await self._message(job, content, channel, ts)
        except SlackRefused as error:
            if error.retryable:
                raise
            logger.error("Slack does not show a post", extra={"code": error.code})
            words = f"Slack would not show a message here ({error.code}). It is in the log."
            return await self._message(job, thread.warning(words), channel, ts)

    async def _point(self, job: Job) -> None:
        """Leads there from another channel; where that cannot be, the thread is told."""
        try:
            content = await pointer_post(self._api, job)
            ts = await self._message(job, content, str(job.payload["to"]), None)
        except SlackRefused as error:
            if error.code not in UNREACHABLE:
                raise
            words = NOT_SHOWN.format(code=error.code)
            ts = await self._shown(job, thread.warning(words))
        await self._finish(job, ts=ts)

    async def _praise(self, job: Job) -> None:
        """Shows praise in the channel that the museum chose for it."""
        content = praised(job)
        if content is None:
            return await self._finish(job, "nothing to show any more")
        await self._finish(job, ts=await self._message(job, content, str(job.payload["to"]), None))

    async def _whisper(self, job: Job, content: Post) -> None:
        """Shows something to one person; an offer that cannot be shown becomes a line for all."""
        channel, ts = place_of(job)
        where = {"channel": channel, "thread_ts": ts, "user": job.payload["user"]}
        try:
            await self._api.call("chat.postEphemeral", **where, **words_of(content))
        except SlackRefused as error:
            if error.retryable or job.row.kind != "offer":
                raise
            words = "A message here was kept as a note. Claim the case to answer the visitor."
            await self._message(job, thread.warning(words), channel, ts)
        await self._finish(job)

    async def _react(self, job: Job) -> None:
        channel, _ = place_of(job)
        what = {"timestamp": job.payload["ts"], "name": job.payload["name"]}
        try:
            await self._api.call("reactions.add", channel=channel, **what)
        except SlackRefused as error:
            if error.code != "already_reacted":
                raise
        await self._finish(job)

    async def _message(self, job: Job, content: Post, channel: str, thread_ts: str | None) -> str:
        """Posts one message unless it stands there already; returns its ts."""
        return await post_once(self._api, job, content, channel, thread_ts)

    async def _finish(self, job: Job, reason: str | None = None, ts: str = "") -> None:
        values: dict[str, Any] = {"payload": {**job.payload, "posted": ts}} if ts else {}
        await self._end(job.row, reason, **values)

    async def _end(self, row: Row[Any], reason: str | None, **values: Any) -> None:
        await self._database.run(queue.finish, desk_jobs, row.id, "done", reason=reason, **values)

    async def _moved_or_failed(self, row: Row[Any], error: SendFailed) -> None:
        """Goes on in a new thread at the desk where a case's own channel is gone."""
        lost = row.case_id is not None and is_lost(error)
        if lost and await self._database.run(move_thread, row, self._channel):
            reason = NOT_POSTED + error.reason
            await self._database.run(queue.retry, desk_jobs, row.id, "queued", 0.0, reason)
        else:
            await self._failed(row, error)

    async def _failed(self, row: Row[Any], error: SendFailed) -> None:
        logger.warning(
            "a post to Slack was not taken",
            extra={
                "kind": row.kind,
                "reason": error.reason,
                "next_step": error.next_step,
                "attempt": row.attempts + 1,
                "final": not error.retryable,
            },
        )
        if not error.retryable:
            await self._database.run(_record_dead, row, error.reason)
            return
        unsure = error.maybe_delivered or is_unsure(row)
        reason = error.reason if unsure else NOT_POSTED + error.reason
        wait = error.retry_after or BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
        await self._database.run(queue.retry, desk_jobs, row.id, "queued", wait, reason)


def _begin_thread(connection: Connection, job: Job, channel: str, ts: str) -> Row[Any]:
    """Ties the thread to the case, before the job ends: a restart then finds the card posted."""
    cases.change_case(connection, job.row.case_id, slack_channel=channel, slack_ts=ts)
    return cases.case(connection, job.row.case_id)


def _record_dead(connection: Connection, row: Row[Any], reason: str) -> None:
    queue.finish(connection, desk_jobs, row.id, "dead", reason=reason)
    if row.case_id is not None:
        cases.audit(connection, row.case_id, "docent", "not shown", f"{row.kind}: {reason}")
