"""How a case comes: opened once, linked to the one before, given to a department, acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk.away import Away
from bot.desk.carrying import expect
from bot.desk.people import Request
from bot.desk.routing import CaseFacts, Route, route
from bot.messages import Reply
from bot.store import Connection, Row, cases, log

# How many messages before the case are shown in its thread.
TRANSCRIPT = 12
# For so long after its end a case is the one before a new one of the same visitor.
EPISODE = timedelta(days=14)


class Opening(Away):
    """Opens cases."""

    def open_case(
        self, connection: Connection, row: Row[Any], language: str, request: Request
    ) -> Row[Any]:
        """Opens a case for a visitor's message and tells the visitor, or finds the open one."""
        log.locked_conversation(connection, row.conversation_id)
        routed = self._route(row, language, request)
        opened = self._insert(connection, row, language, request, routed)
        if opened is None:
            standing = cases.open_case_of(connection, row.conversation_id)
            assert standing is not None
            self._tell(connection, standing, "handoff_already", row.seq, ref=standing.ref)
            return standing
        log.change_conversation(connection, row.conversation_id, speaker=log.QUEUED)
        log.change_message(connection, row.seq, case_id=opened.id)
        expect(connection, row, opened.id)
        cases.audit(connection, opened.id, "docent", "opened", request.reason)
        cases.audit(connection, opened.id, "docent", "routed", routed.why)
        self._settle(connection, opened.id)
        self._acknowledge(connection, opened, request.opening_sentence, row.seq)
        self._show_new_case(connection, opened, row.seq)
        self._link(connection, opened)
        if routed.people:
            self._ping(connection, opened.id, "A new case for you.", routed.people)
        return cases.case(connection, opened.id)

    def _insert(
        self,
        connection: Connection,
        row: Row[Any],
        language: str,
        request: Request,
        routed: Route,
    ) -> Row[Any] | None:
        before = cases.last_closed(connection, row.conversation_id, log.now() - EPISODE)
        return cases.insert_case(
            connection,
            conversation_id=row.conversation_id,
            reason=request.reason,
            question=request.question or row.text,
            translation=_translation(row, request),
            understood=_guesses(row, request),
            details=dict(request.details) or None,
            priority=request.priority,
            mood=request.mood,
            department=routed.department,
            slack_channel=routed.slack_channel,
            language=language,
            previous_id=None if before is None else before.id,
        )

    def _link(self, connection: Connection, opened: Row[Any]) -> None:
        """Says in the thread of the case before that the visitor is here again."""
        if opened.previous_id is None:
            return
        cases.audit(connection, opened.id, "docent", "linked", str(opened.previous_ref))
        cases.audit(connection, opened.previous_id, "docent", "followed", opened.ref)
        words = f"The visitor wrote again: {opened.ref}"
        self._post(connection, "line", opened.previous_id, text=words)

    def _route(self, row: Row[Any], language: str, request: Request) -> Route:
        """Returns where a case goes: as the request says, else by the museum's table."""
        museum = self.voice.museum
        for department in museum.departments:
            if department.id == request.department:
                people = department.people
                asked = "what was asked for"
                return Route(department.id, department.slack_channel, people, None, asked)
        topic = (row.topic or "").removeprefix("faq/") or None
        facts = CaseFacts(
            request.reason, row.channel, language, request.priority, topic, request.mood
        )
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
        if not self._clock.is_staffed(log.now()):
            return self._away(connection, opened, language)
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
