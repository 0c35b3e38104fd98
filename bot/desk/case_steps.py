"""The steps of a case: relayed, claimed, let go, closed, opened again.

Every function takes an open connection and leaves everything consistent in that one transaction:
the case, who speaks, the words to the visitor (outbox) and the posts to the thread (desk jobs).
"""

from __future__ import annotations

from typing import Any

from bot.content.desk_sections import OWNER
from bot.desk import states
from bot.desk.carrying import expect
from bot.desk.opening import Opening
from bot.desk.people import URGENT, Outcome, Person
from bot.nlu.emergencies import emergency
from bot.store import Connection, Row, cases, log, queue

EMERGENCY = "This may be an emergency. The visitor was told whom to call. Please look at it now."
CLOSED = "This case is closed."


class CaseSteps(Opening):
    """What can happen to a case that is there."""

    def relay(self, connection: Connection, row: Row[Any]) -> None:
        """Hands a visitor's message to the person who has the case."""
        log.locked_conversation(connection, row.conversation_id)
        standing = cases.open_case_of(connection, row.conversation_id)
        assert standing is not None
        log.change_message(connection, row.seq, case_id=standing.id)
        expect(connection, row, standing.id)
        self._take(connection, standing, states.VISITOR)
        cases.audit(connection, standing.id, "visitor", "wrote")
        self._settle(connection, standing.id)
        self._post(connection, "visitor", standing.id, seq=row.seq)
        if standing.state == "waiting":
            self._post(connection, "card", standing.id)
        kind = None if row.payload.get("choice") else emergency(row.text)
        if kind is not None and standing.priority != URGENT:
            return self._alarm(connection, standing, row, kind)
        self._tell_away(connection, standing, row)

    def _alarm(self, connection: Connection, standing: Row[Any], row: Row[Any], kind: str) -> None:
        """Makes a case urgent, and says once what to do: a person may take minutes to read it."""
        cases.change_case(connection, standing.id, priority=URGENT)
        cases.audit(connection, standing.id, "docent", URGENT, kind)
        self._settle(connection, standing.id)
        self._tell(connection, standing, f"emergency.{kind}", row.seq)
        self._tell(connection, standing, "emergency.passed_on", row.seq, ref=standing.ref)
        self._post(connection, "card", standing.id)
        self._call(connection, standing, EMERGENCY, (OWNER,))

    def claim(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Makes a person the owner; refused where somebody else is, or the case is closed."""
        standing = cases.held(connection, case_id)
        owned = {"owner_id": person.id, "owner": person.name, "claimed_at": log.now()}
        if not self._take(connection, standing, states.CLAIM, acted_at=log.now(), **owned):
            return self._cannot_claim(standing, person)
        self._with_person(connection, standing)
        cases.audit(connection, case_id, person.name, "claimed")
        self._settle(connection, case_id)
        self._tell(connection, standing, self._claimed_words(standing), name=person.name)
        self._post(connection, "card", case_id)
        self._post(connection, "line", case_id, text=f"{person.name} claimed this case.")
        return Outcome("done")

    def release(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Gives a claimed case back to the queue; the bot stays silent, the visitor waits on."""
        standing = cases.held(connection, case_id)
        if not self._let_go(connection, standing, states.RELEASE):
            waits = standing.state in cases.UNCLAIMED
            return Outcome("refused", "Nobody has this case." if waits else CLOSED)
        cases.audit(connection, case_id, person.name, "released")
        self._settle(connection, case_id)
        self._post(connection, "card", case_id)
        words = f"{person.name} put this case back in the queue."
        self._ping(connection, case_id, words, self._people_of(standing))
        return Outcome("done")

    def resolve(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case; the visitor is told, and the bot answers what is written next."""
        return self._close(connection, case_id, person, states.RESOLVE)

    def back_to_bot(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case and lets the bot speak again at once."""
        return self._close(connection, case_id, person, states.BACK_TO_BOT)

    def reopen(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Opens a closed case again; refused while the visitor has another open one."""
        standing = cases.held(connection, case_id)
        other = cases.open_case_of(connection, standing.conversation_id)
        if other is not None:
            same = other.id == case_id
            why = "This case is open." if same else f"The visitor has an open case, {other.ref}."
            return Outcome("refused", why)
        again = {"open_key": standing.conversation_id, "closed_at": None}
        nobody = {"owner_id": None, "owner": None, "acted_at": None}
        if not self._take(connection, standing, states.REOPEN, **again, **nobody):
            return Outcome("refused", "This case is open.")
        log.change_conversation(connection, standing.conversation_id, speaker=log.QUEUED)
        cases.audit(connection, case_id, person.name, "reopened")
        self._settle(connection, case_id)
        self._tell(connection, standing, "reopened", ref=standing.ref)
        self._post(connection, "card", case_id)
        self._post(connection, "line", case_id, text=f"{person.name} opened this case again.")
        return Outcome("done")

    def _let_go(self, connection: Connection, standing: Row[Any], step: str) -> bool:
        """Takes a case from its owner; tells whether it had one."""
        nobody = {"owner_id": None, "owner": None, "claimed_at": None, "acted_at": None}
        if not self._take(connection, standing, step, **nobody):
            return False
        log.change_conversation(connection, standing.conversation_id, speaker=log.QUEUED)
        return True

    def _with_person(self, connection: Connection, standing: Row[Any]) -> None:
        """Gives the visitor to a person: from here on the bot says nothing."""
        log.change_conversation(connection, standing.conversation_id, speaker=log.HUMAN)
        queue.silence_bot(connection, standing.conversation_id)

    def _close(self, connection: Connection, case_id: int, person: Person, step: str) -> Outcome:
        standing = cases.held(connection, case_id)
        speaker, sentence, done = _ENDS[step]
        ended = {"open_key": None, "closed_at": log.now()}
        if not self._take(connection, standing, step, **ended):
            return Outcome("refused", "This case is closed already.")
        log.change_conversation(connection, standing.conversation_id, speaker=speaker)
        cases.audit(connection, case_id, person.name, states.STEPS[step][standing.state])
        self._settle(connection, case_id)
        self._tell(connection, standing, sentence)
        self._post(connection, "card", case_id)
        self._post(connection, "line", case_id, text=f"{person.name} {done}.")
        return Outcome("done")

    def _cannot_claim(self, standing: Row[Any], person: Person) -> Outcome:
        if standing.state in cases.CLAIMED and standing.owner_id == person.id:
            return Outcome("done", "You have this case already.")
        if standing.state in cases.CLAIMED:
            return Outcome("refused", f"{standing.owner} has this case.")
        return Outcome("refused", CLOSED)


_ENDS = {
    states.RESOLVE: (log.CLOSED, "closed", "resolved this case"),
    states.BACK_TO_BOT: (log.BOT, "back_to_bot", "gave this case back to the bot"),
}
