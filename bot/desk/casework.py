"""The desk's work on a case, one function for each thing that staff or visitors do to it.

Every function takes an open connection and leaves everything consistent in that one transaction:
the case, who speaks, the words to the visitor (outbox) and the posts to the thread (desk jobs).
Slack and the web desk are two faces of these same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot import outbox
from bot.content.voice import Voice
from bot.desk import replies
from bot.desk.clock import DeskClock
from bot.limits import Limits
from bot.messages import Reply
from bot.store import Connection, Row, cases, log, queue

# How many messages before the case are shown in its thread.
TRANSCRIPT = 12


@dataclass(frozen=True)
class Person:
    """A member of staff: the id on Slack or "web:<name>", and the name that visitors read."""

    id: str
    name: str


@dataclass(frozen=True)
class Outcome:
    """What became of a step: queued, note, needs_claim, needs_confirm, done or refused."""

    kind: str
    reason: str = ""
    seq: int | None = None


@dataclass(frozen=True)
class Request:
    """Why a case is to be opened, as the dialogue asks for it."""

    reason: str
    opening_sentence: str = "handoff_open"


class Casework:
    """The desk.

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

    def open_case(
        self, connection: Connection, row: Row[Any], language: str, request: Request
    ) -> Row[Any]:
        """Opens a case for a visitor's message and tells the visitor, or finds the open one."""
        at = log.now()
        opened = cases.insert_case(
            connection,
            conversation_id=row.conversation_id,
            reason=request.reason,
            question=row.text,
            translation=row.translation,
            understood=row.ranking,
            department=self._clock.first_department,
            language=language,
            due_at=self._clock.due(row.channel, at),
        )
        if opened is None:
            standing = cases.open_case_of(connection, row.conversation_id)
            assert standing is not None
            self._tell(connection, standing, "handoff_already", row.seq, ref=standing.ref)
            return standing
        log.change_conversation(connection, row.conversation_id, speaker=log.QUEUED, misses=0)
        log.change_message(connection, row.seq, case_id=opened.id)
        cases.audit(connection, opened.id, "docent", "opened", request.reason)
        self._acknowledge(connection, opened, request.opening_sentence, row.seq)
        self._show_new_case(connection, opened, row.seq)
        return opened

    def relay(self, connection: Connection, row: Row[Any]) -> None:
        """Hands a visitor's message to the person who has the case."""
        standing = cases.open_case_of(connection, row.conversation_id)
        assert standing is not None
        log.change_message(connection, row.seq, case_id=standing.id)
        cases.audit(connection, standing.id, "visitor", "wrote")
        self._post(connection, "visitor", standing.id, seq=row.seq)

    def claim(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Makes a person the owner; refused where somebody else is, or the case is closed."""
        if not cases.take(connection, case_id, person.id, person.name):
            return self._cannot_claim(cases.case(connection, case_id), person)
        taken = cases.case(connection, case_id)
        log.change_conversation(connection, taken.conversation_id, speaker=log.HUMAN)
        cases.audit(connection, case_id, person.name, "claimed")
        self._tell(connection, taken, "claimed", name=person.name)
        self._post(connection, "card", case_id)
        self._post(connection, "line", case_id, text=f"{person.name} claimed this case.")
        return Outcome("done")

    def resolve(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case; the visitor is told, and the bot answers what is written next."""
        return self._close(connection, case_id, person, "resolved", log.CLOSED, "closed")

    def back_to_bot(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case and lets the bot speak again at once."""
        return self._close(connection, case_id, person, "returned", log.BOT, "back_to_bot")

    def set_department(
        self, connection: Connection, case_id: int, person: Person, department: str
    ) -> Outcome:
        """Gives an open case to a department."""
        names = {d.id: d.name for d in self.voice.museum.departments}
        standing = cases.case(connection, case_id)
        if department not in names:
            return Outcome("refused", f"There is no department {department!r}.")
        if standing.state not in cases.OPEN_STATES:
            return Outcome("refused", "This case is closed.")
        cases.change_case(connection, case_id, department=department)
        cases.audit(connection, case_id, person.name, "department", department)
        self._post(connection, "card", case_id)
        words = f"{person.name} moved this case to {names[department]}."
        self._post(connection, "line", case_id, text=words)
        return Outcome("done")

    def staff_says(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        *,
        slack_ts: str | None = None,
        confirm: str | None = None,
    ) -> Outcome:
        """Decides what a text of staff is, a note or a reply, and does it.

        Args:
            connection: An open transaction.
            case_id: The case.
            person: Who wrote it.
            text: The words as written.
            slack_ts: The message in Slack; the same message twice changes nothing.
            confirm: "claim" or "anyway" once the author has said so.
        """
        standing = cases.case(connection, case_id)
        if standing.state not in cases.OPEN_STATES:
            return self._too_late(connection, standing, person, text, slack_ts)
        if confirm == "claim":
            claimed = self.claim(connection, case_id, person)
            if claimed.kind == "refused":
                return claimed
            standing = cases.case(connection, case_id)
        decision = replies.decide(
            text,
            author_is_owner=standing.owner_id == person.id,
            claimed=standing.state == "claimed",
            confirm=confirm,
        )
        if decision.kind == "reply":
            return self._reply(connection, standing, person, text, slack_ts)
        kept = self.keep_as_note(connection, case_id, person, text, slack_ts)
        kinds = {"offer_claim": "needs_claim", "offer_anyway": "needs_confirm"}
        return Outcome(kinds.get(decision.kind, "note"), decision.reason, kept.seq)

    def keep_as_note(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        slack_ts: str | None = None,
    ) -> Outcome:
        """Writes a text of staff to the log as a note; it is never sent."""
        standing = cases.case(connection, case_id)
        before = log.by_slack_ts(connection, slack_ts)
        if before is not None:
            return Outcome("note", "", before.seq)
        seq = log.add_message(
            connection,
            conversation_id=standing.conversation_id,
            channel=standing.channel,
            direction="note",
            author="staff",
            author_id=person.id,
            author_name=person.name,
            text=text,
            language=None,
            state="kept",
            case_id=case_id,
            slack_ts=slack_ts,
        )
        cases.audit(connection, case_id, person.name, "noted")
        self._mirror(connection, standing, person, f"Note: {text}", slack_ts)
        return Outcome("note", "", seq)

    def undo(self, connection: Connection, case_id: int, person: Person, seq: int) -> Outcome:
        """Takes a reply back while it still waits."""
        row = log.message(connection, seq)
        if row is None or row.case_id != case_id or row.author != "staff":
            return Outcome("refused", "There is no such reply in this case.")
        if not log.cancel_queued(connection, seq, f"taken back by {person.name}"):
            return Outcome("refused", "Too late: it has been sent.")
        cases.audit(connection, case_id, person.name, "undid")
        self._post(connection, "line", case_id, text=f"{person.name} took a reply back.")
        return Outcome("done", seq=seq)

    def reply_sent(self, connection: Connection, row: Row[Any], _reason: str) -> None:
        """Notes on the case that a reply of staff reached the visitor's platform."""
        if row.author != "staff" or row.case_id is None:
            return
        if cases.case(connection, row.case_id).first_reply_at is None:
            cases.change_case(connection, row.case_id, first_reply_at=log.now())
        if row.slack_ts:
            self._post(connection, "react", row.case_id, ts=row.slack_ts, name="white_check_mark")

    def reply_failed(self, connection: Connection, row: Row[Any], reason: str) -> None:
        """Tells the thread that a message will not reach the visitor, why, and what to do."""
        standing = cases.open_case_of(connection, row.conversation_id)
        case_id = row.case_id or (standing.id if standing else None)
        if case_id is None:
            return
        cases.audit(connection, case_id, "docent", "failed", reason)
        self._post(connection, "failed", case_id, seq=row.seq, reason=reason)

    def _reply(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        slack_ts: str | None,
    ) -> Outcome:
        before = log.by_slack_ts(connection, slack_ts)
        if before is not None and before.direction == "out":
            return Outcome("queued", "already on its way", before.seq)
        if before is not None:
            # It was kept as a note until its author said to send it.
            log.forget_note(connection, before.seq)
        wait = timedelta(seconds=self.undo_seconds)
        numbers = self._lay(
            connection,
            standing,
            Reply(replies.to_visitor(text)),
            author="staff",
            author_id=person.id,
            author_name=person.name,
            not_before=log.now() + wait if self.undo_seconds else None,
            slack_ts=slack_ts,
        )
        cases.audit(connection, standing.id, person.name, "replied")
        if slack_ts and self.undo_seconds:
            self._post(
                connection,
                "preview",
                standing.id,
                user=person.id,
                seq=numbers[0],
                seconds=self.undo_seconds,
            )
        self._mirror(connection, standing, person, text, slack_ts)
        return Outcome("queued", seq=numbers[0])

    def _close(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        state: str,
        speaker: str,
        sentence: str,
    ) -> Outcome:
        if not cases.close(connection, case_id, state):
            return Outcome("refused", "This case is closed already.")
        closed = cases.case(connection, case_id)
        log.change_conversation(connection, closed.conversation_id, speaker=speaker, misses=0)
        cases.audit(connection, case_id, person.name, state)
        self._tell(connection, closed, sentence)
        self._post(connection, "card", case_id)
        done = "resolved this case" if state == "resolved" else "gave this case back to the bot"
        self._post(connection, "line", case_id, text=f"{person.name} {done}.")
        return Outcome("done")

    def _too_late(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        slack_ts: str | None,
    ) -> Outcome:
        kept = self.keep_as_note(connection, standing.id, person, text, slack_ts)
        return Outcome("note", "This case is closed, so nothing was sent.", kept.seq)

    def _cannot_claim(self, standing: Row[Any], person: Person) -> Outcome:
        if standing.state == "claimed" and standing.owner_id == person.id:
            return Outcome("done", "You have this case already.")
        if standing.state == "claimed":
            return Outcome("refused", f"{standing.owner} has this case.")
        return Outcome("refused", "This case is closed.")

    def _acknowledge(
        self, connection: Connection, opened: Row[Any], sentence: str, seq: int
    ) -> None:
        language = opened.language
        words = [self.voice.say(sentence, language, ref=opened.ref)]
        reopening = self._clock.reopening(log.now(), language)
        if reopening:
            words.append(self.voice.say("out_of_hours", language, time=reopening))
        else:
            place = cases.queue_position(connection, opened.id)
            key = "queue_next" if place == 1 else "queue_position"
            words.append(self.voice.say(key, language, position=place))
        between = " " if language == "en" else ""
        self._lay(
            connection,
            opened,
            Reply(between.join(words)),
            author="system",
            in_reply_to=seq,
        )

    def _show_new_case(self, connection: Connection, opened: Row[Any], seq: int) -> None:
        self._post(connection, "root", opened.id)
        before = [m.seq for m in log.history(connection, opened.conversation_id) if m.seq < seq]
        if before:
            self._post(connection, "transcript", opened.id, seqs=before[-TRANSCRIPT:])

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

    def _post(self, connection: Connection, kind: str, case_id: int, **payload: Any) -> None:
        if self.slack:
            queue.add_job(connection, kind, case_id, payload)
