"""What staff say in a case: judged, kept as a note, or laid for the visitor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk import replies
from bot.desk.deciding import HOW, Deciding, with_seq
from bot.desk.keeping import Keeping
from bot.desk.people import Outcome, Person
from bot.desk.showing_ready import ShowingReady
from bot.messages import Reply
from bot.store import Connection, Row, cases, log
from bot.translate.said import Spoken, as_written


class Replying(Deciding, Keeping, ShowingReady):
    """Turns words of staff into a reply, a note, or a question to their author."""

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
