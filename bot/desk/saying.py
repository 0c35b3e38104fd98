"""Announcements: one text to every visitor who waits, as on the day a strike closes the galleries.

After the draft (bot/desk/announcing.py) comes the sending, once: a row in the outbox for each
visitor. No case is claimed by it, none changes its state, and no promise is kept by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot import outbox
from bot.desk.announcing import Draft, Listener, Windows, draft_of, is_reachable, visitors
from bot.desk.people import Outcome, Person
from bot.desk.telling import Telling
from bot.messages import Reply
from bot.store import Connection, announcements, log

# A preview that is older is written anew: others wait by then.
DRAFT_LASTS = timedelta(minutes=30)
# Slack takes one post a second in a channel; the desk's other posts go between.
LINES_AT_ONCE, LINE_SECONDS = 5, 2.0


class Saying(Telling):
    """What the desk does with an announcement once it was previewed."""

    def say_to_all(
        self, connection: Connection, number: int, person: Person, known: Windows
    ) -> Outcome:
        """Sends a draft to everybody in it whose window is open still; once, however often asked.

        Returns:
            queued with the draft's number, done where it was sent before, or refused.
        """
        row = announcements.find_draft(connection, number)
        if row is None or (row.state == announcements.DRAFT and row.at + DRAFT_LASTS < log.now()):
            return Outcome("refused", "This preview is too old. Write it again.")
        if not announcements.move_draft(
            connection, number, announcements.DRAFT, announcements.SENT
        ):
            return _again(connection, number)
        draft = draft_of(row)
        numbers, told = self._lay_all(connection, draft, person, known)
        announcements.change_draft(connection, number, {**row.payload, "seqs": numbers})
        self._tell_desk(connection, draft, person, told)
        return Outcome("queued", f"On its way to {visitors(len(told))}.", number)

    def take_back_from_all(self, connection: Connection, number: int, person: Person) -> Outcome:
        """Takes an announcement back as a whole, as long as it waits."""
        row = announcements.find_draft(connection, number)
        if row is None or row.state != announcements.SENT:
            return Outcome("refused", "There is nothing to take back.")
        numbers = row.payload.get("seqs") or []
        taken = announcements.take_back(connection, numbers, f"taken back by {person.name}")
        if numbers and not taken:
            return Outcome("refused", "Too late: it has been sent.")
        announcements.move_draft(connection, number, announcements.SENT, announcements.TAKEN_BACK)
        gone = len(numbers) - taken
        words = f"{person.name} took the announcement back."
        words += f" {gone} of {len(numbers)} messages had gone out." if gone else ""
        self._note(connection, draft_of(row).audience.people, person, "took announcement back")
        self._lines(connection, draft_of(row).audience.people, words)
        return Outcome("done", words, number)

    def drop_announcement(self, connection: Connection, number: int, person: Person) -> Outcome:
        """Throws a draft away that was not sent."""
        dropped = announcements.move_draft(
            connection, number, announcements.DRAFT, announcements.DROPPED
        )
        if dropped:
            return Outcome("done", "Cancelled; nothing was sent.", number)
        return _again(connection, number)

    def _lay_all(
        self, connection: Connection, draft: Draft, person: Person, known: Windows
    ) -> tuple[list[int], list[Listener]]:
        wait = timedelta(seconds=self.undo_seconds)
        leaves = log.now() + wait if self.undo_seconds else None
        numbers: list[int] = []
        told: list[Listener] = []
        for one in draft.audience.people:
            row = log.conversation(connection, one.conversation_id)
            if row is None or not is_reachable(connection, row, known):
                continue
            told.append(one)
            said = draft.said[one.language]
            numbers += outbox.lay(
                connection,
                one.conversation_id,
                one.channel,
                Reply(said["text"]),
                self._limits[one.channel],
                author="staff",
                author_id=person.id,
                author_name=person.name,
                language=one.language,
                not_before=leaves,
                translation=said["beside"],
                payload={"announcement": draft.number},
                # Of no case: it is no answer to what was asked there.
                case_id=None,
            )
        return numbers, told

    def _tell_desk(
        self, connection: Connection, draft: Draft, person: Person, told: Sequence[Listener]
    ) -> None:
        words = next(iter(draft.said.values()))
        written = (words["beside"] or {}).get("text") or words["text"]
        self._note(connection, told, person, "announced", written)
        self._lines(connection, told, f"{person.name} told everybody who waits: {written}")
        self.announce(connection, f"{person.name} told {visitors(len(told))}: {written}", ok=True)

    def _note(
        self,
        connection: Connection,
        told: Sequence[Listener],
        person: Person,
        what: str,
        detail: str = "",
    ) -> None:
        numbers = [one.case_id for one in told if one.case_id is not None]
        announcements.write_down(connection, numbers, person.name, what, detail)

    def _lines(self, connection: Connection, told: Sequence[Listener], text: str) -> None:
        if self.slack:
            numbers = [one.case_id for one in told if one.case_id is not None]
            announcements.post_lines(connection, numbers, text, LINES_AT_ONCE, LINE_SECONDS)


def _again(connection: Connection, number: int) -> Outcome:
    """Says what became of a draft before; whoever was faster may have changed it just now."""
    row = announcements.find_draft(connection, number)
    if row is None:
        return Outcome("refused", "There is nothing to cancel.")
    if row.state == announcements.SENT:
        return Outcome("done", "It was sent already.")
    taken = row.state == announcements.TAKEN_BACK
    return Outcome("refused", "It was taken back." if taken else "It was cancelled.")
