"""The one door to a visitor: every word is laid in the log first and sent from there.

`lay` cuts a reply to what the channel can carry and writes one row for each platform message,
inside the caller's transaction. `Outbox` sends the rows: in order within a conversation, again
after a passing error, never by the bot while a person speaks.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot import metrics
from bot.errors import SendFailed
from bot.limits import Limits, shorten, split, split_for_choices
from bot.messages import Choice, Outbound, Reply
from bot.store import Connection, Row, log, queue, windows
from bot.store.database import Database
from bot.store.tables import messages
from bot.windows import CLOSED, OPEN, Left, Window
from bot.worker import Worker

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

    def template(self) -> str:
        """Returns the name of the template that may go outside the window, or ""."""


Listener = Callable[[Connection, Row[Any], str], None]


@dataclass(frozen=True)
class Leaving:
    """A claimed message with what its platform allows now."""

    row: Row[Any]
    left: Left
    place: Mapping[str, str]


def lay(
    connection: Connection,
    conversation_id: str,
    channel: str,
    reply: Reply,
    limits: Limits,
    *,
    author: str,
    language: str,
    author_name: str | None = None,
    author_id: str | None = None,
    in_reply_to: int | None = None,
    case_id: int | None = None,
    not_before: datetime | None = None,
    slack_ts: str | None = None,
    translation: Mapping[str, str] | None = None,
) -> list[int]:
    """Writes a reply to the log, ready to be sent; returns the numbers of its messages.

    `translation` is what stands beside the whole of it for staff; it is kept with the first part.
    """
    parts = (split_for_choices if reply.buttons else split)(reply.text, limits)
    numbers = []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        shown = _opaque(connection, conversation_id, reply, limits) if last else []
        numbers.append(
            log.add_message(
                connection,
                conversation_id=conversation_id,
                channel=channel,
                direction="out",
                author=author,
                author_name=author_name,
                author_id=author_id,
                text=part,
                language=language,
                payload={"choices": shown} if shown else {},
                state="queued",
                in_reply_to=in_reply_to,
                case_id=case_id,
                not_before=not_before or _response_until(connection, in_reply_to, limits),
                slack_ts=slack_ts if index == 0 else None,
                translation=dict(translation) if translation and index == 0 else None,
            )
        )
    return numbers


def _response_until(
    connection: Connection, in_reply_to: int | None, limits: Limits
) -> datetime | None:
    """Returns until when an answer belongs to the response to the webhook, if it does."""
    if in_reply_to is None or not limits.passive_seconds:
        return None
    asked = log.message(connection, in_reply_to)
    until = None if asked is None else asked.at + timedelta(seconds=limits.passive_seconds)
    return until if until is not None and until > log.now() else None


def _opaque(
    connection: Connection, conversation_id: str, reply: Reply, limits: Limits
) -> list[dict[str, str]]:
    """Gives every button an id that means nothing outside and belongs to this person alone."""
    shown = []
    for button in reply.buttons[: limits.choices]:
        choice_id = secrets.token_urlsafe(12)
        label = shorten(button.label, limits.label, limits.measure)
        log.add_choice(
            connection,
            id=choice_id,
            conversation_id=conversation_id,
            value=button.value,
            label=label,
        )
        shown.append({"id": choice_id, "label": label})
    return shown


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
    ) -> None:
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
        window = self._senders[row.channel].window
        if window is None or row.payload.get("template"):
            allowed = Left(OPEN)
        else:
            by_person = row.author == "staff"
            allowed = windows.left_of(connection, row.conversation_id, window, by_person=by_person)
        return Leaving(row, allowed, windows.place_of(connection, row))

    async def deliver(self, leaving: Leaving) -> None:
        """Sends one claimed message and records what became of it."""
        row = leaving.row
        if leaving.left.standing == CLOSED:
            await self._database.run(self._record_closed, row)
            return self._news()
        person_id = row.conversation_id.partition(":")[2]
        try:
            platform_id = await self._senders[row.channel].deliver(person_id, _outbound(leaving))
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

    def _record_closed(self, connection: Connection, row: Row[Any]) -> None:
        """Ends a message that its platform's window shuts out, or lets it wait for the visitor."""
        sender = self._senders[row.channel]
        assert sender.window is not None
        reason = f"{sender.window.name} is closed"
        metrics.sent.labels(row.channel, "window").inc()
        if not sender.template():
            step = "The visitor has to write first."
            error = SendFailed(reason, retryable=False, next_step=step)
            return self._record_dead(connection, row, error)
        if windows.hold(connection, row, reason):
            _lay_template(connection, row, sender.template())
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
        self._dead(connection, row, f"{error.reason}. {error.next_step}".strip())

    def _record_retry(self, connection: Connection, row: Row[Any], error: SendFailed) -> None:
        wait = error.retry_after or BACKOFF[row.attempts] * random.uniform(0.8, 1.2)  # noqa: S311
        wait = min(wait, LONGEST_WAIT)
        queue.retry(connection, messages, row.seq, "queued", wait, error.reason)
        if error.maybe_delivered:
            log.change_message(connection, row.seq, maybe_twice=True)


def _lay_template(connection: Connection, row: Row[Any], name: str) -> None:
    """Lays the message that a platform allows outside its window, once for all that wait."""
    log.add_message(
        connection,
        conversation_id=row.conversation_id,
        channel=row.channel,
        direction="out",
        author="system",
        text=f"[template {name}]",
        language=row.language,
        payload={"template": True},
        state="queued",
        case_id=row.case_id,
    )


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
