"""The one door in: accept what a channel heard, and decide who answers, the bot or the desk.

`accept` writes messages to the log before the platform hears "200"; the worker then takes them,
in order within a conversation, and each ends answered, with staff, or with an apology and a case.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot import history, metrics, outbox
from bot.accepting import accept
from bot.content.voice import Voice
from bot.desk.casework import Casework, Request
from bot.desk.readable import Beside, Told, beside, readable, untranslated
from bot.desk.requests import request_of
from bot.desk.satisfaction import may_rate
from bot.dialogue import Dialogue, Turn
from bot.errors import DocentError
from bot.limits import Limits
from bot.messages import Button, Event, Inbound, Reply
from bot.store import Connection, Row, log, queue
from bot.store.database import Database
from bot.store.tables import messages
from bot.translate import Translator
from bot.worker import Worker

logger = logging.getLogger(__name__)

# Waits before a turn is tried again, in seconds; after the last the visitor hears an apology.
TURN_RETRIES = (0.5, 2.0)
# An answer that is there sooner needs no sign that it is on its way.
SIGN_AFTER_SECONDS = 0.4
# Two bots that answer each other would go on for ever: then a person looks.
MOST_ANSWERS, ANSWERS_WITHIN = 600, timedelta(hours=1)
CLOSED_MEANWHILE = "the case was closed"
# A longer text is not read as a question; its writer is asked for the question in short.
LONGEST_QUESTION = 1500

# What a visitor may send instead of words; data/sentences.yml has an answer to each.
SEEN_KINDS = ("image", "audio", "voice", "video", "file", "sticker", "location", "contact")


@dataclass(frozen=True)
class Asked:
    """A claimed message with what is needed to answer it."""

    row: Row[Any]
    speaker: str
    language: str
    memory: list[dict[str, Any]] | None
    choice: str | None
    first: bool
    # Whether the bot has answered here so often that another bot may be on the other side.
    loops: bool = False
    # Whether it may tell how content the visitor was.
    rates: bool = False


class Inbox:
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
    ) -> None:
        self._thinking = thinking
        self._translator = translator
        self._database = database
        self._dialogue = dialogue
        self._casework = casework
        self._voice = voice
        self._limits = limits
        self._news = news
        self.worker: Worker[Asked] = Worker("inbox", self._claim, self.answer)

    async def accept(self, events: Sequence[Event]) -> int:
        """Writes what visitors did to the log, where it is safe; returns how much was new."""
        if not events:
            return 0
        new = await self._database.run(self._accept, events)
        channel = events[0].channel
        told = sum(isinstance(event, Inbound) for event in events)
        metrics.accepted.labels(channel).inc(new)
        metrics.repeated.labels(channel).inc(told - new)
        if new:
            self.worker.wake()
        if told < len(events):
            self._news()
        return new

    def _accept(self, connection: Connection, events: Sequence[Event]) -> int:
        new = 0
        for event in events:
            if isinstance(event, Inbound):
                new += accept(connection, event)
            else:
                self._casework.note(connection, event)
        return new

    async def answer(self, asked: Asked) -> None:
        """Answers one claimed message, or hands it to whoever speaks."""
        try:
            if not (asked.rates and await self._database.run(self._is_rating, asked)):
                await self._hand_on(asked)
        except Exception as error:
            await self._failed(asked, error)
        self._news()

    async def _hand_on(self, asked: Asked) -> None:
        if asked.speaker in (log.QUEUED, log.HUMAN):
            words = await beside(self._translator, asked.row.text, asked.language)
            await self._database.run(self._to_desk, asked, words)
        else:
            loop = asyncio.get_running_loop()
            sign = loop.call_later(SIGN_AFTER_SECONDS, self._thinking, asked.row)
            try:
                await self._finish(asked, await self._thought(asked))
            finally:
                sign.cancel()

    async def _thought(self, asked: Asked) -> Turn:
        if asked.loops:
            return Turn(None, case={"reason": "many_messages", "sentence": "many_messages"})
        reply = self._unread(asked)
        return await self._turn(asked) if reply is None else Turn(asked.memory, [reply])

    def _is_rating(self, connection: Connection, asked: Asked) -> bool:
        """Takes what tells how content the visitor was; False for what is to be answered."""
        if not self._casework.takes_rating(connection, asked.row, asked.choice):
            return False
        self._end(connection, asked, "rated")
        return True

    async def _finish(self, asked: Asked, turn: Turn) -> None:
        request = None if turn.case is None else request_of(turn.case)
        told = None
        if request is not None:
            told = await readable(self._translator, request, asked.row.text, asked.language)
        await self._database.run(self._commit, asked, turn, told)

    async def _claim(self) -> Asked | None:
        return await self._database.run(_claim)

    async def _turn(self, asked: Asked) -> Turn:
        with metrics.turn_seconds.time():
            return await self._dialogue().run(
                asked.row.conversation_id,
                asked.row.text,
                asked.language,
                asked.memory,
                asked.row.seq,
                asked.choice,
            )

    def _unread(self, asked: Asked) -> Reply | None:
        """Returns the answer to what is not a question in words, or None."""
        text = asked.row.text.strip()
        key = None
        if asked.row.payload.get("means"):
            return None
        if asked.row.payload.get("choice") and asked.choice is None and not text:
            key = "choice_expired"
        elif not text:
            key = _received(asked.row.payload.get("attachments"))
        elif len(text) > LONGEST_QUESTION and not history.form_asks(asked.memory or []):
            key = "too_long"
        if key is None:
            return None
        person = Button(self._voice.say("talk_to_person", asked.language), "speak_to_human")
        return Reply(self._voice.say(key, asked.language), (person,))

    def _to_desk(self, connection: Connection, asked: Asked, words: Beside | None = None) -> None:
        present = log.locked_conversation(connection, asked.row.conversation_id)
        if present.speaker not in (log.QUEUED, log.HUMAN):
            # Closed while these words were read: they are taken anew, and the bot answers them.
            queue.retry(connection, messages, asked.row.seq, "received", 0, CLOSED_MEANWHILE)
            return
        log.change_message(connection, asked.row.seq, translation=words)
        self._casework.relay(connection, asked.row)
        self._end(connection, asked, "relayed")

    def _commit(
        self,
        connection: Connection,
        asked: Asked,
        turn: Turn,
        told: Told | None = None,
    ) -> None:
        """Writes a whole turn at once: the words, the memory, the case, the end of the message."""
        present = log.locked_conversation(connection, asked.row.conversation_id)
        if present.speaker in (log.QUEUED, log.HUMAN):
            # A person took over while the bot was thinking: what it thought is not said.
            words = (told and told.beside) or untranslated(asked.language)
            self._to_desk(connection, asked, words)
            return
        for index, reply in enumerate(turn.replies):
            self._lay(connection, asked, reply, "bot", disclose=asked.first and index == 0)
        if told is not None:
            log.change_message(connection, asked.row.seq, translation=told.beside)
            self._open_case(connection, asked, told.request)
        self._casework.hear_praise(connection, asked.row.seq)
        log.change_conversation(connection, present.id, memory=turn.memory)
        if told is not None or turn.settled or turn.unfinished:
            left = turn.unfinished if told is None else None
            log.change_conversation(connection, present.id, unfinished=left)
        if present.speaker == log.CLOSED and told is None:
            log.change_conversation(connection, present.id, speaker=log.BOT)
        self._end(connection, asked, "answered")

    def _open_case(self, connection: Connection, asked: Asked, request: Request) -> None:
        fresh = log.message(connection, asked.row.seq)
        assert fresh is not None
        self._casework.open_case(connection, fresh, asked.language, request)

    def _lay(
        self,
        connection: Connection,
        asked: Asked,
        reply: Reply,
        author: str,
        disclose: bool = False,
    ) -> None:
        if disclose and asked.row.channel != "web":
            # Meta asks automated chats to say so at the start; the web page says it in its head.
            words = self._voice.say("disclosure", asked.language)
            reply = Reply(f"{reply.text}\n\n{words}", reply.buttons)
        outbox.lay(
            connection,
            asked.row.conversation_id,
            asked.row.channel,
            reply,
            self._limits[asked.row.channel],
            author=author,
            language=asked.language,
            in_reply_to=asked.row.seq,
        )

    def _end(self, connection: Connection, asked: Asked, outcome: str) -> None:
        queue.finish(
            connection, messages, asked.row.seq, "answered", reason=outcome, done_at=log.now()
        )
        metrics.turns.labels(outcome).inc()

    async def _failed(self, asked: Asked, error: Exception) -> None:
        attempt = asked.row.attempts
        logger.warning(
            "a turn failed",
            extra={
                "conversation": asked.row.conversation_id,
                "attempt": attempt + 1,
                # Words of foreign errors may hold the visitor's: a database error shows its row.
                "error": str(error) if isinstance(error, DocentError) else type(error).__name__,
            },
            exc_info=error,
        )
        if attempt < len(TURN_RETRIES):
            await self._database.run(
                queue.retry,
                messages,
                asked.row.seq,
                "received",
                TURN_RETRIES[attempt],
                type(error).__name__,
            )
        else:
            apology = {"reason": "failure", "sentence": "apology_handoff"}
            # A form that asked is over: the person who has the case reads what was told.
            await self._finish(asked, Turn(None, case=apology))


def _received(attachments: list[dict[str, Any]] | None) -> str:
    """Returns the sentence that answers what came without words."""
    if not attachments:
        return "empty_message"
    kind = attachments[0]["kind"]
    return f"received.{kind}" if kind in SEEN_KINDS else "received.file"


def _claim(connection: Connection) -> Asked | None:
    row = queue.claim_inbound(connection)
    if row is None:
        return None
    talk = log.conversation(connection, row.conversation_id)
    assert talk is not None
    wanted = row.payload.get("choice")
    choice = log.choice(connection, row.conversation_id, wanted) if wanted else None
    means = row.payload.get("means") if choice is None else choice.value
    return Asked(
        row,
        talk.speaker,
        row.language or talk.language,
        talk.memory,
        means,
        first=talk.memory is None and not log.has_said(connection, row.conversation_id),
        loops=log.has_answered(
            connection, row.conversation_id, MOST_ANSWERS, log.now() - ANSWERS_WITHIN
        ),
        rates=may_rate(connection, row, means),
    )
