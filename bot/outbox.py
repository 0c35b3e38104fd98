"""The one door to a visitor: every word is laid in the log first and sent from there.

`lay` cuts a reply to what the channel can carry and writes one row for each platform message,
inside the caller's transaction. `Outbox` sends the rows: in order within a conversation, again
after a passing error, never by the bot while a person speaks. A row may also change or take away a
message that was sent before.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot import metrics
from bot.errors import SendFailed
from bot.laying import lay, lay_template
from bot.limits import Limits
from bot.messages import Carried, Choice, Outbound
from bot.store import Connection, Row, files, log, queue, revisions, windows
from bot.store.blobs import Blobs
from bot.store.database import Database
from bot.store.tables import messages
from bot.windows import CLOSED, OPEN, WHILE_OPEN, Left, Window
from bot.worker import Worker

__all__ = ["Outbox", "lay"]

logger = logging.getLogger(__name__)

# Waits before a message is tried again, in seconds; a platform's own hint wins.
BACKOFF = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
# A platform's hint is not followed for longer: nobody waits for an answer for a week.
LONGEST_WAIT = 24 * 3600.0


class Sender(Protocol):
    """What the outbox asks of a channel."""

    limits: Limits
    window: Window | None

    async def deliver(self, person_id: str, message: Outbound) -> str | None:
        """Sends one message; returns the platform's id of it. Raises SendFailed."""

    async def edit(self, person_id: str, platform_id: str, message: Outbound) -> None:
        """Changes a message that was sent. Raises SendFailed."""

    async def delete(self, person_id: str, platform_id: str) -> None:
        """Takes a message away that was sent. Raises SendFailed."""

    def template(self) -> str:
        """Returns the name of the template that may go outside the window, or ""."""


Listener = Callable[[Connection, Row[Any], str], None]


@dataclass(frozen=True)
class Leaving:
    """A claimed message with what its platform allows now.

    `target` is the message that it changes, where it is none of its own; `carried` is its file.
    """

    row: Row[Any]
    left: Left
    place: Mapping[str, str]
    target: Row[Any] | None = None
    carried: Row[Any] | None = None


class Outbox:
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
        self._database = database
        self._senders = senders
        self._sent = sent
        self._dead = dead
        self._waiting = waiting
        self._news = news
        self._health = health
        self.worker: Worker[Leaving] = Worker("outbox", self._claim, self.deliver)

    async def _claim(self) -> Leaving | None:
        return await self._database.run(self._claim_one)

    def _claim_one(self, connection: Connection) -> Leaving | None:
        row = queue.claim_outbound(connection, tuple(self._senders))
        if row is None:
            return None
        target = _target(connection, row)
        if target is not None and target.state != "sent":
            self._record_needless(connection, row)
            return self._claim_one(connection)
        carried = files.carried_by(connection, row)
        if carried is not None and not files.is_ready(connection, row, carried):
            return self._claim_one(connection)
        window = self._senders[row.channel].window
        if window is None or row.payload.get("template"):
            allowed = Left(OPEN)
        else:
            by_person = row.author == "staff"
            allowed = windows.left_of(connection, row.conversation_id, window, by_person=by_person)
        return Leaving(row, allowed, windows.place_of(connection, row), target, carried)

    async def deliver(self, leaving: Leaving) -> None:
        """Sends one claimed message and records what became of it."""
        row = leaving.row
        if leaving.left.standing == CLOSED:
            await self._database.run(self._record_closed, row)
            return self._news()
        try:
            platform_id = await self._carry(leaving)
        except SendFailed as error:
            self._health(row.channel, error)
            await self._failed(row, error)
        except Exception as error:
            logger.exception("sending failed", extra={"conversation": row.conversation_id})
            await self._failed(row, SendFailed(type(error).__name__, retryable=True))
        else:
            self._health(row.channel, None)
            metrics.sent.labels(row.channel, "sent").inc()
            await self._database.run(self._record_sent, row, platform_id)
        self._news()

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

    def _record_needless(self, connection: Connection, row: Row[Any]) -> None:
        """Ends a change of a message that the visitor never got, or that is gone already."""
        reason = "what it changes is not with the visitor"
        queue.finish(connection, messages, row.seq, "cancelled", reason=reason, done_at=log.now())

    def _record_closed(self, connection: Connection, row: Row[Any]) -> None:
        """Ends a message that its platform's window shuts out, or lets it wait for the visitor."""
        sender = self._senders[row.channel]
        assert sender.window is not None
        reason = f"{sender.window.name} is closed"
        metrics.sent.labels(row.channel, "window").inc()
        if row.payload.get(WHILE_OPEN):
            ended = {"reason": reason, "done_at": log.now()}
            return queue.finish(connection, messages, row.seq, "cancelled", **ended)
        if not sender.template():
            step = "The visitor has to write first."
            error = SendFailed(reason, retryable=False, next_step=step)
            return self._record_dead(connection, row, error)
        if windows.hold(connection, row, reason):
            lay_template(connection, row, sender.template())
            self._waiting(connection, row, reason)

    def _record_sent(self, connection: Connection, row: Row[Any], platform_id: str | None) -> None:
        queue.finish(
            connection,
            messages,
            row.seq,
            "sent",
            platform_id=platform_id,
            reason=None,
            done_at=log.now(),
        )
        if revisions.is_change(row):
            text = row.text if row.payload.get(revisions.EDITS) else None
            revisions.revise(connection, int(revisions.changed_by(row) or 0), text)
        files.ended(connection, row, "sent")
        self._sent(connection, row, "")

    async def _failed(self, row: Row[Any], error: SendFailed) -> None:
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
        if final:
            await self._database.run(self._record_dead, row, error)
        else:
            await self._database.run(self._record_retry, row, error)

    def _record_dead(self, connection: Connection, row: Row[Any], error: SendFailed) -> None:
        queue.finish(connection, messages, row.seq, "dead", reason=error.reason, done_at=log.now())
        files.ended(connection, row, "failed", error.reason)
        self._dead(connection, row, f"{error.reason}. {error.next_step}".strip())

    def _record_retry(self, connection: Connection, row: Row[Any], error: SendFailed) -> None:
        wait = error.retry_after or BACKOFF[row.attempts] * random.uniform(0.8, 1.2)  # noqa: S311
        wait = min(wait, LONGEST_WAIT)
        queue.retry(connection, messages, row.seq, "queued", wait, error.reason)
        if error.maybe_delivered:
            log.change_message(connection, row.seq, maybe_twice=True)


def _target(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """Returns the message that a row changes, None for a message of its own."""
    seq = revisions.changed_by(row) if revisions.is_change(row) else None
    return None if seq is None else log.message(connection, seq)


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
    )
