"""The one transaction at the end of a visitor's message: all of its answer is written, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import outbox, pacing
from bot.content.voice import Voice
from bot.desk.casework import Casework, Request
from bot.desk.readable import Beside, Told, untranslated
from bot.dialogue import Turn
from bot.limits import Limits
from bot.messages import Button, Reply
from bot.store import Connection, Row, claiming, leaving, log
from bot.taking import Asked

CLOSED_MEANWHILE = "the case was closed"


class Turning:
    """Writes what became of visitors' messages.

    Args:
        casework: The desk.
        voice: Facts and sentences.
        limits: What each channel can carry, by channel name.
    """

    def __init__(self, casework: Casework, voice: Voice, limits: Mapping[str, Limits]) -> None:
        self._casework = casework
        self._voice = voice
        self._limits = limits

    def _to_desk(
        self, connection: Connection, asked: Asked, words: Beside | None = None
    ) -> str | None:
        """Gives a message to staff; returns what became of it, None where it waits on."""
        present = log.locked_conversation(connection, asked.row.conversation_id)
        if present.speaker not in log.WITH_PERSON:
            # Closed while these words were read: they are taken anew, and the bot answers them.
            claiming.give_back(connection, asked.head, timedelta(0), CLOSED_MEANWHILE)
            return None
        log.change_message(connection, asked.row.seq, translation=words)
        self._casework.relay(connection, asked.row)
        return self._end(connection, asked, "relayed")

    def _commit(
        self,
        connection: Connection,
        asked: Asked,
        turn: Turn,
        told: Told | None = None,
    ) -> str | None:
        """Writes a whole turn at once: the words, the memory, the case, the end of the message.

        Returns what became of the message, None where it waits on.
        """
        present = log.locked_conversation(connection, asked.row.conversation_id)
        if present.speaker in log.WITH_PERSON:
            # A person took over while the bot was thinking: what it thought is not said.
            self._show_understood(connection, asked, turn)
            return self._to_person(connection, asked, told)
        for index, reply in enumerate(turn.replies):
            self._lay(connection, asked, reply, "bot", disclose=asked.first and index == 0)
        if told is not None:
            self._show_understood(connection, asked, turn)
            log.change_message(connection, asked.row.seq, translation=told.beside)
            self._open_case(connection, asked, told.request)
        understood = turn.understood or {}
        self._casework.hear_praise(connection, asked.row, understood.get("topic"))
        unwritten = understood if told is None else None
        changed = _changed(present, turn, is_handed=told is not None)
        return self._end(connection, asked, "answered", understood=unwritten, **changed)

    def _show_understood(self, connection: Connection, asked: Asked, turn: Turn) -> None:
        """Writes down at once what a message was taken for, where staff are shown it."""
        if turn.understood:
            log.change_message(connection, asked.row.seq, **turn.understood)

    def _to_person(self, connection: Connection, asked: Asked, told: Told | None) -> str | None:
        if asked.before:
            # Staff read each message for itself.
            wait = timedelta(0)
            claiming.give_back(connection, asked.head, wait, leaving.TAKEN_OVER, tried=False)
            return None
        words = (told and told.beside) or untranslated(asked.language)
        return self._to_desk(connection, asked, words)

    def _open_case(self, connection: Connection, asked: Asked, request: Request) -> None:
        fresh = log.message(connection, asked.row.seq)
        assert fresh is not None
        if asked.before and request.question is None:
            request = replace(request, question=asked.text)
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

    def _end(self, connection: Connection, asked: Asked, outcome: str, **how: Any) -> str:
        """Ends the messages and gives the conversation its next place in the line."""
        claiming.finish(connection, asked.head, asked.until, outcome, asked.rest, **how)
        return outcome

    def _with_person(self, key: str, language: str) -> Reply:
        """Returns a sentence with a button to a person."""
        person = Button(self._voice.say("talk_to_person", language), "speak_to_human")
        return Reply(self._voice.say(key, language), (person,))


def _changed(present: Row[Any], turn: Turn, is_handed: bool) -> dict[str, Any]:
    """Returns what a turn changes of its conversation."""
    if is_handed:
        # A person looks now: what the bot said before counts no more.
        return {"memory": turn.memory, "answers": None, "unfinished": None}
    counted = pacing.answered(present.answers, log.now())
    changed: dict[str, Any] = {"memory": turn.memory, "answers": dict(counted)}
    if turn.settled or turn.unfinished:
        changed["unfinished"] = turn.unfinished
    if present.speaker == log.CLOSED:
        changed["speaker"] = log.BOT
    return changed
