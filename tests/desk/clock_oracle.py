"""The clocks once more, by brute force: every second of some weeks is staffed or is not.

Written from the rules alone, in another way than the desk: it knows no calendar, no aware times
and no state, looks back from each event at those before it, and counts seconds in a long row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

# How many days a row of seconds holds.
DAYS = 36
_OPENS, _CLOSES = ("opened", "reopened"), ("resolved", "returned")
_STOPS_AND_GOES = ("waiting", "wrote", "claimed", "released")
Hours = list[tuple[int, int]]
Event = tuple[int, str]
Segment = tuple[int, int | None]


@dataclass(frozen=True)
class Plan:
    """When a desk is staffed: minutes of each weekday, and of the days that are different.

    A different day is told by a test of its date; the first that fits counts.
    """

    zone: str
    week: list[Hours]
    different: list[tuple[Callable[[date], bool], Hours]]

    def on(self, day: date) -> Hours:
        """The minutes of a day, from and to."""
        return next(
            (hours for fits, hours in self.different if fits(day)), self.week[day.weekday()]
        )


class Seconds:
    """A row of seconds in UTC from the midnight of `first`, and how many staffed ones precede."""

    def __init__(self, plan: Plan, first: date) -> None:
        self.zero = datetime(first.year, first.month, first.day, tzinfo=timezone.utc)
        zone = ZoneInfo(plan.zone)
        quarters = (self.zero + timedelta(minutes=15 * n) for n in range(DAYS * 96))
        shifts = [q.astimezone(zone).utcoffset() // timedelta(minutes=1) for q in quarters]  # type: ignore[operator]
        wall = np.arange(DAYS * 1440) + np.repeat(shifts, 15) + 1440
        staffed = np.zeros((DAYS + 3, 1440), bool)
        for number in range(DAYS + 3):
            for start, end in plan.on(first + timedelta(days=number - 1)):
                staffed[number, start:end] = True
        row = np.repeat(staffed[wall // 1440, wall % 1440], 60)
        self.before = np.concatenate([[0], np.cumsum(row, dtype=np.int32)])

    def between(self, start: int, end: int) -> int:
        """The staffed seconds of a stretch."""
        return int(self.before[end] - self.before[start])

    def is_open(self, second: int) -> bool:
        """Whether a second is staffed."""
        return self.between(second, second + 1) == 1

    def after(self, start: int, amount: int) -> int:
        """The second at which so many staffed ones have passed."""
        if amount == 0:
            return start
        found = int(self.before.searchsorted(self.before[start] + amount))
        assert found < len(self.before), "the row of seconds is too short"
        return found

    def open_from(self, second: int) -> int:
        """The first staffed second from here on."""
        return self.after(second, 1) - 1


def expected(
    seconds: Seconds, events: Sequence[Event], targets: dict[str, int | None], at: int
) -> list[dict[str, Any]]:
    """What every clock of a case shows at a second, in the order of kind and beginning."""
    known = sorted((event for event in events if event[0] <= at), key=lambda event: event[0])
    found = [*_replies(known), *_resolution(known)]
    return [_told(seconds, *each, targets[each[0]], at) for each in found]


def nearest(told: Sequence[dict[str, Any]]) -> tuple[int, str] | None:
    """When the next promise is due, and which."""
    order = ["first_reply", "next_reply", "resolution"]
    due = [c for c in told if c["running"] and c["due"] is not None]
    first = min(due, key=lambda c: (c["due"], order.index(c["kind"])), default=None)
    return None if first is None else (first["due"], first["kind"])


def alarms(
    seconds: Seconds,
    told: Sequence[dict[str, Any]],
    targets: dict[str, int | None],
    reminder: int,
    chain: Sequence[int],
) -> list[tuple[int, str, int]]:
    """When each alarm rings: the second, the clock, and the step, 0 for the reminder."""
    found = []
    for clock in told:
        target = targets[clock["kind"]]
        if not clock["running"] or target is None:
            continue
        steps = [(0, target - reminder)] if 0 < reminder < target else []
        steps += [(n, target + after) for n, after in enumerate(chain, 1)]
        for step, amount in steps:
            rings = _reached(seconds, clock["segments"], amount)
            assert rings is not None
            found.append((seconds.open_from(rings), clock["kind"], step))
    return sorted(found)


def ticked(plan: Plan, zero: datetime, events: Sequence[Event], at: int) -> dict[str, int]:
    """The staffed seconds on each kind of clock, all its clocks together, second by second."""
    zone, counted = ZoneInfo(plan.zone), {"first_reply": 0, "next_reply": 0, "resolution": 0}
    waits_for_first = waits_for_next = is_open = is_waiting = has_answer = False
    for second in range(min((when for when, _ in events), default=at), at):
        for word in [word for when, word in events if when == second]:
            if word in _OPENS and not is_open:
                is_open = waits_for_first = True
                is_waiting = waits_for_next = has_answer = False
            if not is_open:
                continue
            if word in _CLOSES:
                is_open = waits_for_first = waits_for_next = False
            if word in _STOPS_AND_GOES:
                is_waiting = word == "waiting"
            if word == "wrote" and has_answer:
                waits_for_next = True
            if word == "delivered":
                waits_for_first, waits_for_next, has_answer = False, False, True
        wall = (zero + timedelta(seconds=second)).astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        if any(start <= minute < end for start, end in plan.on(wall.date())):
            counted["first_reply"] += waits_for_first
            counted["next_reply"] += waits_for_next
            counted["resolution"] += is_open and not is_waiting
    return counted


# --- When each clock ran, told by looking back ---


def _last(events: Sequence[Event], words: Sequence[str]) -> str | None:
    return next((word for _, word in reversed(events) if word in words), None)


def _is_open(events: Sequence[Event]) -> bool:
    return _last(events, _OPENS + _CLOSES) in _OPENS


def _episodes(events: Sequence[Event]) -> Iterator[tuple[int, int | None]]:
    """The places in the list where a case opens, each with the place where it closes."""
    for place, (_, word) in enumerate(events):
        if word in _OPENS and not _is_open(events[:place]):
            rest = range(place + 1, len(events))
            yield place, next((p for p in rest if events[p][1] in _CLOSES), None)


def _replies(events: Sequence[Event]) -> Iterator[tuple[str, list[Segment], bool, bool]]:
    for opens, closes in _episodes(events):
        inside = list(range(opens, len(events) if closes is None else closes))
        answers = [p for p in inside if events[p][1] == "delivered"]
        for place in inside:
            word = events[place][1]
            spoken = _last(events[opens:place], ("wrote", "delivered"))
            if place == opens:
                kind = "first_reply"
            elif word == "wrote" and spoken == "delivered":
                kind = "next_reply"
            else:
                continue
            if kind == "next_reply" and not any(a < place for a in answers):
                continue
            met = next((a for a in answers if a > place), None)
            ends = closes if met is None else met
            segment = (events[place][0], None if ends is None else events[ends][0])
            yield kind, [segment], met is not None, False


def _resolution(events: Sequence[Event]) -> Iterator[tuple[str, list[Segment], bool, bool]]:
    segments: list[Segment] = []
    met = paused = False
    for opens, closes in _episodes(events):
        last = len(events) - 1 if closes is None else closes - 1
        for place in range(opens, last + 1):
            paused = _last(events[opens + 1 : place + 1], _STOPS_AND_GOES) == "waiting"
            goes_on = place == last and closes is None
            if not paused:
                end = None if goes_on else events[place + 1][0]
                segments.append((events[place][0], end))
        met = closes is not None and events[closes][1] == "resolved"
    if segments:
        yield "resolution", segments, met, paused


# --- What it amounts to ---


def _told(
    seconds: Seconds,
    kind: str,
    segments: list[Segment],
    met: bool,
    paused: bool,
    target: int | None,
    at: int,
) -> dict[str, Any]:
    running = segments[-1][1] is None
    due = None
    if target is not None:
        would = segments if paused else [*segments[:-1], (segments[-1][0], None)]
        due = _reached(seconds, would, target)
    ends = [(start, at if end is None else end) for start, end in segments]
    return {
        "kind": kind,
        "segments": segments,
        "started": segments[0][0],
        "elapsed": sum(seconds.between(start, end) for start, end in ends),
        "due": due,
        "breached": due is not None and any(max(a, due) < b for a, b in ends),
        "met": met,
        "running": running,
    }


def _reached(seconds: Seconds, segments: list[Segment], amount: int) -> int | None:
    for start, end in segments:
        found = seconds.after(start, amount)
        if end is None or (found <= end and seconds.between(start, end) >= amount):
            return found
        amount -= seconds.between(start, end)
    return None
