"""The desk's work on a case: its steps, and what staff say in it.

Slack and the web desk are two faces of this one class. As for the steps, every function leaves
everything consistent in the one transaction that it is given.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk import replies
from bot.desk.case_steps import CaseSteps
from bot.desk.changes import Changes
from bot.desk.people import Outcome, Person, Request
from bot.messages import Reply
from bot.store import Connection, Row, cases, log
from bot.translate.said import Spoken, as_written

__all__ = ["Casework", "Outcome", "Person", "Request"]


_OFFERS = {"offer_claim": "needs_claim", "offer_anyway": "needs_confirm"}


class Casework(CaseSteps, Changes):
    """The desk."""

    def staff_says(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        *,
        slack_ts: str | None = None,
        confirm: str | None = None,
        spoken: Spoken | None = None,
    ) -> Outcome:
        """Decides what a text of staff is, a note or a reply, and does it.

        Args:
            connection: An open transaction.
            case_id: The case.
            person: Who wrote it.
            text: The words as written.
            slack_ts: The message in Slack; the same message twice changes nothing.
            confirm: "claim" or "anyway" once the author has said so.
            spoken: The words as the visitor reads them (`bot.desk.speaking`); as written unless
                given.
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
            claimed=standing.state in cases.CLAIMED,
            confirm=confirm,
        )
        if decision.kind == "reply":
            plain = replies.to_visitor(text) if slack_ts else text
            worded = spoken or as_written(plain)
            return self._reply(connection, standing, person, text, slack_ts, worded)
        kind = _OFFERS.get(decision.kind, "note")
        if slack_ts is None and kind != "note":
            # The web desk keeps the words in its composer until their author decides.
            return Outcome(kind, decision.reason)
        kept = self.keep_as_note(connection, case_id, person, text, slack_ts)
        return Outcome(kind, decision.reason, kept.seq)

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
        reason = f"taken back by {person.name}"
        if not log.cancel_queued(connection, seq, reason):
            return Outcome("refused", "Too late: it has been sent.")
        for later in log.rest_of_reply(connection, row):
            log.cancel_queued(connection, later, reason)
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
        if (row.translation or {}).get("text"):
            self._post(connection, "sent_as", row.case_id, seq=row.seq)

    def _reply(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        slack_ts: str | None,
        spoken: Spoken,
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
            Reply(spoken.text),
            translation=spoken.kept(),
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
