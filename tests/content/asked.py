"""What is asked on which day, and the days that are found, written short."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content.dates import find_day

LONDON = ZoneInfo("Europe/London")
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
WEDNESDAY = datetime(2026, 11, 25, 12, 0, tzinfo=LONDON)


def days(text: str, now: datetime) -> str:
    """The days found, as "22.11 23.11"; the year is told where it is not that of `now`."""
    question = find_day(text, now)
    found = [
        f"{day:%d.%m}" + ("" if day.year == now.year else f".{day:%y}") for day in question.dates
    ]
    return " ".join(found) if question.kind == "days" else question.kind
