"""When the desk is staffed, when a promise falls due, and how that is said to a visitor."""

from __future__ import annotations

from datetime import datetime

from bot.content.calendar import clock_words
from bot.content.museum import Museum

_CHINESE_DAYS = "一二三四五六日"


class DeskClock:
    """The desk's business hours, in the museum's time zone."""

    def __init__(self, museum: Museum) -> None:
        self._museum = museum
        self._zone = museum.time_zone

    def due(self, channel: str, at: datetime, urgent: bool = False) -> datetime:
        """Returns when the first reply is promised: so many minutes of staffed time from now.

        What is urgent is due at once, whatever the hour.
        """
        minutes = 0 if urgent else self._museum.promise_minutes(channel)
        return self._museum.desk.add_minutes(at.astimezone(self._zone), minutes)

    def is_staffed(self, at: datetime) -> bool:
        """Tells whether somebody answers now."""
        return self._museum.desk.is_open(at.astimezone(self._zone))

    def reopening(self, at: datetime, language: str) -> str | None:
        """Returns when the desk opens next, in words; None where no opening is known."""
        opening = self._museum.desk.next_opening(at.astimezone(self._zone))
        return None if opening is None else moment(opening, language)


def moment(at: datetime, language: str) -> str:
    """Says a local time: "on Monday 23 November at 9:30am", "11月23日（星期一）9:30"."""
    if language == "en":
        return f"on {at:%A} {at.day} {at:%B} at {clock_words(at.time()).en}"
    weekday = _CHINESE_DAYS[at.weekday()]
    return f"{at.month}月{at.day}日（星期{weekday}）{at.hour}:{at:%M}"
