"""What a visitor hears while nobody is at the desk: when it opens again, once for each opening."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk.stepping import Stepping
from bot.messages import Reply
from bot.store import Connection, Row, cases, log, trail

# Whoever did something in a case so shortly before is still there, whatever the hour.
STILL_THERE = timedelta(minutes=30)
# Whoever waited so long for an answer is thanked for it.
LONG = timedelta(minutes=30)
AWAY = "away"


class Away(Stepping):
    """Tells visitors when they will be answered."""

    def _tell_away(self, connection: Connection, standing: Row[Any], row: Row[Any]) -> None:
        """Tells a visitor who writes out of hours when the desk opens, if they do not know yet."""
        at = log.now()
        is_there = standing.acted_at is not None and at - standing.acted_at < STILL_THERE
        if is_there or self._clock.is_staffed(at):
            return
        if trail.has_event(connection, standing.id, AWAY, self._clock.opening_key(at)):
            return
        language = log.pinned_language(connection, standing.conversation_id) or standing.language
        words = self._away(connection, standing, language)
        self._lay(connection, standing, Reply(words), author="system", in_reply_to=row.seq)

    def _away(self, connection: Connection, standing: Row[Any], language: str) -> str:
        """Returns when the desk opens next, in words, and remembers that it was told."""
        at = log.now()
        cases.audit(connection, standing.id, "docent", AWAY, self._clock.opening_key(at))
        reopening = self._clock.reopening(at, language)
        if reopening is None:
            return self.voice.say("no_people_yet", language)
        return self.voice.say("out_of_hours", language, time=reopening)

    def _claimed_words(self, standing: Row[Any]) -> str:
        """Returns how a person introduces themselves: with thanks to somebody who waited long."""
        since = standing.waiting_since
        waited = since is not None and log.now() - since >= LONG
        return "claimed_after_wait" if waited else "claimed"
