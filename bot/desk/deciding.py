"""Before words of staff are sent: what their author has said, and who else is replying."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from bot.desk.colliding import Colliding, collision_words
from bot.desk.people import Outcome, Person
from bot.desk.replies import Decision, Why, decide
from bot.store import Connection, Row, cases

CLAIM, ANYWAY, REOPEN, FOLLOW_UP = "claim", "anyway", "reopen", "follow_up"
# What is said of a closed case.
AFTER = (REOPEN, FOLLOW_UP)
# How it came that words were sent, for the audit.
HOW = {
    None: "as the owner",
    CLAIM: "claimed and sent",
    ANYWAY: "sent anyway",
    REOPEN: "opened again and sent",
    FOLLOW_UP: "sent as a follow-up; the case stays closed",
}
_KINDS = {
    "offer_claim": "needs_claim",
    "offer_anyway": "needs_confirm",
    "offer_reopen": "needs_reopen",
}


class Deciding(Colliding):
    """Judges words of staff; the rest of `Casework` brings the steps of the case."""

    @abstractmethod
    def claim(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Makes a person the owner."""

    @abstractmethod
    def reopen(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Opens a closed case again."""

    def held_back(self, connection: Connection, standing: Row[Any], person: Person) -> Outcome:
        """Returns what an author is asked where somebody else has the case by now."""
        other = self._collision(connection, standing.id, person, None)
        if other is None:
            return Outcome("needs_confirm", f"{standing.owner} has this case.")
        cases.audit(connection, standing.id, person.name, "held", f"message {other.seq}")
        return Outcome("needs_confirm", collision_words(other), knowing=other.seq)

    def _prepared(
        self, connection: Connection, standing: Row[Any], person: Person, confirm: str | None
    ) -> Outcome | None:
        """Does what a button says beside sending; returns the refusal where there is one."""
        is_open = standing.state in cases.OPEN_STATES
        if confirm == FOLLOW_UP and not is_open:
            other = cases.open_case_of(connection, standing.conversation_id)
            why = f"The visitor has an open case, {other.ref}: write there." if other else ""
            return Outcome("refused", why) if other else None
        if confirm == REOPEN and not is_open:
            opened = self.reopen(connection, standing.id, person)
            if opened.kind == "refused":
                return opened
            is_open = True
        if confirm in (CLAIM, REOPEN) and is_open:
            claimed = self.claim(connection, standing.id, person)
            return claimed if claimed.kind == "refused" else None
        return None

    def _verdict(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        confirm: str | None,
        knowing: int | None = None,
    ) -> Outcome:
        """Returns "reply", "note", or what the author is to be asked, and why."""
        is_open = standing.state in cases.OPEN_STATES
        is_owner = standing.owner_id == person.id and standing.state in cases.CLAIMED
        decision = decide(
            text,
            author_is_owner=is_owner,
            claimed=standing.state in cases.CLAIMED,
            closed=not is_open,
            # Opened again by somebody else meanwhile: what is true now is asked anew.
            confirm=None if confirm == FOLLOW_UP and is_open else confirm,
        )
        if is_owner or decision.kind not in ("reply", "offer_anyway", "offer_reopen"):
            return _outcome(decision)
        other = self._collision(connection, standing.id, person, knowing)
        if other is None:
            return _outcome(decision)
        if decision.kind == "reply":
            cases.audit(connection, standing.id, person.name, "held", f"message {other.seq}")
        words = collision_words(other)
        if is_open:
            return Outcome("needs_confirm", words, knowing=other.seq)
        return Outcome("needs_reopen", f"{Why.CLOSED.value} {words}", knowing=other.seq)


def _outcome(decision: Decision) -> Outcome:
    kind = _KINDS.get(decision.kind, decision.kind)
    return Outcome(kind, decision.reason)


def with_seq(outcome: Outcome, kept: Outcome) -> Outcome:
    """Returns what became of words together with the note that keeps them."""
    return replace(outcome, seq=kept.seq)
