"""The desk's work on a case: its steps, and what staff say in it.

Slack and the web desk are two faces of this one class. As for the steps, every function leaves
everything consistent in the one transaction that it is given.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk import replies, states
from bot.desk.changes import Changes
from bot.desk.corrections import Corrections
from bot.desk.deciding import HOW, Deciding, with_seq
from bot.desk.people import Outcome, Person, Request
from bot.desk.satisfaction import Satisfaction
from bot.desk.saying import Saying
from bot.desk.sending_files import SendingFiles
from bot.desk.showing_ready import ShowingReady
from bot.desk.threads import Threads
from bot.messages import Reply
from bot.store import Connection, Row, cases, log, revisions
from bot.translate.said import Spoken, as_written

__all__ = ["Casework", "Outcome", "Person", "Request"]


class Casework(
    Satisfaction, Deciding, Changes, Saying, ShowingReady, SendingFiles, Corrections, Threads
):
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
        knowing: int | None = None,
    ) -> Outcome:
        """Decides what a text of staff is, a note or a reply, and does it.

        Args:
            connection: An open transaction.
            case_id: The case.
            person: Who wrote it.
            text: The words as written.
            slack_ts: The message in Slack; the same message twice changes nothing.
            confirm: What the author has said with a button: "claim", "anyway"; in a closed case
                "reopen" or "follow_up".
            spoken: The words as the visitor reads them (`bot.desk.speaking`); as written unless
                given.
            knowing: A colleague's reply that the author knows of (`Outcome.knowing`).
        """
        refused = self._prepared(connection, cases.held(connection, case_id), person, confirm)
        if refused is not None:
            return refused
        standing = cases.case(connection, case_id)
        judged = self._verdict(connection, standing, person, text, confirm, knowing)
        if judged.kind == "reply":
            plain = replies.to_visitor(text) if slack_ts else text
            worded = spoken or as_written(plain)
            how = HOW[confirm]
            return self._reply(connection, standing, person, text, slack_ts, worded, how)
        if slack_ts is None and judged.kind != "note":
            # The web desk keeps the words in its composer until their author decides.
            return judged
        kept = self.keep_as_note(connection, case_id, person, text, slack_ts, judged.reason)
        return with_seq(judged, kept)

    def keep_as_note(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        slack_ts: str | None = None,
        why: str = "",
    ) -> Outcome:
        """Writes a text of staff to the log as a note; it is never sent, for this reason."""
        standing = cases.held(connection, case_id)
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
        self._acted(connection, standing, person)
        cases.audit(connection, case_id, person.name, "noted", why)
        self._mirror(connection, standing, person, f"Note: {text}", slack_ts)
        return Outcome("note", "", seq)

    def undo(self, connection: Connection, case_id: int, person: Person, seq: int) -> Outcome:
        """Takes a reply back while it still waits."""
        standing = cases.held(connection, case_id)
        row = log.message(connection, seq)
        if row is None or row.case_id != case_id or row.author != "staff":
            return Outcome("refused", "There is no such reply in this case.")
        reason = f"taken back by {person.name}"
        if not log.cancel_queued(connection, seq, reason):
            return Outcome("refused", "Too late: it has been sent.")
        for later in log.rest_of_reply(connection, row):
            log.cancel_queued(connection, later, reason)
        self._acted(connection, standing, person)
        cases.audit(connection, case_id, person.name, "undid", f"message {seq}")
        changes = revisions.changed_by(row) is not None
        what = (
            "a correction back: the visitor keeps the earlier text" if changes else "a reply back"
        )
        self._post(connection, "line", case_id, text=f"{person.name} took {what}.")
        return Outcome("done", seq=seq)

    def reply_sent(self, connection: Connection, row: Row[Any], _reason: str) -> None:
        """Notes on the case that a reply of staff reached the visitor's platform."""
        if row.author != "staff" or row.case_id is None:
            return
        if revisions.changed_by(row) is not None:
            return self.carried(connection, row)
        if not row.payload.get(revisions.PART_OF):
            self._delivered(connection, row)
        if row.slack_ts:
            self._post(connection, "react", row.case_id, ts=row.slack_ts, name="white_check_mark")
        if (row.translation or {}).get("text"):
            self._post(connection, "sent_as", row.case_id, seq=row.seq)

    def _delivered(self, connection: Connection, row: Row[Any]) -> None:
        """Keeps the promise of a reply; from here on the case waits for the visitor.

        What the visitor wrote while the reply was on its way is not answered by it.
        """
        standing = cases.held(connection, row.case_id)
        if standing.first_reply_at is None:
            cases.change_case(connection, standing.id, first_reply_at=log.now())
        cases.audit(connection, standing.id, row.author_name or "staff", "delivered")
        if cases.has_heard(connection, standing.id, row.seq):
            cases.audit(connection, standing.id, "visitor", "wrote", "before the reply arrived")
        elif standing.state == "claimed" and self._take(connection, standing, states.REPLY):
            cases.audit(connection, standing.id, "docent", "waiting")
            self._post(connection, "card", standing.id)
        self._settle(connection, standing.id)

    def _reply(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        slack_ts: str | None,
        spoken: Spoken,
        how: str,
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
        self._acted(connection, standing, person)
        cases.audit(connection, standing.id, person.name, "replied", how)
        if spoken.ready:
            self._show_ready(connection, standing, person, spoken, numbers[0])
            return Outcome("queued", seq=numbers[0])
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
