"""Messages that say too little to be answered at once: they wait a moment, for more may come."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta

from bot import history, pacing
from bot.bursts import ASIDES, UNCLEAR
from bot.dialogue import Turn
from bot.store import log
from bot.taking import Asked

# Answers that wait are kept, so that nothing is thought twice; one that is lost is thought anew.
MOST_KEPT = 500


class Unclear:
    """Knows which answers can wait for more words, and keeps them meanwhile."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[Asked, Turn]] = OrderedDict()

    def patience(self, asked: Asked, turn: Turn) -> timedelta:
        """Returns how long an answer waits for what may still be written; nothing for most."""
        if asked.behind or turn.case is not None or not _says_little(asked, turn):
            return timedelta(0)
        wait = pacing.patience(asked.head.at, asked.row.at, log.now())
        if wait:
            self._kept[asked.head.seq] = (asked, turn)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return wait

    def thought_before(self, asked: Asked) -> Turn | None:
        """Returns the answer that was kept, if nothing has come since; else it is forgotten."""
        before, turn = self._kept.pop(asked.head.seq, (None, None))
        if before is None or before.row.seq != asked.row.seq or before.memory != asked.memory:
            return None
        return turn


def _says_little(asked: Asked, turn: Turn) -> bool:
    """Tells whether a message greets only, or was not understood."""
    payload = asked.row.payload
    if asked.choice is not None or any(payload.get(name) for name in ("attachments", "choice")):
        return False
    parsed = history.newest(turn.memory or [])
    intent = (parsed.get("intent") or {}).get("name")
    if history.form_asks(turn.memory or []) or parsed.get("urgent"):
        return False
    return parsed.get("decision") in UNCLEAR or intent in ASIDES
