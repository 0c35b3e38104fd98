"""Ready words on their way to a visitor: one tap sends them, by the same rules as typed ones."""

from __future__ import annotations

from datetime import timedelta

from bot.desk.casework import Casework
from bot.desk.people import Outcome, Person
from bot.desk.suggestions import Ready
from bot.store import Connection, cases, log, ready

# A second tap within this time is a slip of the finger.
TWICE = timedelta(seconds=30)
NOT_OPEN = "This case is closed, so nothing was sent."


def send_ready(
    casework: Casework,
    connection: Connection,
    case_id: int,
    person: Person,
    words: Ready,
    confirm: str | None = None,
) -> Outcome:
    """Sends ready words as a reply of staff: to be undone, counted and audited like one.

    Args:
        casework: The desk.
        connection: An open transaction.
        case_id: The case.
        person: Who sends them.
        words: A suggested answer or a saved reply.
        confirm: As for `Casework.staff_says`.

    Returns:
        queued, needs_claim, needs_confirm or refused; nothing is kept as a note.
    """
    standing = cases.held(connection, case_id)
    if standing.state not in cases.OPEN_STATES:
        return Outcome("refused", NOT_OPEN)
    before = ready.just_said(connection, case_id, person.id, words.text, log.now() - TWICE)
    if before is not None:
        return Outcome("queued", "already on its way", before.seq)
    outcome = casework.staff_says(
        connection, case_id, person, words.english, confirm=confirm, spoken=words.spoken()
    )
    if outcome.kind == "queued":
        cases.audit(connection, case_id, person.name, f"sent a {words.kind}", words.id)
    return Outcome("refused", outcome.reason) if outcome.kind == "note" else outcome
