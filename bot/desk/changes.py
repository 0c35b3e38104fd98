"""What happens to messages after they were said: edits, reactions, receipts, moved conversations.

None of it is a new question. Where a person has the conversation, the thread is told.
"""

from __future__ import annotations

from typing import Any

from bot.desk.telling import Telling
from bot.messages import Edited, Event, Moved, Reacted, Receipt, conversation_id
from bot.store import Connection, Row, cases, changes


class Changes(Telling):
    """What the desk makes of events that are no messages."""

    def note(self, connection: Connection, event: Event) -> None:
        """Writes an event to the log, and tells the thread of an open case what matters there."""
        if isinstance(event, Edited):
            self._edited(connection, event)
        elif isinstance(event, Reacted):
            self._reacted(connection, event)
        elif isinstance(event, Receipt):
            self._told(connection, event)
        elif isinstance(event, Moved):
            self._moved(connection, event)

    def reply_waits(self, connection: Connection, row: Row[Any], reason: str) -> None:
        """Tells the thread that words wait until the visitor writes again."""
        case_id = _case_of(connection, row)
        if case_id is None:
            return
        words = (
            f"{reason}. The visitor was sent the approved template and asked to write; "
            "what you wrote goes out as soon as they do."
        )
        cases.audit(connection, case_id, "docent", "waits", reason)
        self._post(connection, "warning", case_id, text=words)

    def reply_failed(self, connection: Connection, row: Row[Any], reason: str) -> None:
        """Tells the thread that a message will not reach the visitor, why, and what to do."""
        case_id = _case_of(connection, row)
        if case_id is None:
            return
        cases.audit(connection, case_id, "docent", "failed", reason)
        self._post(connection, "failed", case_id, seq=row.seq, reason=reason)

    def _edited(self, connection: Connection, event: Edited) -> None:
        row = changes.edit(connection, event)
        if row is None:
            return
        standing = cases.open_case_of(connection, row.conversation_id)
        if standing is not None:
            what = "took a message back" if event.text is None else "changed a message"
            cases.audit(connection, standing.id, "visitor", what)
            self._post(connection, "visitor_changed", standing.id, seq=row.seq, text=event.text)

    def _reacted(self, connection: Connection, event: Reacted) -> None:
        row = changes.react(connection, event)
        standing = row and cases.open_case_of(connection, row.conversation_id)
        if standing:
            cases.audit(connection, standing.id, "visitor", "reacted")

    def _moved(self, connection: Connection, event: Moved) -> None:
        closed = changes.move(connection, event)
        if closed is None:
            return
        kept = cases.open_case_of(connection, conversation_id(event.channel, event.to))
        assert kept is not None
        words = f"This visitor has another open case, {kept.ref}: please go on there."
        cases.audit(connection, closed.id, "docent", "resolved", words)
        self._post(connection, "card", closed.id)
        self._post(connection, "warning", closed.id, text=words)

    def _told(self, connection: Connection, told: Receipt) -> None:
        if told.status == "taken":
            # It says nothing of the visitor; the outbox knows what it means.
            return
        for row in changes.receipt(connection, told):
            if told.status == "failed":
                self.reply_failed(connection, row, f"{told.reason}. {told.next_step}".strip())


def _case_of(connection: Connection, row: Row[Any]) -> int | None:
    """Returns the case whose thread hears of a message: its own, else the one that is open."""
    if row.case_id is not None:
        return int(row.case_id)
    standing = cases.open_case_of(connection, row.conversation_id)
    return None if standing is None else int(standing.id)
