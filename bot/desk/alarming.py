"""What the watch does in one case: tells of a promise that breaks, and ends a claim left idle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.content.desk_sections import (
    DEPARTMENT,
    FIRST_REPLY,
    NEXT_REPLY,
    OWNER,
    RESOLUTION,
)
from bot.desk import states
from bot.desk.case_steps import CaseSteps
from bot.desk.promises import Clock
from bot.desk.reminders import Alarm
from bot.store import Connection, Row, cases, log, trail

WHAT = {
    FIRST_REPLY: "The first reply",
    NEXT_REPLY: "The next reply",
    RESOLUTION: "The end of this case",
}


class Alarming(CaseSteps):
    """Tells staff what time it is."""

    def due_now(self, connection: Connection) -> list[int]:
        """Returns the cases in which something is due; none of them is held."""
        at = log.now()
        if not self._clock.is_staffed(at):
            return []
        going = [state for state in cases.OPEN_STATES if state != "waiting"]
        standing = cases.list_cases(connection, going)
        trails = trail.events_of(connection, [case.id for case in standing])
        return [case.id for case in standing if self._is_due(case, trails.get(case.id, ()), at)]

    def _is_due(self, standing: Row[Any], events: Iterable[Row[Any]], at: datetime) -> bool:
        if self._is_idle(standing, at):
            return True
        return bool(self._ringing(standing, self._clocks_by(standing, events), at))

    def look(self, connection: Connection, case_id: int) -> bool:
        """Does what the clocks of a case ask for at this moment; tells whether that was anything.

        Of several processes that look one does it: whoever comes second finds the case held, and
        then its keys written or its claim ended.
        """
        standing, at = cases.held(connection, case_id), log.now()
        if self._is_idle(standing, at):
            self._expire(connection, standing)
            return True
        rung = self._ringing(standing, self._clocks_of(connection, standing), at)
        if rung:
            self._ring(connection, standing, rung, at)
        return bool(rung)

    def _ringing(
        self, standing: Row[Any], found: Iterable[Clock], at: datetime
    ) -> Sequence[Alarm]:
        if standing.state not in cases.OPEN_STATES or standing.state == "waiting":
            return ()
        return self._clock.ringing(standing.ref, found, standing.alarms or (), at)

    def _ring(
        self, connection: Connection, standing: Row[Any], rung: Sequence[Alarm], at: datetime
    ) -> None:
        """Posts one line for all that rings now, for everybody whom one of them is for."""
        told = [*(standing.alarms or ()), *(alarm.key for alarm in rung)]
        cases.change_case(connection, standing.id, alarms=told)
        lines = {alarm.kind: self._alarm_words(alarm, at) for alarm in rung}
        tell = dict.fromkeys(name for alarm in rung for name in alarm.tell)
        self._call(connection, standing, " ".join(lines.values()), tuple(tell))
        for alarm in rung:
            step = "reminder" if alarm.is_reminder else f"escalation {alarm.step}"
            detail = f"{alarm.kind}: {step}, told {', '.join(alarm.tell)}"
            cases.audit(connection, standing.id, "docent", "alarm", detail)

    def _alarm_words(self, alarm: Alarm, at: datetime) -> str:
        """Says of a promise how long it has, or since when it is broken, in desk time."""
        minutes = self._clock.minutes_between(*sorted((alarm.due_at, at)))
        what = WHAT[alarm.kind]
        if alarm.is_reminder:
            return f"{what} is promised within {minutes} min."
        return f"{what} is overdue" + (f" by {_span(minutes)}." if minutes else ".")

    def _is_idle(self, standing: Row[Any], at: datetime) -> bool:
        """Tells whether a claim has ended; a case that waits for the visitor waits as long."""
        if standing.state != "claimed" or not self._clock.is_staffed(at):
            return False
        moments = (standing.acted_at or standing.claimed_at, standing.waiting_since)
        since = max((each for each in moments if each is not None), default=None)
        ends = None if since is None else self._clock.claim_expires(since)
        return ends is not None and ends <= at

    def _expire(self, connection: Connection, standing: Row[Any]) -> None:
        """Puts an idle case back in the queue; its owner and the department are called."""
        self._let_go(connection, standing, states.EXPIRE)
        cases.audit(connection, standing.id, "docent", "expired", str(standing.owner))
        self._settle(connection, standing.id)
        if standing.waiting_since is not None:
            self._tell(connection, standing, "taken_over", ref=standing.ref)
        self._post(connection, "card", standing.id)
        words = f"{standing.owner} did nothing here for a while, so anybody may claim this case."
        self._call(connection, standing, words, (OWNER, DEPARTMENT))


def _span(minutes: int) -> str:
    """Writes minutes of desk time: "40 min", "2 h 5 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, *([f"{rest} min"] if rest or not hours else [])])
