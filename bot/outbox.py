"""The one door to a visitor: every word is laid in the log first and sent from there.

`lay` cuts a reply to what the channel can carry and writes one row for each platform message,
inside the caller's transaction. `Outbox` sends the rows: in order within a conversation, again
after a passing error, never by the bot while a person speaks. A row may also change or take away a
message that was sent before.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot import metrics, stages
from bot.errors import SendFailed
from bot.laying import lay
from bot.messages import Carried, Choice, Event, Outbound, Receipt
from bot.outgoing import Leaving, Outgoing
from bot.recording import BACKOFF, LONGEST_WAIT, Listener, Recording, Sender
from bot.store import Connection, Row, revisions
from bot.store.blobs import Blobs
from bot.store.database import Database, passes
from bot.windows import CLOSED

__all__ = ["BACKOFF", "LONGEST_WAIT", "Outbox", "Sender", "lay"]

logger = logging.getLogger(__name__)

# A send ends before its lease does (bot.store.queue.LEASE): nobody takes up what is on its way.
SEND_SECONDS = 45.0
# While the database is away, what was sent is kept in mind and written down when it is back.
WRITE_AGAIN_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class Outbox(Outgoing):
    """Sends what lies in the log to the visitors.

    Args:
        database: Where the messages lie.
        senders: The channels by name; a message of any other channel waits for its channel.
        sent: Told in the same transaction that a message reached its platform.
        dead: Told likewise that a message will never reach it.
        waiting: Told that a message waits until the visitor writes, and why.
        news: Called after each try, when there is something to show.
        health: Told what a channel's platform answered: None, or the failure.
        blobs: Where the bytes of files lie.
    """

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        sent: Listener,
        dead: Listener,
        waiting: Listener,
        news: Callable[[], None],
        health: Callable[[str, SendFailed | None], None] = lambda _channel, _failure: None,
        blobs: Blobs | None = None,
    ) -> None:
        self._blobs = blobs
        super().__init__(database, senders, Recording(senders, sent, dead, waiting), self.deliver)
        self._news = news
        self._health = health

    def heard(self, connection: Connection, event: Event) -> None:
        """Ends a message of which its platform tells that it took it, if nobody could say so."""
        if isinstance(event, Receipt) and event.row is not None:
            self._records.told(connection, event)

    # -- sending ------------------------------------------------------------------------------

    @stages.about_row
    async def deliver(self, leaving: Leaving) -> None:
        """Sends one claimed message and records what became of it."""
        if leaving.left.standing == CLOSED:
            await self._write(leaving.row, self._records.closed, leaving.row)
        else:
            await self._send(leaving)
        self._news()
        self._ended()

    async def _send(self, leaving: Leaving) -> None:
        row = leaving.row
        try:
            with stages.sending(row.channel):
                platform_id = await asyncio.wait_for(self._carry(leaving), SEND_SECONDS)
        except SendFailed as error:
            await self._failed(row, error)
        except asyncio.TimeoutError:
            late = "the platform did not answer in time"
            await self._failed(row, SendFailed(late, retryable=True, maybe_delivered=True))
        except Exception as error:
            logger.exception("sending failed", extra={"conversation": row.conversation_id})
            await self._failed(row, SendFailed(type(error).__name__, retryable=True), ours=True)
        else:
            await self._succeeded(row, platform_id)

    async def _succeeded(self, row: Row[Any], platform_id: str | None) -> None:
        self._health(row.channel, None)
        self._lanes.well(row.channel)
        stages.sent(row)
        try:
            await self._write(row, self._records.sent, row, platform_id)
        except Exception:
            # Whatever else belongs to it: a message that was sent is not sent again.
            logger.exception("a sent message was not told on")
            await self._write(row, self._records.taken, row, platform_id)

    async def _write(self, row: Row[Any], record: Callable[..., Any], *args: Any) -> None:
        """Writes down what became of a message, however long the database is away."""
        tries = 0
        while True:
            try:
                await self.run(row.conversation_id, record, *args)
            except Exception as error:
                if not passes(error):
                    raise
                if not tries:
                    told = {"conversation": row.conversation_id, "error": type(error).__name__}
                    logger.warning("it cannot be written down yet", extra=told)
                wait = WRITE_AGAIN_SECONDS[min(tries, len(WRITE_AGAIN_SECONDS) - 1)]
                tries += 1
                await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311
            else:
                return

    async def _carry(self, leaving: Leaving) -> str | None:
        """Sends, changes or takes away; returns the platform's id of what is new there."""
        row, target, sender = leaving.row, leaving.target, self._senders[leaving.row.channel]
        person_id = row.conversation_id.partition(":")[2]
        if target is None:
            return await sender.deliver(person_id, self._with_file(leaving))
        if row.payload.get(revisions.EDITS):
            await sender.edit(person_id, target.platform_id or "", _outbound(leaving))
        else:
            await sender.delete(person_id, target.platform_id or "")
        return None

    def _with_file(self, leaving: Leaving) -> Outbound:
        carried = leaving.carried
        if carried is None:
            return _outbound(leaving)
        data = None if self._blobs is None else self._blobs.read(carried.digest)
        if data is None:
            raise SendFailed("the file is not here any more", retryable=False)
        return replace(_outbound(leaving), file=Carried(carried.name, carried.mime, data))

    async def _failed(self, row: Row[Any], error: SendFailed, ours: bool = False) -> None:
        if not ours:
            self._health(row.channel, error)
            if error.retryable:
                self._lanes.failed(row.channel, row.conversation_id)
            else:
                self._lanes.well(row.channel)
        final = not error.retryable or row.attempts >= len(BACKOFF)
        metrics.sent.labels(row.channel, "dead" if final else "retry").inc()
        logger.warning(
            "a message was not taken",
            extra={
                "conversation": row.conversation_id,
                "reason": error.reason,
                "final": final,
                "attempt": row.attempts + 1,
            },
        )
        await self._write(row, self._records.dead if final else self._records.retry, row, error)


def _outbound(leaving: Leaving) -> Outbound:
    row = leaving.row
    return Outbound(
        row.text,
        tuple(Choice(c["id"], c["label"]) for c in row.payload.get("choices", ())),
        row.author,
        written_by_person=row.author == "staff",
        language=row.language or "en",
        standing=leaving.left.standing,
        place=leaving.place,
        is_template=bool(row.payload.get("template")),
        row=row.seq,
        again_since=row.at if row.maybe_twice else None,
    )
