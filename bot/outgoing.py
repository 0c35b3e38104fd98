"""What leaves next: taken from the log as far as the channels have room, with what it needs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from bot.lanes import SLOTS, Lanes
from bot.recording import Recording, Sender
from bot.store import Connection, Row, files, log, queue, revisions, windows
from bot.store.database import Database
from bot.windows import OPEN, Left
from bot.worker import MOST_TOGETHER, Worker

Result = TypeVar("Result")
# What was taken, and whether more may have waited than there was room for.
Found = tuple[list["Leaving"], bool]

# So much of a channel is taken up at the end of a transaction that looks at all that waits.
MOST_AT_AN_END = 8


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


class Outgoing:
    """Claims messages to visitors.

    Args:
        database: Where the messages lie.
        senders: The channels by name; a message of any other channel waits for its channel.
        records: Writes down what became of a message.
        deliver: Sends one.
    """

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        records: Recording,
        deliver: Callable[[Leaving], Awaitable[None]],
    ) -> None:
        self._database = database
        self._senders = senders
        self._records = records
        self._lanes = Lanes(senders)
        # Room that transactions under way may fill.
        self._promised: Counter[str] = Counter()
        # Whether more may have waited than there was room for, when it was looked last.
        self._is_short = False
        self.worker: Worker[Leaving] = Worker(
            "outbox",
            self._claim,
            deliver,
            SLOTS * max(1, len(senders)),
            together=MOST_TOGETHER,
            # What a piece frees is looked for in the transaction that ends it.
            frees=lambda _: False,
        )

    async def run(self, conversation_id: str, work: Callable[..., Result], *args: Any) -> Result:
        """As `run_in_company`, at once."""
        return await self._run(self._database.run, conversation_id, work, args)

    async def run_in_company(
        self, conversation_id: str, work: Callable[..., Result], *args: Any
    ) -> Result:
        """Runs a transaction and takes up at its end, in the same one, what is to be sent now.

        That is of the conversation which it is about; of others too, where more waited of late
        than there was room for. On PostgreSQL others lock rows and let them go, and what one
        transaction frees another may not see yet: there all that waits is looked at.
        """
        return await self._run(self._database.run_in_company, conversation_id, work, args)

    async def _run(
        self,
        run: Callable[..., Awaitable[Any]],
        conversation_id: str,
        work: Callable[..., Result],
        args: Sequence[Any],
    ) -> Result:
        talk = None if self._is_short or not self._database.is_sqlite else conversation_id
        with self._room(MOST_AT_AN_END if self.worker.is_running else 0, talk) as room:

            def both(connection: Connection) -> tuple[Result, Found | None]:
                result = work(connection, *args)
                return result, self._claim_in(connection, room, talk) if room else None

            result, found = await run(both)
            if found is None:
                self._is_short = self._is_short or self.worker.is_running
            else:
                self._found(found, talk)
        if found is None or talk is not None:
            self._ended()
        return result

    def _ended(self) -> None:
        """Sees to it that what did not fit is looked for, now that a message made place."""
        if self._is_short:
            # Once the task that ends has made place.
            asyncio.get_running_loop().call_soon(self.worker.wake)

    async def _claim(self, most: int) -> Sequence[Leaving]:
        with self._room(most) as room:
            if not room:
                self._is_short = True
                return ()
            leaving, self._is_short = await self._database.run_in_company(self._claim_in, room)
            return leaving

    def _found(self, found: Found, talk: str | None) -> None:
        leaving, is_short = found
        # Who looked at one conversation alone knows nothing of the others.
        self._is_short = is_short or (self._is_short and talk is not None)
        self.worker.take(leaving)

    @contextmanager
    def _room(self, most: int, talk: str | None = None) -> Iterator[dict[str, int]]:
        """Gives how many messages each channel may send now, and keeps that place meanwhile.

        With `talk` it is place for the message of this conversation that is next.
        """
        sending = (each.row.channel for each in self.worker.in_hand)
        room = self._lanes.room(chain(sending, self._promised.elements()), most) if most else {}
        if talk is not None:
            channel = talk.partition(":")[0]
            room = {channel: 1} if channel in room else {}
        self._promised.update(room)
        try:
            yield room
        finally:
            self._promised.subtract(room)

    def _claim_in(
        self, connection: Connection, room: Mapping[str, int], talk: str | None = None
    ) -> Found:
        """Takes what may leave; goes on where some of it turns out to need no sending."""
        is_full = talk is None and len(room) < len(self._senders)
        while rows := queue.claim_leaving(connection, room, talk):
            found = [self._leaving(connection, row) for row in rows]
            if leaving := [each for each in found if each is not None]:
                # What needs no sending may have held up what is behind it.
                goes_on = len(leaving) < len(rows) or len(rows) >= min(room.values())
                return leaving, is_full or (goes_on and talk is None)
        return [], is_full

    def _leaving(self, connection: Connection, row: Row[Any]) -> Leaving | None:
        """Returns a claimed message with what it needs; None where it was ended or put off."""
        target = _target(connection, row)
        if target is not None and target.state != "sent":
            self._records.needless(connection, row)
            return None
        carried = files.carried_by(connection, row)
        if carried is not None and not files.is_ready(connection, row, carried):
            return None
        window = self._senders[row.channel].window
        if window is None or row.payload.get("template"):
            allowed = Left(OPEN)
        else:
            by_person = row.author == "staff"
            allowed = windows.left_for(connection, row, window, by_person=by_person)
        return Leaving(row, allowed, windows.place_for(connection, row), target, carried)


def _target(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """Returns the message that a row changes, None for a message of its own."""
    seq = revisions.changed_by(row) if revisions.is_change(row) else None
    return None if seq is None else log.message(connection, seq)
