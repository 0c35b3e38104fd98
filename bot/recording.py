"""What became of a message to a visitor, as the log keeps it: one transaction for each try.

Each of these may run twice: a connection that was lost leaves open whether the first time counted.
A row that is not on its way any more stays as it is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot import metrics, stages
from bot.errors import SendFailed
from bot.laying import lay_template
from bot.limits import Limits
from bot.messages import Outbound, Receipt
from bot.store import Connection, Row, answering, echoes, files, log, queue, revisions, windows
from bot.store.tables import messages
from bot.windows import WHILE_OPEN, Window

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


class Recording:
    """Writes down how each try to send ended, and tells those who listen.

    Args:
        senders: The channels by name.
        sent: Told in the same transaction that a message reached its platform.
        dead: Told likewise that a message will never reach it.
        waiting: Told that a message waits until the visitor writes, and why.
    """

    def __init__(
        self, senders: Mapping[str, Sender], sent: Listener, dead: Listener, waiting: Listener
    ) -> None:
        self._senders = senders
        self._sent = sent
        self._dead = dead
        self._waiting = waiting

    def needless(self, connection: Connection, row: Row[Any]) -> None:
        """Ends a change of a message that the visitor never got, or that is gone already."""
        reason = "what it changes is not with the visitor"
        queue.finish(connection, messages, row.seq, "cancelled", reason=reason, done_at=log.now())

    def closed(self, connection: Connection, row: Row[Any]) -> None:
        """Ends a message that its platform's window shuts out, or lets it wait for the visitor."""
        if not _is_leaving(connection, row):
            return None
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
            return self.dead(connection, row, error)
        if windows.hold(connection, row, reason):
            lay_template(connection, row, sender.template())
            self._waiting(connection, row, reason)
        return None

    def sent(self, connection: Connection, row: Row[Any], platform_id: str | None) -> None:
        """Ends a message that its platform took."""
        if not self.taken(connection, row, platform_id):
            return
        if revisions.is_change(row):
            text = row.text if row.payload.get(revisions.EDITS) else None
            revisions.revise(connection, int(revisions.changed_by(row) or 0), text)
        self._reached(connection, row)

    def told(self, connection: Connection, told: Receipt) -> None:
        """Ends a message that its platform says it took, where we did not write it down."""
        row = echoes.heard(connection, told)
        if row is None:
            return
        if row.state == "queued":
            # Whoever sent it died before it could count it.
            stages.sent(row)
        self._reached(connection, row)

    def _reached(self, connection: Connection, row: Row[Any]) -> None:
        files.ended(connection, row, "sent")
        stages.answer_sent(row.channel, answering.waited(connection, row))
        self._sent(connection, row, "")

    def taken(self, connection: Connection, row: Row[Any], platform_id: str | None) -> bool:
        """Notes alone that a platform took a message; False where that is known."""
        return queue.note_sent(connection, row.seq, platform_id)

    def dead(self, connection: Connection, row: Row[Any], error: SendFailed) -> None:
        """Ends a message that its platform will never take."""
        if not _is_leaving(connection, row):
            return
        queue.finish(connection, messages, row.seq, "dead", reason=error.reason, done_at=log.now())
        files.ended(connection, row, "failed", error.reason)
        self._dead(connection, row, f"{error.reason}. {error.next_step}".strip())

    def retry(self, connection: Connection, row: Row[Any], error: SendFailed) -> None:
        """Gives a message back, to be tried again later."""
        wait = error.retry_after or BACKOFF[row.attempts] * random.uniform(0.8, 1.2)  # noqa: S311
        more = {"maybe_twice": True} if error.maybe_delivered else {}
        if error.maybe_delivered and echoes.tells(connection, row.channel):
            wait = max(wait, echoes.PATIENCE.total_seconds())
        wait = min(wait, LONGEST_WAIT)
        queue.retry(connection, messages, row.seq, "queued", wait, error.reason, **more)


def _is_leaving(connection: Connection, row: Row[Any]) -> bool:
    present = log.message(connection, row.seq)
    return present is not None and present.state == "sending"
