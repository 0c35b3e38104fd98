"""The desk's work on a case: its steps, and what staff say in it.

Slack and the web desk are two faces of this one class. As for the steps, every function leaves
everything consistent in the one transaction that it is given.
"""

from __future__ import annotations

from typing import Any

from bot.desk import states
from bot.desk.changes import Changes
from bot.desk.corrections import Corrections
from bot.desk.people import Outcome, Person, Request
from bot.desk.satisfaction import Satisfaction
from bot.desk.saying import Saying
from bot.desk.sending_files import SendingFiles
from bot.desk.threads import Threads
from bot.store import Connection, Row, cases, log, revisions

__all__ = ["Casework", "Outcome", "Person", "Request"]


class Casework(Satisfaction, SendingFiles, Corrections, Changes, Saying, Threads):
    """The desk."""

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
