"""Giving a case to somebody else: a colleague, a department, or everybody by its priority."""

from __future__ import annotations

from typing import Any

from bot.content.desk_routing import PRIORITIES, Department
from bot.content.desk_sections import OWNER
from bot.desk import states
from bot.desk.alarming import Alarming
from bot.desk.case_steps import CLOSED
from bot.desk.people import URGENT, Outcome, Person
from bot.store import Connection, Row, cases, log


class Handing(Alarming):
    """Hands cases on."""

    def assign(self, connection: Connection, case_id: int, person: Person, to: Person) -> Outcome:
        """Gives an open case to a colleague, who is called; the visitor hears who it is."""
        standing = cases.held(connection, case_id)
        if to.id == person.id and standing.state in cases.UNCLAIMED:
            return self.claim(connection, case_id, person)
        if standing.state not in cases.OPEN_STATES:
            return Outcome("refused", CLOSED)
        if standing.owner_id == to.id:
            return Outcome("done", f"{to.name} has this case already.")
        self._hand_over(connection, standing, to)
        cases.audit(connection, case_id, person.name, "assigned", to.name)
        self._settle(connection, case_id)
        self._tell(connection, standing, "assigned", name=to.name)
        self._post(connection, "card", case_id)
        words = f"{person.name} gave this case to {to.name}."
        self._ping(connection, case_id, words, [to.id])
        return Outcome("done")

    def set_department(
        self, connection: Connection, case_id: int, person: Person, department: str
    ) -> Outcome:
        """Gives an open case to a department, whose people are called.

        The thread stays where it is, for staff would lose what was said in it; the department's
        own channel gets a line that leads there.
        """
        known = {each.id: each for each in self.voice.museum.departments}
        standing = cases.held(connection, case_id)
        if department not in known:
            return Outcome("refused", f"There is no department {department!r}.")
        if standing.state not in cases.OPEN_STATES:
            return Outcome("refused", CLOSED)
        if standing.department == department:
            return Outcome("done", f"{known[department].name} has this case already.")
        cases.change_case(connection, case_id, department=department)
        cases.audit(connection, case_id, person.name, "department", department)
        self._post(connection, "card", case_id)
        words = f"{person.name} moved this case to {known[department].name}."
        self._ping(connection, case_id, words, known[department].people)
        self._show_there(connection, standing, known[department], words)
        return Outcome("done")

    def set_priority(
        self, connection: Connection, case_id: int, person: Person, priority: str
    ) -> Outcome:
        """Makes an open case urgent or normal; an urgent one is due at once and calls people."""
        standing = cases.held(connection, case_id)
        if priority not in PRIORITIES:
            return Outcome("refused", f"There is no priority {priority!r}.")
        if standing.state not in cases.OPEN_STATES:
            return Outcome("refused", CLOSED)
        if standing.priority == priority:
            return Outcome("done", f"This case is {priority} already.")
        cases.change_case(connection, case_id, priority=priority)
        cases.audit(connection, case_id, person.name, priority)
        self._settle(connection, case_id)
        self._post(connection, "card", case_id)
        if priority == URGENT:
            words = f"{person.name} marked this case as urgent."
            self._call(connection, standing, words, (OWNER,))
        else:
            words = f"{person.name} marked this case as not urgent."
            self._post(connection, "line", case_id, text=words)
        return Outcome("done")

    def _hand_over(self, connection: Connection, standing: Row[Any], to: Person) -> None:
        owned = {"owner_id": to.id, "owner": to.name, "acted_at": log.now()}
        if standing.state in cases.UNCLAIMED:
            self._take(connection, standing, states.CLAIM, claimed_at=log.now(), **owned)
            self._with_person(connection, standing)
        else:
            cases.change_case(connection, standing.id, **owned)

    def _show_there(
        self, connection: Connection, standing: Row[Any], to: Department, words: str
    ) -> None:
        """Leads from a department's channel to the thread; a card not posted yet goes there."""
        if to.slack_channel is None or to.slack_channel == standing.slack_channel:
            return
        if standing.slack_ts is None:
            cases.change_case(connection, standing.id, slack_channel=to.slack_channel)
            return
        people = list(to.people)
        self._post(
            connection, "pointer", standing.id, text=words, people=people, to=to.slack_channel
        )
