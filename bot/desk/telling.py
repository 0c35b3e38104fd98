"""What every step at the desk can do: speak to the visitor, and post to the staff's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import outbox
from bot.content.voice import Voice
from bot.desk.clock import DeskClock
from bot.desk.people import Person
from bot.limits import Limits
from bot.messages import Reply
from bot.store import Connection, Row, log, queue


class Telling:
    """The desk's two mouths: the outbox for the visitor, the desk jobs for staff.

    Args:
        voice: Facts and sentences.
        limits: What each channel can carry, by channel name.
        undo_seconds: How long a reply waits so that its author can take it back.
        slack: Whether cases are shown in Slack threads.
    """

    def __init__(
        self, voice: Voice, limits: Mapping[str, Limits], undo_seconds: int, slack: bool
    ) -> None:
        self.voice = voice
        self.slack = slack
        self.undo_seconds = undo_seconds
        self._limits = limits
        self._clock = DeskClock(voice.museum)

    def _tell(
        self,
        connection: Connection,
        standing: Row[Any],
        sentence: str,
        in_reply_to: int | None = None,
        **values: object,
    ) -> None:
        current = log.pinned_language(connection, standing.conversation_id)
        words = self.voice.say(sentence, current or standing.language, **values)
        self._lay(connection, standing, Reply(words), author="system", in_reply_to=in_reply_to)

    def _lay(
        self, connection: Connection, standing: Row[Any], reply: Reply, **values: Any
    ) -> Sequence[int]:
        language = log.pinned_language(connection, standing.conversation_id)
        return outbox.lay(
            connection,
            standing.conversation_id,
            standing.channel,
            reply,
            self._limits[standing.channel],
            language=language or standing.language,
            case_id=standing.id,
            **values,
        )

    def _mirror(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        slack_ts: str | None,
    ) -> None:
        if slack_ts is None:
            self._post(connection, "staff_echo", standing.id, author=person.name, text=text)

    def announce(self, connection: Connection, text: str, ok: bool = False) -> None:
        """Tells all staff something that concerns no case, in the desk's channel.

        Args:
            connection: An open transaction.
            text: The words.
            ok: Whether this is good news.
        """
        if self.slack:
            queue.add_job(connection, "announcement", None, {"text": text, "ok": ok})

    def _ping(
        self,
        connection: Connection,
        case_id: int,
        text: str,
        people: Sequence[str] = (),
        channel: bool = False,
    ) -> None:
        """Posts a line in a case's thread that rings at people.

        Args:
            connection: An open transaction.
            case_id: The case.
            text: Our own words.
            people: Who is called: ids on Slack; of everybody else the thread names the name.
            channel: Whether everybody in the channel is called.
        """
        self._post(connection, "ping", case_id, text=text, people=list(people), channel=channel)

    def _post(self, connection: Connection, kind: str, case_id: int, **payload: Any) -> None:
        if self.slack:
            queue.add_job(connection, kind, case_id, payload)
