"""What staff change after writing it: edits and deletions, as far as the platform carries them.

A reply that still waits is reworded or taken back. One that the visitor has is changed where the
platform can (`Limits.edits`, `Limits.deletes`), else corrected by one more message; each change is
a row of the outbox (`bot.store.revisions`), so that it keeps its place and survives a restart.
"""

from __future__ import annotations

from typing import Any

from bot.desk import replies
from bot.desk.blocks import CHANNELS
from bot.desk.keeping import Keeping
from bot.desk.people import Outcome, Person
from bot.desk.revising import Revising
from bot.laying import cut
from bot.messages import Reply
from bot.store import Connection, Row, cases, log, revisions
from bot.translate.said import Spoken, as_written

# The visitor has nothing of it: what its author makes of it now is asked of them anew.
NEVER_ARRIVED = ("cancelled", "dead")
WAITS = ("queued", "waiting")
NOTE_NOW = "It is a note now, and the visitor has it"


class Corrections(Revising, Keeping):
    """What the desk makes of edits and deletions."""

    def staff_edits(
        self,
        connection: Connection,
        row: Row[Any],
        person: Person,
        text: str,
        spoken: Spoken | None = None,
    ) -> Outcome:
        """Carries what a message of staff says now.

        Args:
            connection: An open transaction.
            row: The message in the log, a note or a reply.
            person: Who wrote it.
            text: The words as they are now, in Slack's markup.
            spoken: The words as the visitor reads them; as written unless given.

        Returns:
            "queued" where something is on its way, "note" where nothing is, "refused" where the
            visitor keeps what they have, else what its author is to be asked: "needs_claim",
            "needs_confirm", "needs_send" or "needs_reopen".
        """
        standing = cases.held(connection, row.case_id)
        row = log.message(connection, row.seq) or row
        if row.direction == "note":
            return self._edit_note(connection, standing, row, person, text)
        if row.payload.get("file"):
            return self._beside_a_file(connection, standing, person)
        why = replies.never_sent(text)
        if row.state in NEVER_ARRIVED:
            return self._ask_anew(connection, standing, row, person, text)
        if row.state in WAITS and why is not None:
            if self._made_a_note(connection, standing, row, person, text, why.value):
                return Outcome("note", f"taken back before it was sent: {why.value}")
        elif row.state in WAITS:
            worded = spoken or as_written(replies.to_visitor(text))
            if self._reworded(connection, standing, row, person, worded):
                return Outcome("queued", "reworded before it was sent", row.seq)
        if why is not None:
            return self._note_too_late(connection, standing, row, person)
        worded = spoken or as_written(replies.to_visitor(text))
        return self._correct(connection, standing, row, person, worded)

    def staff_deletes(self, connection: Connection, row: Row[Any], person: Person) -> Outcome:
        """Takes a reply back, from the outbox or from the visitor, as far as that goes."""
        standing = cases.held(connection, row.case_id)
        row = log.message(connection, row.seq) or row
        if row.state in NEVER_ARRIVED:
            return Outcome("note", "it never reached the visitor")
        parts = revisions.parts(connection, row)
        self._drop_changes(connection, parts, "deleted in Slack")
        left = [p for p in parts if not log.cancel_queued(connection, p.seq, "deleted in Slack")]
        if not left:
            cases.audit(connection, standing.id, person.name, "deleted", "before it was sent")
            words = f"{person.name} deleted a reply before it was sent, so nothing went to the"
            self._post(connection, "warning", standing.id, text=f"{words} visitor.")
            return Outcome("done", "taken back before it was sent")
        if not self._limits[standing.channel].deletes:
            return self._keeps_it(connection, standing, person)
        for place, part in enumerate(left):
            change = {revisions.DELETES: part.seq}
            self._lay_change(connection, standing, person, part.text, change, place == 0, None)
        cases.audit(connection, standing.id, person.name, "deleted", "after it was sent")
        return Outcome("queued", "being taken back from the visitor")

    def _beside_a_file(
        self, connection: Connection, standing: Row[Any], person: Person
    ) -> Outcome:
        """Says that words which were added to a file go nowhere: its message holds none."""
        cases.audit(connection, standing.id, person.name, "edited", "the words beside a file")
        words = f"{person.name} added words to a file. They were not sent: write them anew."
        self._post(connection, "warning", standing.id, text=words)
        return Outcome("refused", "words beside a file are not sent")

    # -- notes ------------------------------------------------------------------------------------

    def _edit_note(
        self, connection: Connection, standing: Row[Any], row: Row[Any], person: Person, text: str
    ) -> Outcome:
        """Keeps what a note says now; one that lost its mark is not sent by that alone."""
        was = replies.never_sent(row.text)
        # Of files alone its text was their names: these words are words.
        kept = {**row.payload, **({"bare": False} if row.payload.get("bare") else {})}
        log.change_message(connection, row.seq, text=text, reason=None, payload=kept)
        cases.audit(connection, standing.id, person.name, "edited", "a note")
        if was is None or replies.never_sent(text) is not None:
            # Asked about before, its author may press the same button: the newest words go.
            return Outcome("note", "an edited note stays a note", row.seq)
        return self.asks(standing, person, row.seq)

    def _ask_anew(
        self, connection: Connection, standing: Row[Any], row: Row[Any], person: Person, text: str
    ) -> Outcome:
        """Makes a note of a reply that never arrived, and asks whether its new words are to go."""
        ts = row.slack_ts
        log.change_message(connection, row.seq, slack_ts=None)
        why = replies.never_sent(text)
        reason = "edited after it was taken back" if row.state == "cancelled" else "not delivered"
        kept = self.keep_as_note(connection, standing.id, person, text, ts, reason)
        if why is not None:
            return Outcome("note", why.value, kept.seq)
        return self.asks(standing, person, kept.seq)

    def asks(self, standing: Row[Any], person: Person, seq: int | None = None) -> Outcome:
        """Returns what an author is to be asked before words that stayed are sent."""
        words = "An edit alone sends nothing."
        if standing.state not in cases.OPEN_STATES:
            return Outcome("needs_reopen", f"{words} This case is closed.", seq)
        if standing.state in cases.UNCLAIMED:
            return Outcome("needs_claim", f"{words} {replies.Why.UNCLAIMED.value}", seq)
        if standing.owner_id == person.id:
            return Outcome("needs_send", words, seq)
        return Outcome("needs_confirm", f"{words} {standing.owner} has this case.", seq)

    def _made_a_note(
        self,
        connection: Connection,
        standing: Row[Any],
        row: Row[Any],
        person: Person,
        text: str,
        why: str,
    ) -> bool:
        """Takes a reply back that was edited into a note; False where it has left."""
        reason = "edited into a note"
        if not log.cancel_queued(connection, row.seq, reason):
            return False
        for part in revisions.parts(connection, row)[1:]:
            log.cancel_queued(connection, part.seq, reason)
        log.change_message(connection, row.seq, slack_ts=None)
        self.keep_as_note(connection, standing.id, person, text, row.slack_ts, why)
        words = f"{person.name} made a note of a reply before it was sent, so nothing went to the"
        self._post(connection, "warning", standing.id, text=f"{words} visitor.")
        return True

    def _note_too_late(
        self, connection: Connection, standing: Row[Any], row: Row[Any], person: Person
    ) -> Outcome:
        cases.audit(connection, standing.id, person.name, "edited", NOTE_NOW)
        can = self._limits[standing.channel].deletes
        step = "Delete the message to take it back." if can else "Write what is right."
        words = f"{person.name} made a note of a message that had gone out."
        told = f"{words} The visitor keeps the earlier text. {step}"
        self._post(connection, "warning", standing.id, text=told)
        return Outcome("refused", f"{NOTE_NOW}.", row.seq)

    # -- replies ----------------------------------------------------------------------------------

    def _correct(
        self,
        connection: Connection,
        standing: Row[Any],
        row: Row[Any],
        person: Person,
        spoken: Spoken,
    ) -> Outcome:
        """Changes what the visitor has, or says what is right in one more message."""
        parts = [p for p in revisions.parts(connection, row) if not p.payload.get("file")]
        dropped = self._drop_changes(connection, parts, "edited again")
        limits = self._limits[standing.channel]
        texts = cut(Reply(spoken.text), limits)
        if texts == [revisions.reads(part) for part in parts]:
            why = "the visitor reads these words already"
            return Outcome("done" if dropped else "note", why, row.seq)
        if limits.edits:
            seq = self._lay_edits(connection, standing, person, parts, texts, spoken)
        elif standing.state not in cases.OPEN_STATES:
            return self._keeps_it(connection, standing, person, "edited")
        else:
            seq = self._lay_correction(connection, standing, row, person, spoken)
        cases.audit(connection, standing.id, person.name, "corrected", f"message {row.seq}")
        self._show(connection, standing, person, seq)
        return Outcome("queued", "the correction is on its way", seq)

    def _keeps_it(
        self, connection: Connection, standing: Row[Any], person: Person, how: str = "deleted"
    ) -> Outcome:
        """Says that the visitor keeps what they have, and what can be done."""
        name = CHANNELS.get(standing.channel, standing.channel)
        why = f"{name} cannot change what was sent"
        cases.audit(connection, standing.id, person.name, how, f"{why}; the visitor keeps it")
        closed = standing.state not in cases.OPEN_STATES
        step = "The case is closed: reopen it first." if closed else "Write what is right."
        words = f"{person.name} {how} a reply that was already delivered. The visitor keeps it:"
        self._post(connection, "warning", standing.id, text=f"{words} {why}. {step}")
        return Outcome("refused", f"already delivered, the visitor keeps it: {why}")
