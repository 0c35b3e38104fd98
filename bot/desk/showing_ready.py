"""What the thread is told of words that nobody typed there, or that somebody corrected."""

from __future__ import annotations

from bot.desk.people import Person
from bot.desk.telling import Telling
from bot.store import Connection, Row
from bot.translate.said import Spoken

WEB = "web:"


class ShowingReady(Telling):
    """Shows ready words in the thread, and to whoever sends them before they go."""

    def show_reworded(
        self, connection: Connection, case_id: int, person: Person, seq: int, text: str
    ) -> None:
        """Posts a corrected translation in the thread, and on the card if it stands there."""
        self._post(connection, "reworded", case_id, seq=seq, author=person.name, text=text)
        self._post(connection, "card", case_id)

    def _show_ready(
        self, connection: Connection, standing: Row[object], person: Person, said: Spoken, seq: int
    ) -> None:
        on_web = person.id.startswith(WEB)
        author = f"{person.name} (web desk)" if on_web else person.name
        self._post(connection, "ready_echo", standing.id, seq=seq, author=author, what=said.ready)
        if self.undo_seconds and not on_web:
            seconds = self.undo_seconds
            self._post(
                connection, "preview", standing.id, user=person.id, seq=seq, seconds=seconds
            )
