"""The desk's hours and promises, for this museum: when, by when, and how that is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, timezone

from bot.content.calendar import clock_words
from bot.content.desk_sections import FIRST_REPLY, NEXT_REPLY, RESOLUTION
from bot.content.museum import Museum
from bot.desk import reminders
from bot.desk.promises import Clock, Targets, clocks, reached
from bot.desk.reminders import Alarm
from bot.desk.timeline import Entry, Run

_CHINESE_DAYS = "一二三四五六日"


class DeskClock:
    """The desk's business hours and what it promises in them, in the museum's time zone."""

    def __init__(self, museum: Museum) -> None:
        self._museum = museum
        self._zone = museum.time_zone

    def due(self, channel: str, at: datetime, urgent: bool = False) -> datetime:
        """Returns when the first reply is promised: so many minutes of staffed time from now.

        What is urgent is due at once, whatever the hour, unless museum.yml gives it minutes.
        """
        minutes = self._museum.promises.minutes(FIRST_REPLY, channel, urgent) or 0
        return self._museum.desk.add_minutes(at.astimezone(self._zone), minutes)

    def is_staffed(self, at: datetime) -> bool:
        """Tells whether somebody answers now."""
        return self._museum.desk.is_open(at.astimezone(self._zone))

    def reopening(self, at: datetime, language: str) -> str | None:
        """Returns when the desk opens next, in words; None where no opening is known."""
        opening = self._museum.desk.next_opening(at.astimezone(self._zone))
        return None if opening is None else moment(opening, language)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Returns the whole minutes of desk time between two moments."""
        return int(self._museum.desk.minutes_between(start, end))

    def opening_key(self, at: datetime) -> str:
        """Returns by what the next opening is known, the same until then; "" for none."""
        opening = self._museum.desk.next_opening(at)
        return "" if opening is None else opening.astimezone(timezone.utc).isoformat()

    def targets(self, channel: str, urgent: bool = False) -> Targets:
        """Returns what is promised on a channel, in staffed time."""
        minutes = self._museum.promises.minutes
        return Targets(
            first_reply=_length(minutes(FIRST_REPLY, channel, urgent)),
            next_reply=_length(minutes(NEXT_REPLY, channel, urgent)),
            resolution=_length(minutes(RESOLUTION, channel, urgent)),
        )

    def clocks(
        self, timeline: Iterable[Entry], channel: str, at: datetime, urgent: bool = False
    ) -> tuple[Clock, ...]:
        """Returns every clock that a case has had by now; `nearest` picks what is due first."""
        return clocks(timeline, self._museum.desk, self.targets(channel, urgent), at)

    def alarms(self, case: str | int, found: Iterable[Clock]) -> tuple[Alarm, ...]:
        """Returns when somebody is told of a promise that breaks, the earliest first."""
        return reminders.alarms(case, found, self._museum.desk, self._museum.promises)

    def ringing(
        self, case: str | int, found: Iterable[Clock], sent: Collection[str], at: datetime
    ) -> tuple[Alarm, ...]:
        """Returns the alarms of a case that are to be told now and were not sent before."""
        return reminders.ringing(self.alarms(case, found), sent, self._museum.desk, at)

    def claim_expires(self, since: datetime) -> datetime | None:
        """Returns when a claim ends whose owner did nothing since; None where claims last."""
        length = _length(self._museum.promises.claim_minutes)
        runs = [Run(since, None)]
        return None if length is None else reached(self._museum.desk, runs, length)


def moment(at: datetime, language: str) -> str:
    """Says a local time: "on Monday 23 November at 9:30am", "11月23日（星期一）9:30"."""
    if language == "en":
        return f"on {at:%A} {at.day} {at:%B} at {clock_words(at.time()).en}"
    weekday = _CHINESE_DAYS[at.weekday()]
    return f"{at.month}月{at.day}日（星期{weekday}）{at.hour}:{at:%M}"


def _length(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)
