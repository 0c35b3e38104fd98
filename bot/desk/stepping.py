"""What every step in a case shares: the table of states, and the promises that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.content.desk_routing import Department
from bot.desk import states
from bot.desk.people import URGENT, Person
from bot.desk.promises import Clock, nearest
from bot.desk.reminders import audience
from bot.desk.telling import Telling
from bot.desk.timeline import timeline_of
from bot.store import Connection, Row, cases, log, trail


class Stepping(Telling):
    """Takes steps, and keeps the time by which the desk promised to act."""

    def _take(self, connection: Connection, standing: Row[Any], step: str, **values: Any) -> bool:
        """Takes a step and sets columns with it; False where the table of states refuses it."""
        state = states.after(step, standing.state)
        return state is not None and cases.move(
            connection, standing.id, (standing.state,), state, **values
        )

    def _settle(self, connection: Connection, case_id: int) -> None:
        """Sets when the nearest promise of a case is due; to be called after each step."""
        standing = cases.case(connection, case_id)
        soonest = nearest(self._clocks_of(connection, standing))
        due_at = None if soonest is None else soonest.due_at
        if due_at != standing.due_at:
            cases.change_case(connection, case_id, due_at=due_at)

    def _clocks_of(self, connection: Connection, standing: Row[Any]) -> tuple[Clock, ...]:
        """Returns the clocks of a case as they stand now."""
        return self._clocks_by(standing, trail.events(connection, standing.id))

    def _clocks_by(self, standing: Row[Any], events: Iterable[Row[Any]]) -> tuple[Clock, ...]:
        entries = timeline_of(events)
        # The clock of another process may be ahead: what it wrote has happened all the same.
        at = max([log.now(), *(entry.at for entry in entries)])
        urgent = standing.priority == URGENT
        return self._clock.clocks(entries, standing.channel, at, urgent)

    def _call(
        self, connection: Connection, standing: Row[Any], text: str, tell: Sequence[str]
    ) -> None:
        """Posts a line in a case's thread for those who are to hear it.

        Args:
            connection: An open transaction.
            standing: The case.
            text: Our own words.
            tell: "owner", "department", "channel", ids or names.
        """
        heard = audience(tell, reachable(standing.owner_id), self._department(standing))
        self._ping(connection, standing.id, text, heard.people, heard.channel)

    def _department(self, standing: Row[Any]) -> Department | None:
        known = self.voice.museum.departments
        return next((each for each in known if each.id == standing.department), None)

    def _people_of(self, standing: Row[Any]) -> Sequence[str]:
        """Returns the people of a case's department."""
        department = self._department(standing)
        return () if department is None else department.people

    def _acted(self, connection: Connection, standing: Row[Any], person: Person) -> None:
        """Notes that the owner did something, so that their claim goes on."""
        if standing.owner_id == person.id and standing.state in cases.CLAIMED:
            cases.change_case(connection, standing.id, acted_at=log.now())


def reachable(owner_id: str | None) -> str | None:
    """Returns an owner whom Slack can call; whoever works on the web desk alone is none."""
    return None if owner_id is None or owner_id.startswith("web:") else owner_id
