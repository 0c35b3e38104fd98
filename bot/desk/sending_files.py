"""What staff send with files in it: words and files in order, by the rule for words.

What may not leave the thread as words may not leave it as a file (`bot.desk.replies`). A file of a
note is not even fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk.carrying import CLIP, Carrying, Reference, named
from bot.desk.people import Outcome, Person
from bot.desk.replying import Replying
from bot.store import Connection, cases, log
from bot.translate.said import Spoken


class SendingFiles(Carrying, Replying):
    """What the desk makes of files of staff."""

    def staff_sends(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        sent: Sequence[Reference],
        *,
        slack_ts: str | None = None,
        confirm: str | None = None,
        spoken: Spoken | None = None,
        knowing: int | None = None,
    ) -> Outcome:
        """Decides what words and files of staff are, and does it: the words go first.

        Args:
            connection: An open transaction.
            case_id: The case.
            person: Who sent them.
            text: The words, "" for files alone.
            sent: The files, at most MOST_FILES.
            slack_ts: The message in Slack; the same message twice changes nothing.
            confirm: What the author has said with a button, as for `staff_says`.
            spoken: The words as the visitor reads them.
            knowing: A colleague's reply that the author knows of.
        """
        before = log.by_slack_ts(connection, slack_ts)
        if before is not None and before.payload.get("bare"):
            text = ""
        say = self._files_alone if not text else self._words
        outcome = say(connection, case_id, person, text, sent, slack_ts, confirm, spoken, knowing)
        if not sent:
            return outcome
        if outcome.kind == "queued":
            return self._lay_files(connection, case_id, person, sent, slack_ts, outcome)
        if outcome.seq is not None and slack_ts is not None:
            # Until its author says "send": the note remembers what lay beside it.
            kept = {"files": [dict(each) for each in sent], "bare": not text}
            log.change_message(connection, outcome.seq, payload=kept)
        return outcome

    def _words(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        text: str,
        _: Sequence[Reference],
        slack_ts: str | None,
        confirm: str | None,
        spoken: Spoken | None,
        knowing: int | None,
    ) -> Outcome:
        return self.staff_says(
            connection,
            case_id,
            person,
            text,
            slack_ts=slack_ts,
            confirm=confirm,
            spoken=spoken,
            knowing=knowing,
        )

    def _files_alone(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        _text: str,
        sent: Sequence[Reference],
        slack_ts: str | None,
        confirm: str | None,
        _spoken: Spoken | None,
        knowing: int | None,
    ) -> Outcome:
        before = log.by_slack_ts(connection, slack_ts)
        if before is not None and before.direction == "out":
            return Outcome("queued", "already on its way", before.seq)
        standing = cases.held(connection, case_id)
        if (refused := self._prepared(connection, standing, person, confirm)) is not None:
            return refused
        standing = cases.case(connection, case_id)
        outcome = self._verdict(connection, standing, person, CLIP, confirm, knowing)
        if outcome.kind == "reply":
            outcome = Outcome("queued")
        if outcome.kind == "queued" and before is not None:
            log.forget_note(connection, before.seq)
        if outcome.kind == "queued" or slack_ts is None:
            return outcome
        words = " ".join(named(each) for each in sent)
        kept = self.keep_as_note(connection, case_id, person, words, slack_ts)
        return replace(outcome, seq=kept.seq)
