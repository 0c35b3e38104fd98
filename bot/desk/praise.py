"""Praise, and how visitors sound: shown to those who earned it, and to those who should know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.desk.handing import Handing
from bot.desk.mood import ANGRY, PLEASED, UPSET, graver, mood_reader
from bot.desk.people import Outcome, Person, Request
from bot.store import Connection, Row, cases, log, queue, ratings

PRAISE = "praise"
# Praise so shortly after a case is for whoever had it.
EARNED_WITHIN = timedelta(hours=24)


class Praising(Handing):
    """Hears how visitors sound, and passes praise on."""

    def open_case(
        self, connection: Connection, row: Row[Any], language: str, request: Request
    ) -> Row[Any]:
        """Opens a case with the visitor's mood, by which it may be routed."""
        if request.mood is None:
            texts = [row.text, request.question or "", *request.details.values()]
            mood = mood_reader(self.voice.museum).gravest(filter(None, texts))
            request = replace(request, mood=mood)
        return super().open_case(connection, row, language, request)

    def relay(self, connection: Connection, row: Row[Any]) -> None:
        """Hands a visitor's message on, and says so where they sound worse than before."""
        super().relay(connection, row)
        standing = cases.open_case_of(connection, row.conversation_id)
        mood = mood_reader(self.voice.museum).mood(row.text)
        if standing is None or row.payload.get("choice") or not graver(mood, standing.mood):
            return
        cases.change_case(connection, standing.id, mood=mood)
        cases.audit(connection, standing.id, "docent", "mood", mood)
        self._post(connection, "card", standing.id)
        if mood in (ANGRY, UPSET):
            self._post(connection, "line", standing.id, text=f"The visitor sounds {mood}.")

    def resolve(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case; kind last words are passed on."""
        outcome = super().resolve(connection, case_id, person)
        said = ratings.last_words(connection, case_id) if outcome.kind == "done" else None
        if said is not None and mood_reader(self.voice.museum).mood(said.text) == PLEASED:
            self._praise(connection, said, cases.case(connection, case_id))
        return outcome

    def hear_praise(self, connection: Connection, row: Row[Any], topic: str | None) -> None:
        """Passes on what a visitor wrote to the bot, if it was understood as praise."""
        if topic != PRAISE or not row.text.strip():
            return
        if mood_reader(self.voice.museum).mood(row.text) in (ANGRY, UPSET):
            # "Well done for ruining our day" is praise by its words alone.
            return
        since = log.now() - EARNED_WITHIN
        self._praise(connection, row, cases.last_closed(connection, row.conversation_id, since))

    def _praise(self, connection: Connection, row: Row[Any], earned: Row[Any] | None) -> None:
        """Lays out the post for the channel of praise, once for a message."""
        to = self.voice.museum.praise_channel
        if to is None or not self.slack or not ratings.mark_praised(connection, row):
            return
        by = {} if earned is None else {"ref": earned.ref, "owner": earned.owner}
        known = {**by, "owner_id": None if earned is None else earned.owner_id}
        queue.add_job(connection, PRAISE, None, {"seq": row.seq, "to": to, **known})
