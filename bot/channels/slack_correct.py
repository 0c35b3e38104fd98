"""Corrected translations at the Slack desk: the window, and what becomes of it.

While the window is open a reply that still waited stays where it is; Slack tells us when it was
closed without being sent, and then the reply goes as it was.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.channels.slack_events import Step
from bot.channels.slack_messages import Ending, whisper
from bot.channels.slack_people import Member, SlackPeople
from bot.channels.slack_views import FIELD, TEXT, View, about, correct_translation, entered
from bot.desk.casework import Outcome
from bot.desk.rewording import Rewording, Wording, hold, let_go, wording
from bot.store import Connection, cases
from bot.store.database import Database

Payload = dict[str, Any]
TOO_LONG = f"It is longer than {FIELD} characters, more than a window of Slack can hold."
NO_CASE = "This case is not here any more."


class SlackCorrect:
    """Reads the button and the window that correct a translation.

    Args:
        database: Where the messages lie.
        people: Says who somebody is.
        rewording: Corrects translations.
    """

    def __init__(self, database: Database, people: SlackPeople, rewording: Rewording) -> None:
        self._database = database
        self._people = people
        self._rewording = rewording

    async def open(self, payload: Payload, member: Member) -> View | str:
        """Returns the window for a message, and holds back one that waits; or says why not."""
        found = await self._database.run(_opened, payload)
        if isinstance(found, str):
            return found
        about_it = {"case": found.case_id, "seq": found.seq, "incoming": found.incoming}
        return correct_translation(
            found.original, found.text, found.language, found.back, about_it
        )

    async def sent(self, payload: Payload) -> Step:
        """Corrects the translation; whoever did it is told where that was not possible."""
        member = await self._people.who(payload["user"], payload["team"])
        told = about(payload["view"])
        case_id, seq = int(told.get("case") or 0), int(told.get("seq") or 0)
        if member.barred:
            return partial(_concluded, case_id, member, Outcome("refused", member.barred))
        text = entered(payload["view"], TEXT)
        outcome = await self._rewording.correct(case_id, seq, member.person, text)
        if outcome.kind == "refused":
            # What was not corrected goes as it was.
            await self._database.run(let_go, seq)
        return partial(_concluded, case_id, member, outcome)

    async def closed(self, payload: Payload) -> Step:
        """Lets a reply go that waited for a window which was closed."""
        seq = int(about(payload["view"]).get("seq") or 0)
        return partial(_closed, seq)


def _opened(connection: Connection, payload: Payload) -> Wording | str:
    case_id, _, seq = payload["value"].partition(":")
    if not (case_id.isdecimal() and seq.isdecimal() and len(case_id) < 19 and len(seq) < 19):
        return NO_CASE
    case = cases.find_case(connection, int(case_id))
    if case is None or case.slack_channel != payload["channel"]:
        return NO_CASE
    found = wording(connection, case.id, int(seq))
    if isinstance(found, str):
        return found
    if len(found.text) > FIELD:
        return TOO_LONG
    if found.waits:
        hold(connection, found.seq)
    return found


def _concluded(case_id: int, member: Member, outcome: Outcome, connection: Connection) -> Ending:
    if outcome.reason and case_id and cases.find_case(connection, case_id) is not None:
        whisper(connection, case_id, member.id, outcome.reason)
    return Ending(f"correction: {outcome.kind}")


def _closed(seq: int, connection: Connection) -> Ending:
    waited = let_go(connection, seq)
    return Ending("no-op: closed, goes as it was" if waited else "no-op: closed")
