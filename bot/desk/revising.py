"""Changes of replies as rows of the outbox: reworded, edited, corrected, and told when carried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.desk.blocks import CHANNELS
from bot.desk.people import Person
from bot.desk.telling import Telling
from bot.laying import cut
from bot.messages import Reply
from bot.store import Connection, Row, cases, log, revisions
from bot.translate.said import Spoken


class Revising(Telling):
    """Lays changes of what was said, and tells the thread of those that were carried."""

    def carried(self, connection: Connection, row: Row[Any]) -> None:
        """Tells the thread that a change reached the visitor; once for all its messages."""
        told = row.payload.get("tells")
        if not told or row.case_id is None:
            return
        if row.payload.get(revisions.CORRECTS):
            # The message itself stays; what was said last is what the next edit is held against.
            revisions.revise(connection, row.payload[revisions.CORRECTS], row.payload["says"])
        name = CHANNELS.get(row.channel, row.channel)
        words, what = _carried(row, str(told), name)
        cases.audit(
            connection, row.case_id, "docent", what, f"message {revisions.changed_by(row)}"
        )
        self._post(connection, "line", row.case_id, text=words)
        if (row.translation or {}).get("text"):
            self._post(connection, "sent_as", row.case_id, seq=row.seq)

    def _reworded(
        self,
        connection: Connection,
        standing: Row[Any],
        row: Row[Any],
        person: Person,
        spoken: Spoken,
    ) -> bool:
        """Puts new words in the place of those that wait; False where they have left."""
        first, *rest = cut(Reply(spoken.text), self._limits[standing.channel])
        leaves = self._leaves_at()
        told = {"text": first, "translation": spoken.kept(), "not_before": leaves}
        if not revisions.replace(connection, row.seq, **told):
            return False
        for part in revisions.parts(connection, row)[1:]:
            if not part.payload.get("file"):
                log.cancel_queued(connection, part.seq, "reworded")
        for text in rest:
            of = {revisions.PART_OF: row.seq}
            self._lay_change(connection, standing, person, text, of, False, leaves)
        cases.audit(connection, standing.id, person.name, "edited", "before it was sent")
        self._show(connection, standing, person, row.seq)
        return True

    def _lay_edits(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        parts: Sequence[Row[Any]],
        texts: Sequence[str],
        spoken: Spoken,
    ) -> int:
        """Lays one change for each message that says something else now; returns the first."""
        leaves, first = self._leaves_at(), None
        for place in range(max(len(parts), len(texts))):
            part = parts[place] if place < len(parts) else None
            text = texts[place] if place < len(texts) else None
            change = _change(part, text, parts[0])
            if change is None:
                continue
            said = text if text is not None else str(part and part.text)
            more = {} if first else {"translation": spoken.kept()}
            seq = self._lay_change(
                connection, standing, person, said, change, first is None, leaves, **more
            )
            first = first or seq
        assert first is not None
        return first

    def _lay_correction(
        self,
        connection: Connection,
        standing: Row[Any],
        row: Row[Any],
        person: Person,
        spoken: Spoken,
    ) -> int:
        """Lays the one message that says what is right, in the visitor's language."""
        language = log.pinned_language(connection, standing.conversation_id) or standing.language
        head = self.voice.say("correction", language)
        # Chinese follows its colon without a space.
        words = f"{head} {spoken.text}" if language == "en" else f"{head}{spoken.text}"
        numbers = self._lay(
            connection,
            standing,
            Reply(words),
            translation=spoken.kept(),
            author="staff",
            author_id=person.id,
            author_name=person.name,
            not_before=self._leaves_at(),
            payload={revisions.CORRECTS: row.seq, "says": spoken.text, "tells": person.name},
        )
        return numbers[0]

    def _lay_change(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        text: str,
        change: dict[str, Any],
        tells: bool,
        not_before: Any,
        **more: Any,
    ) -> int:
        language = log.pinned_language(connection, standing.conversation_id)
        return log.add_message(
            connection,
            conversation_id=standing.conversation_id,
            channel=standing.channel,
            direction="out",
            author="staff",
            author_id=person.id,
            author_name=person.name,
            text=text,
            language=language or standing.language,
            payload={**change, **({"tells": person.name} if tells else {})},
            state="queued",
            case_id=standing.id,
            not_before=not_before,
            **more,
        )

    def _drop_changes(
        self, connection: Connection, parts: Sequence[Row[Any]], reason: str
    ) -> bool:
        """Takes back the changes of a reply that have not left; tells whether there was one."""
        waiting = revisions.waiting_changes(connection, [part.seq for part in parts])
        dropped = [log.cancel_queued(connection, change.seq, reason) for change in waiting]
        return any(dropped)

    def _leaves_at(self) -> datetime | None:
        """Returns when words leave that are written now; None where nothing can be undone."""
        return log.now() + timedelta(seconds=self.undo_seconds) if self.undo_seconds else None

    def _show(self, connection: Connection, standing: Row[Any], person: Person, seq: int) -> None:
        """Shows the author what is about to be sent or changed, while it can be undone."""
        if self.undo_seconds:
            shown = {"user": person.id, "seq": seq, "seconds": self.undo_seconds}
            self._post(connection, "preview", standing.id, **shown)


def _change(part: Row[Any] | None, text: str | None, first: Row[Any]) -> dict[str, Any] | None:
    """Returns what becomes of one message of a reply; None where it stays as it is."""
    if part is None:
        return {revisions.PART_OF: first.seq}
    if text is None:
        return {revisions.DELETES: part.seq}
    return None if revisions.reads(part) == text else {revisions.EDITS: part.seq}


def _carried(row: Row[Any], name: str, channel: str) -> tuple[str, str]:
    """Returns what the thread is told of a change, and what the audit calls it."""
    if row.payload.get(revisions.DELETES):
        return f"{name} deleted a reply, and the visitor does not see it any more.", "took back"
    if row.payload.get(revisions.EDITS):
        return f"{name} edited a reply, and the visitor reads the new words now.", "changed"
    words = f"{channel} cannot change what was sent, so the visitor was sent a correction."
    return f"{name} edited a reply. {words}", "corrected"
