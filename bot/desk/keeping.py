"""What stays at the desk: texts of staff that are kept as notes and never sent."""

from __future__ import annotations

from bot.desk.people import Outcome, Person
from bot.desk.stepping import Stepping
from bot.store import Connection, cases, log


class Keeping(Stepping):
    """Keeps notes."""

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
