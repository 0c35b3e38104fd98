"""Two of staff who answer at once: one goes first, and the other one is told before they send."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from bot.desk.people import Person
from bot.desk.telling import Telling
from bot.store import Connection, Row, log, revisions

# Ours: a colleague's reply that is younger was probably not seen by who writes now.
JUST_NOW = timedelta(seconds=10)


class Colliding(Telling):
    """Knows who else is replying in a case; the case is held by whoever asks."""

    def _collision(
        self, connection: Connection, case_id: int, person: Person, knowing: int | None
    ) -> Row[Any] | None:
        """Returns somebody else's reply that waits or just went, unless it is known already."""
        since = log.now() - JUST_NOW
        found = revisions.replying(connection, case_id, person.id, since)
        known = found is None or (knowing is not None and found.seq <= knowing)
        return None if known else found


def collision_words(reply: Row[Any]) -> str:
    """Says to an author who else is replying, and how far that is."""
    name = reply.author_name or "A colleague"
    if reply.state != "queued":
        return f"{name} is replying: their words just went out. Send anyway?"
    seconds = 0.0
    if reply.not_before is not None:
        seconds = (reply.not_before - log.now()).total_seconds()
    when = f"in {ceil(seconds)} s" if seconds > 0 else "now"
    return f"{name} is replying: their words go out {when}. Send anyway?"
