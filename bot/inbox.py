"""The one door in: accept what a channel heard, and see to it that it is answered.

`accept` writes messages to the log before the platform hears "200"; the worker then takes them,
in order within a conversation, and `Answering` decides who answers, the bot or the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot import metrics, outbox
from bot.accepting import Accepted, accept
from bot.answering import Answering
from bot.backlog import Backlog
from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.dialogue import Dialogue
from bot.limits import Limits
from bot.messages import Event, Inbound, Reply
from bot.pacing import Pace
from bot.store import Connection, Row
from bot.store.database import Database
from bot.taking import Asked, take
from bot.translate import Translator
from bot.wordless import LONGEST_QUESTION
from bot.worker import MOST_TOGETHER, Worker

__all__ = ["LONGEST_QUESTION", "Asked", "Inbox"]

# So many visitors may be waited for at once: by a translator, an action, a database.
IN_HAND = 200


class Inbox(Answering):
    """Accepts messages and sees to it that each is answered.

    Args:
        database: Where the messages lie.
        dialogue: Gives the dialogue of the moment; a new model may replace it between turns.
        casework: The desk.
        voice: Facts and sentences.
        limits: What each channel can carry, by channel name.
        translator: Translates for staff what a visitor wrote.
        news: Called when there is something to send or to show.
        thinking: Called with a visitor's message when the bot begins to answer it.
        pace: How fast visitors may write, and how much may wait.
    """

    def __init__(
        self,
        database: Database,
        dialogue: Callable[[], Dialogue],
        casework: Casework,
        voice: Voice,
        limits: Mapping[str, Limits],
        translator: Translator,
        news: Callable[[], None],
        thinking: Callable[[Row[Any]], None] = lambda _: None,
        pace: Pace = Pace(),  # noqa: B008
    ) -> None:
        super().__init__(database, dialogue, casework, voice, limits, translator, thinking)
        self._news = news
        self._pace = pace
        self._backlog = Backlog(database, pace.waiting)
        # The newest message of each visitor, until one of theirs has ended.
        self._came: dict[str, int] = {}
        # Called when a message was accepted that another process may answer as well.
        self.arrived: Callable[[], None] = lambda: None
        self.finished = news
        # Told in the same transaction what is no message: it may say that one of ours was taken.
        self.heard: Callable[[Connection, Event], None] = lambda *_: None
        self.worker: Worker[Asked] = Worker(
            "inbox", self._claim, self.answer, IN_HAND, together=MOST_TOGETHER, frees=self._frees
        )

    # -- in -----------------------------------------------------------------------------------

    async def accept(self, events: Sequence[Event]) -> int:
        """Writes what visitors did to the log, where it is safe; returns how much was new.

        Raises:
            QueueFull: So much waits that the platform is to send these again later.
        """
        if not events:
            return 0
        told = sum(isinstance(event, Inbound) for event in events)
        await self._backlog.admit(told)
        written = await self._database.run_first(self._accept, events)
        channel, new = events[0].channel, len(written)
        over = sum(each.is_over for each in written)
        metrics.accepted.labels(channel).inc(new)
        metrics.repeated.labels(channel).inc(told - new)
        metrics.rate_limited.labels(channel).inc(over)
        if new > over:
            self._note(written)
            self.worker.wake()
            self.arrived()
        if told < len(events) or over or any(each.releases for each in written):
            self._news()
        return new

    def _note(self, written: Sequence[Accepted]) -> None:
        """Keeps in mind who wrote; on PostgreSQL others may have heard it, and nobody asks."""
        if self._database.is_sqlite:
            self._came |= {each.conversation_id: each.seq for each in written if not each.is_over}

    def _accept(self, connection: Connection, events: Sequence[Event]) -> list[Accepted]:
        written = []
        for event in events:
            if not isinstance(event, Inbound):
                self.heard(connection, event)
                self._casework.note(connection, event)
            elif (each := accept(connection, event, self._pace.a_minute)) is not None:
                written.append(each)
                if each.is_told:
                    self._slow_down(connection, event, each)
        return written

    def _slow_down(self, connection: Connection, message: Inbound, over: Accepted) -> None:
        outbox.lay(
            connection,
            message.conversation_id,
            message.channel,
            Reply(self._voice.say("too_fast", over.language)),
            self._limits[message.channel],
            author="bot",
            language=over.language,
            in_reply_to=over.seq,
        )

    async def _claim(self, most: int) -> Sequence[Asked]:
        return await self._database.run_in_company(take, most)

    def _frees(self, asked: Asked) -> bool:
        """Tells whether more of a visitor may wait."""
        newest = self._came.pop(asked.row.conversation_id, 0)
        if asked.alone is None or not self._database.is_sqlite:
            return True
        return newest > asked.alone
