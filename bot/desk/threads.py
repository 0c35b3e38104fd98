"""Where a case is shown: its card, and a new thread where the old one is gone."""

from __future__ import annotations

from typing import Any

from bot.desk.telling import Telling
from bot.store import Connection, Row, cases, log

# How many messages a new thread tells of what was said in the old one.
BACKFILLED = 12
# After the last message that there can be.
NEWEST = (1 << 63) - 1


class Threads(Telling):
    """Shows cases anew."""

    def show_card(self, connection: Connection, standing: Row[Any]) -> None:
        """Brings the card to the case's present state, or shows it again."""
        self._post(connection, "card", standing.id)

    def new_thread(
        self, connection: Connection, standing: Row[Any], channel: str | None = None
    ) -> None:
        """Begins a thread anew: a card, and what was said so far.

        Args:
            connection: An open transaction.
            standing: The case.
            channel: Where the thread goes; where it was unless given.
        """
        place = {"slack_ts": None, **({"slack_channel": channel} if channel else {})}
        cases.change_case(connection, standing.id, **place)
        cases.audit(connection, standing.id, "docent", "new thread", "the old one is gone")
        self._post(connection, "card", standing.id)
        said = log.last_before(connection, standing.conversation_id, NEWEST, BACKFILLED)
        if said:
            self._post(connection, "transcript", standing.id, seqs=said)
