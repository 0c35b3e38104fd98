"""Tells staff of messages that will never reach their visitors and that no case speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.desk.blocks import CHANNELS
from bot.desk.casework import Casework
from bot.store import Connection
from bot.store.database import Database
from bot.store.log import now
from bot.store.losses import DESK, RECENT, Loss, since, untold

# Told at once, and then no more often than this while it goes on.
PAUSE = timedelta(hours=1)
_REMEDY = "Whoever runs Docent can send them again (docs/operations.md, Dead messages)."


class Lost:
    """Looks for what was lost.

    Args:
        database: Where the messages lie.
        casework: The desk.
        news: Called when there is something to show.
    """

    def __init__(self, database: Database, casework: Casework, news: Callable[[], None]) -> None:
        self._database = database
        self._casework = casework
        self._news = news

    async def look(self) -> None:
        """Tells all staff of what was lost since they were told last."""
        if await self._database.run(self._tell):
            self._news()

    def _tell(self, connection: Connection) -> bool:
        found = untold(connection, PAUSE)
        if found:
            self._casework.announce(connection, in_words(found))
        return bool(found)


def today(connection: Connection) -> list[str]:
    """Returns the lines that the web desk shows: what was lost within a day."""
    found = since(connection, now() - RECENT)
    return [in_words(found)] if found else []


def in_words(found: Sequence[Loss]) -> str:
    """Says what was lost, for staff."""
    unsent = [loss for loss in found if loss.channel != DESK]
    unposted = sum(loss.count for loss in found if loss.channel == DESK)
    lines = []
    if unsent:
        total = sum(loss.count for loss in unsent)
        each = "; ".join(_of_channel(loss) for loss in unsent)
        many = "1 message" if total == 1 else f"{total} messages"
        lines.append(f"{many} did not reach visitors who have no case. {each}. {_REMEDY}")
    if unposted:
        lines.append(f"{unposted} posts or presses on the desk were lost: see docent doctor.")
    return " ".join(lines)


def _of_channel(loss: Loss) -> str:
    name = CHANNELS.get(loss.channel, loss.channel)
    return f"{name}: {loss.count}" + (f", {loss.reason}" if loss.reason else "")
