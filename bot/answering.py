"""How a claimed message is answered, by the bot or by the desk, and what is done where that fails.

Each ends answered, with staff, or with an apology and a case.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot import bursts, history, metrics, stages
from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.desk.readable import beside, readable
from bot.desk.requests import request_of
from bot.dialogue import Dialogue, Turn
from bot.errors import ClaimLost, DocentError
from bot.limits import Limits
from bot.messages import Reply
from bot.store import Connection, Row, claiming, log
from bot.store.database import Database, passes
from bot.taking import Asked
from bot.translate import Translator
from bot.turning import Turning
from bot.waiting import Unclear
from bot.wordless import sentence_for
from bot.worker import Worker

logger = logging.getLogger(__name__)

# Waits before a turn is tried again, in seconds; after the last the visitor hears an apology.
TURN_RETRIES = (0.5, 2.0)
# An answer that is there sooner needs no sign that it is on its way: people wait for a second
# without a doubt (nngroup.com/articles/response-times-3-important-limits).
SIGN_AFTER_SECONDS = 1.0
# Where more visitors wait at once there are no signs: each is one more call to its platform, and
# all of them would make everybody wait longer.
SIGNS_AT_MOST = 50
# While the database is away, what is to be written is tried again after this.
AGAIN_SECONDS = 1.0


class Answering(Turning):
    """Answers claimed messages.

    Args:
        database: Where the messages lie.
        dialogue: Gives the dialogue of the moment; a new model may replace it between turns.
        casework: The desk.
        voice: Facts and sentences.
        limits: What each channel can carry, by channel name.
        translator: Translates for staff what a visitor wrote.
        thinking: Called with a visitor's message when the bot begins to answer it.
    """

    worker: Worker[Asked]

    def __init__(
        self,
        database: Database,
        dialogue: Callable[[], Dialogue],
        casework: Casework,
        voice: Voice,
        limits: Mapping[str, Limits],
        translator: Translator,
        thinking: Callable[[Row[Any]], None],
    ) -> None:
        super().__init__(casework, voice, limits)
        self._database = database
        self._dialogue = dialogue
        self._translator = translator
        self._thinking = thinking
        self._unclear = Unclear()
        # How a turn is committed, given its conversation, and what is called when a message has
        # ended; the host lets the outbox take up in the same transaction what is to be sent.
        self.commits: Callable[..., Awaitable[Any]] = lambda _talk, *work: database.run(*work)
        self.finished: Callable[[], None] = lambda: None

    @stages.about_row
    async def answer(self, asked: Asked) -> None:
        """Answers one claimed message, or hands it to whoever speaks."""
        stages.waited(asked.head.at)
        try:
            await self._patiently(self._handle, asked)
        except ClaimLost:
            logger.warning("another process answered", extra={"seq": asked.row.seq})
        except Exception as error:
            await self._patiently(self._failed, asked, error)
        self.finished()

    async def _patiently(
        self, work: Callable[..., Awaitable[None]], asked: Asked, *more: Any
    ) -> None:
        """Does it anew while the database is away, for as long as the message is ours.

        Given up at once, the message would wait for the end of our claim; and that the database is
        away is no failure of the turn.
        """
        told = False
        while True:
            try:
                return await work(asked, *more)
            except Exception as error:
                if not passes(error) or asked.until is None or log.now() >= asked.until:
                    raise
                if not told:
                    about = {"conversation": asked.row.conversation_id, "seq": asked.row.seq}
                    reason = {"error": type(error).__name__}
                    logger.warning("it cannot be written down yet", extra={**about, **reason})
                told = True
            await asyncio.sleep(AGAIN_SECONDS * random.uniform(0.5, 1))  # noqa: S311

    async def _handle(self, asked: Asked) -> None:
        if not (asked.rates and await self._write(self._rating, asked)):
            await self._hand_on(asked)

    async def _write(self, work: Callable[..., str | None], asked: Asked, *more: Any) -> bool:
        """Writes what became of a message; tells whether it has ended, and counts it then."""
        outcome = await self.commits(asked.row.conversation_id, work, asked, *more)
        if outcome is not None:
            for row in (asked.head, *asked.rest):
                stages.answered(row, asked.language, outcome)
        return outcome is not None

    async def _write_end(self, work: Callable[..., str | None], asked: Asked, *more: Any) -> None:
        """Writes the end of a message; where it was given back instead, it is due now."""
        if not await self._write(work, asked, *more):
            self.worker.wake()

    async def _hand_on(self, asked: Asked) -> None:
        if asked.is_with_person:
            words = await beside(self._translator, asked.row.text, asked.language)
            await self._write_end(self._to_desk, asked, words)
            return
        sign = asyncio.get_running_loop().call_later(SIGN_AFTER_SECONDS, self._sign, asked.row)
        try:
            asked = await self._gathered(asked)
            turn = self._unclear.thought_before(asked) or await self._thought(asked)
            wait = self._unclear.patience(asked, turn)
            if wait:
                await self._database.run(self._wait, asked, wait)
                self._wake_in(wait.total_seconds())
            else:
                await self._finish(asked, turn)
        finally:
            sign.cancel()

    def _sign(self, row: Row[Any]) -> None:
        if len(self.worker.in_hand) <= SIGNS_AT_MOST:
            self._thinking(row)

    async def _gathered(self, asked: Asked) -> Asked:
        """Returns a message with what was written together with it."""
        if not asked.behind or asked.loops or sentence_for(asked) is not None:
            return asked
        texts = [row.text for row in (asked.row, *asked.behind)]
        follows = history.previous_question(asked.memory or [], 0.0) is not None
        burst = await bursts.first_of(texts, self._dialogue().read, follows)
        return asked.together(burst.count, burst.text)

    async def _thought(self, asked: Asked) -> Turn:
        if asked.loops:
            return Turn(None, case={"reason": "many_messages", "sentence": "many_messages"})
        reply = self._unread(asked)
        return await self._turn(asked) if reply is None else Turn(asked.memory, [reply])

    async def _turn(self, asked: Asked) -> Turn:
        with metrics.turn_seconds.time(), stages.stage(stages.DIALOGUE):
            return await self._dialogue().run(
                asked.row.conversation_id,
                asked.text,
                asked.language,
                asked.memory,
                asked.row.seq,
                asked.choice,
            )

    def _unread(self, asked: Asked) -> Reply | None:
        """Returns the answer to what is not a question in words, or None."""
        key = sentence_for(asked)
        return None if key is None else self._with_person(key, asked.language)

    def _rating(self, connection: Connection, asked: Asked) -> str | None:
        """Takes what tells how content the visitor was; None for what is to be answered."""
        if not self._casework.takes_rating(connection, asked.row, asked.choice):
            return None
        return self._end(connection, asked, "rated")

    def _wait(self, connection: Connection, asked: Asked, wait: timedelta) -> None:
        claiming.give_back(connection, asked.head, wait, "waits for more", tried=False)

    async def _finish(self, asked: Asked, turn: Turn) -> None:
        request = None if turn.case is None else request_of(turn.case)
        told = None
        if request is not None:
            with stages.stage(stages.TRANSLATION):
                told = await readable(self._translator, request, asked.text, asked.language)
        with stages.stage(stages.COMMIT):
            await self._write_end(self._commit, asked, turn, told)

    async def _failed(self, asked: Asked, error: Exception) -> None:
        attempt = asked.row.attempts
        metrics.turns_failed.labels(str(attempt >= len(TURN_RETRIES)).lower()).inc()
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
            wait = timedelta(seconds=TURN_RETRIES[attempt])
            why = type(error).__name__
            await self._database.run(claiming.give_back, asked.head, wait, why)
            self._wake_in(wait.total_seconds())
        else:
            apology = {"reason": "failure", "sentence": "apology_handoff"}
            # A form that asked is over: the person who has the case reads what was told.
            await self._finish(asked, Turn(None, case=apology))

    def _wake_in(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.worker.wake)
