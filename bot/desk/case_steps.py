"""The steps of a case: opened, relayed, claimed, given to a department, closed.

Every function takes an open connection and leaves everything consistent in that one transaction:
the case, who speaks, the words to the visitor (outbox) and the posts to the thread (desk jobs).
"""

from __future__ import annotations

from typing import Any

from bot.desk.people import URGENT, Outcome, Person, Request
from bot.desk.routing import CaseFacts, Route, route
from bot.desk.telling import Telling
from bot.messages import Reply
from bot.nlu.emergencies import emergency
from bot.store import Connection, Row, cases, log, queue

# How many messages before the case are shown in its thread.
TRANSCRIPT = 12
EMERGENCY = "This may be an emergency. The visitor was told whom to call. Please look at it now."


class CaseSteps(Telling):
    """What can happen to a case."""

    def open_case(
        self, connection: Connection, row: Row[Any], language: str, request: Request
    ) -> Row[Any]:
        """Opens a case for a visitor's message and tells the visitor, or finds the open one."""
        at = log.now()
        routed = self._route(row, language, request)
        opened = cases.insert_case(
            connection,
            conversation_id=row.conversation_id,
            reason=request.reason,
            question=request.question or row.text,
            translation=_translation(row, request),
            understood=_guesses(row, request),
            details=dict(request.details) or None,
            priority=request.priority,
            department=routed.department,
            slack_channel=routed.slack_channel,
            language=language,
            due_at=self._clock.due(row.channel, at, request.is_urgent),
        )
        if opened is None:
            standing = cases.open_case_of(connection, row.conversation_id)
            assert standing is not None
            self._tell(connection, standing, "handoff_already", row.seq, ref=standing.ref)
            return standing
        log.change_conversation(connection, row.conversation_id, speaker=log.QUEUED)
        log.change_message(connection, row.seq, case_id=opened.id)
        cases.audit(connection, opened.id, "docent", "opened", request.reason)
        cases.audit(connection, opened.id, "docent", "routed", routed.why)
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
        kind = None if row.payload.get("choice") else emergency(row.text)
        if kind is not None and standing.priority != URGENT:
            self._alarm(connection, standing, row, kind)

    def _alarm(self, connection: Connection, standing: Row[Any], row: Row[Any], kind: str) -> None:
        """Makes a case urgent, and says once what to do: a person may take minutes to read it."""
        due = self._clock.due(row.channel, log.now(), urgent=True)
        cases.change_case(connection, standing.id, priority=URGENT, due_at=due)
        cases.audit(connection, standing.id, "docent", URGENT, kind)
        self._tell(connection, standing, f"emergency.{kind}", row.seq)
        self._tell(connection, standing, "emergency.passed_on", row.seq, ref=standing.ref)
        self._post(connection, "card", standing.id)
        self._post(connection, "warning", standing.id, text=EMERGENCY)

    def claim(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Makes a person the owner; refused where somebody else is, or the case is closed."""
        if not cases.take(connection, case_id, person.id, person.name):
            return self._cannot_claim(cases.case(connection, case_id), person)
        taken = cases.case(connection, case_id)
        log.change_conversation(connection, taken.conversation_id, speaker=log.HUMAN)
        queue.silence_bot(connection, taken.conversation_id)
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
        log.change_conversation(connection, closed.conversation_id, speaker=speaker)
        cases.audit(connection, case_id, person.name, state)
        self._tell(connection, closed, sentence)
        self._post(connection, "card", case_id)
        done = "resolved this case" if state == "resolved" else "gave this case back to the bot"
        self._post(connection, "line", case_id, text=f"{person.name} {done}.")
        return Outcome("done")

    def _cannot_claim(self, standing: Row[Any], person: Person) -> Outcome:
        if standing.state in cases.CLAIMED and standing.owner_id == person.id:
            return Outcome("done", "You have this case already.")
        if standing.state in cases.CLAIMED:
            return Outcome("refused", f"{standing.owner} has this case.")
        return Outcome("refused", "This case is closed.")

    def _route(self, row: Row[Any], language: str, request: Request) -> Route:
        """Returns where a case goes: as the request says, else by the museum's table."""
        museum = self.voice.museum
        for department in museum.departments:
            if department.id == request.department:
                return Route(
                    department.id, department.slack_channel, (), None, "what was asked for"
                )
        topic = (row.topic or "").removeprefix("faq/") or None
        facts = CaseFacts(request.reason, row.channel, language, request.priority, topic)
        return route(facts, museum.routes)

    def _acknowledge(
        self, connection: Connection, opened: Row[Any], sentence: str, seq: int
    ) -> None:
        language = opened.language
        words = [self.voice.say(sentence, language, ref=opened.ref)]
        words.append(self._when(connection, opened, language))
        # Chinese sentences follow each other without a space.
        between = " " if language == "en" else ""
        self._lay(connection, opened, Reply(between.join(words)), author="system", in_reply_to=seq)

    def _when(self, connection: Connection, opened: Row[Any], language: str) -> str:
        """Says when a person will answer: the place in the queue, or the next opening."""
        at = log.now()
        if not self._clock.is_staffed(at):
            reopening = self._clock.reopening(at, language)
            if reopening is None:
                return self.voice.say("no_people_yet", language)
            return self.voice.say("out_of_hours", language, time=reopening)
        place = cases.queue_position(connection, opened.id)
        key = "queue_next" if place == 1 else "queue_position"
        return self.voice.say(key, language, position=place)

    def _show_new_case(self, connection: Connection, opened: Row[Any], seq: int) -> None:
        self._post(connection, "root", opened.id)
        before = log.last_before(connection, opened.conversation_id, seq, TRANSCRIPT)
        if before:
            self._post(connection, "transcript", opened.id, seqs=before)


def _guesses(row: Row[Any], request: Request) -> Any:
    """Returns what was guessed of the visitor's message; of a form's answer nothing was."""
    return None if request.details or row.decision == "form" else row.ranking


def _translation(row: Row[Any], request: Request) -> dict[str, Any] | None:
    """Returns what stands beside the visitor's words, those of the details among them."""
    if not request.translations:
        return row.translation
    return {**(row.translation or {}), "details": dict(request.translations)}
