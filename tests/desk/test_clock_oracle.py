"""The clocks of the desk against a brute-force oracle: equal to the second, 10,000 times."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.content.calendar import Calendar, Interval, SpecialDays
from bot.content.desk_sections import Escalation, Promises
from bot.desk.promises import Clock, Targets, clocks, nearest
from bot.desk.reminders import alarms
from bot.desk.timeline import Entry, Happened

from . import clock_oracle
from .clock_oracle import Event, Hours, Plan, Seconds

FIXED = 20261122
# Another one every time; a failure prints it, and CLOCK_SEED plays it again.
ROTATING = int(os.environ.get("CLOCK_SEED") or random.SystemRandom().randrange(10**9))

# Days shortly before clocks change, holidays begin, or nothing at all happens.
FIRST_DAYS = {
    "Europe/London": [date(2026, 10, 22), date(2027, 3, 25), date(2026, 12, 23)],
    "America/New_York": [date(2026, 10, 29), date(2027, 3, 11), date(2027, 6, 30)],
    "Asia/Shanghai": [date(2026, 9, 29), date(2027, 2, 4), date(2026, 11, 20)],
    "Pacific/Auckland": [date(2026, 9, 24), date(2027, 4, 1), date(2026, 12, 30)],
}
# Edges keep away from the hours that clock changes repeat or skip, as desks do.
EDGES = [0, 20, *range(3 * 60 + 5, 24 * 60, 35)]
LENGTHS = [0, 1, 15, 45, 60, 120, 300, 480]
WORDS = [what.value for what in Happened]
WEIGHTS = [2, 12, 9, 4, 6, 3, 3, 4, 2, 5]
TRIED = ["first_reply", "next_reply", "resolution", "breached", "kept", "stopped", "reopened"]
TRIED += ["clock change", "paused", "ringing"]
# What happens in a case that nobody mishandles, and what comes after it.
TALK = "opened bot wrote claimed delivered waiting wrote wrote delivered waiting wrote released"
AFTER = "claimed delivered resolved wrote bot delivered reopened wrote claimed delivered returned"


class Drawn(NamedTuple):
    """One case for the oracle: its desk, its story and its promises."""

    plan: Plan
    seconds: Seconds
    calendar: Calendar
    events: list[Event]
    targets: dict[str, int | None]
    at: int


def drawn(chance: random.Random, cases: int, per_desk: int = 200) -> Iterator[Drawn]:
    """Draws desks, and for each of them cases."""
    for number in range(cases):
        if number % per_desk == 0:
            plan, calendar, first = _desk(chance)
            seconds = Seconds(plan, first)
        events = _events(chance, seconds)
        targets = {kind: _length(chance) for kind in ("first_reply", "next_reply", "resolution")}
        last = max((at for at, _ in events), default=0)
        at = chance.choice([last, chance.randint(0, 8 * 86400), last + chance.randint(0, 90000)])
        yield Drawn(plan, seconds, calendar, events, targets, at)


def _desk(chance: random.Random) -> tuple[Plan, Calendar, date]:
    """The same hours twice: as plain minutes for the oracle, and as the desk's calendar."""
    zone = chance.choice(list(FIRST_DAYS))
    first = chance.choice(FIRST_DAYS[zone])
    week = [_hours(chance, least=day < 3) for day in range(7)]
    chance.shuffle(week)
    different, special = [], []
    for _ in range(chance.randint(0, 3)):
        start = first + timedelta(days=chance.randint(0, 6))
        end, hours = start + timedelta(days=chance.randint(0, 2)), _hours(chance)
        if chance.random() < 0.5:
            different.append((lambda day, a=start, b=end: a <= day <= b, hours))
            special.append(SpecialDays(_intervals(hours), start, end))
        else:
            day_of_year = (start.month, start.day)
            different.append((lambda day, d=day_of_year: (day.month, day.day) == d, hours))
            special.append(SpecialDays(_intervals(hours), every=day_of_year))
    calendar = Calendar(tuple(map(_intervals, week)), tuple(special), ZoneInfo(zone))
    return Plan(zone, week, different), calendar, first


def _hours(chance: random.Random, least: bool = False) -> Hours:
    """None, one, two or three shifts of a day; at least two hours where asked."""
    if least:
        start = chance.choice([edge for edge in EDGES[2:] if edge < 12 * 60])
        return [(start, start + chance.choice([120, 480])), (1250, 1439)]
    edges = sorted(chance.sample(EDGES, 2 * chance.choice([0, 1, 2, 2, 3])))
    if edges and chance.random() < 0.25:
        edges[0] = chance.choice(EDGES[:2])
    return list(zip(edges[::2], edges[1::2], strict=True))


def _intervals(hours: Hours) -> tuple[Interval, ...]:
    return tuple(Interval(*(time(edge // 60, edge % 60) for edge in shift)) for shift in hours)


def _length(chance: random.Random) -> int | None:
    return None if chance.random() < 0.15 else 60 * chance.choice(LENGTHS)


def _events(chance: random.Random, seconds: Seconds) -> list[Event]:
    """A story within a few days: sensible with gaps, or anything in any order."""
    if chance.random() < 0.5:
        words = [word for word in f"{TALK} {AFTER}".split() if chance.random() < 0.7]
        words = words[: chance.randint(1, len(words))] if words else ["opened"]
    else:
        words = ["opened"] * (chance.random() < 0.9)
        words += chance.choices(WORDS, WEIGHTS, k=chance.randint(0, 12))
    start, length = chance.randint(0, 3 * 86400), chance.choice([600, 20000, 90000, 250000])
    times = sorted(_instant(chance, seconds, start, length) for _ in words)
    return list(zip(times, words, strict=True))


def _instant(chance: random.Random, seconds: Seconds, start: int, length: int) -> int:
    """Any second of a stretch, and often one at which the desk opens, or right beside it."""
    at = start + chance.randint(0, length)
    if chance.random() < 0.2:
        return max(0, seconds.open_from(at) + chance.choice([-1, 0, 0, 1]))
    return at if chance.random() < 0.8 else start


# --- What the desk says, in the oracle's seconds ---


def told_by_desk(case: Drawn) -> tuple[Clock, ...]:
    zero = case.seconds.zero
    timeline = [Entry(zero + timedelta(seconds=at), Happened(word)) for at, word in case.events]
    lengths = {k: None if v is None else timedelta(seconds=v) for k, v in case.targets.items()}
    at = (zero + timedelta(seconds=case.at)).astimezone(case.calendar.zone)
    return clocks(timeline, case.calendar, Targets(**lengths), at)


def second(case: Drawn, at: datetime | None) -> int | None:
    if at is None:
        return None
    whole = (at - case.seconds.zero) / timedelta(seconds=1)
    assert whole == int(whole), f"{at} is no whole second"
    return int(whole)


def shown(case: Drawn, clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "started": second(case, clock.started_at),
        "elapsed": clock.elapsed.total_seconds(),
        "due": second(case, clock.due_at),
        "breached": clock.is_breached,
        "met": clock.met_at is not None,
        "running": clock.is_running,
    }


def in_order(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = ({k: v for k, v in each.items() if k != "segments"} for each in told)
    return sorted(plain, key=lambda each: (each["kind"], each["started"], each["running"]))


def compare(case: Drawn, chance: random.Random) -> Counter[str]:
    """Holds the desk to the oracle for one case; returns what it was about."""
    found = told_by_desk(case)
    told = clock_oracle.expected(case.seconds, case.events, case.targets, case.at)
    assert in_order([shown(case, clock) for clock in found]) == in_order(told)
    best = nearest(found)
    due = None if best is None else (second(case, best.due_at), best.kind)
    assert due == clock_oracle.nearest(told)
    chain = sorted(chance.sample([0, 15, 30, 60, 240], chance.randint(0, 3)))
    promises = Promises(
        {}, chance.choice([0, 10, 15, 45]), tuple(Escalation(n, ()) for n in chain)
    )
    rings = alarms("D-1001", found, case.calendar, promises)
    assert sorted((second(case, ring.at), ring.kind, ring.step) for ring in rings) == (
        clock_oracle.alarms(
            case.seconds,
            told,
            case.targets,
            60 * promises.reminder_minutes,
            [60 * n for n in chain],
        )
    )
    assert len({ring.key for ring in rings}) == len(rings)
    return Counter(seen_in(case, found, bool(rings)))


def seen_in(case: Drawn, found: tuple[Clock, ...], is_ringing: bool) -> Iterator[str]:
    """What a case tries, so that the draw cannot quietly become dull."""
    zone, last = case.calendar.zone, case.seconds.zero + timedelta(seconds=case.at)
    for clock in found:
        yield clock.kind
        yield from ["breached"] * clock.is_breached
        yield from ["kept"] * (clock.met_at is not None and not clock.is_breached)
        yield from ["stopped"] * (clock.ended_at is not None and clock.met_at is None)
        began = clock.started_at.astimezone(zone)
        yield from ["clock change"] * (began.utcoffset() != last.astimezone(zone).utcoffset())
        yield from ["paused"] * (len(clock.runs) > 1)
    yield from ["ringing"] * is_ringing
    yield from ["reopened"] * (sum(clock.kind == "first_reply" for clock in found) > 1)


@pytest.mark.parametrize(
    ("seed", "cases"), [(FIXED, 8000), (ROTATING, 2000)], ids=["fixed", "rotating"]
)
def test_the_clocks_agree_with_the_oracle_to_the_second(seed: int, cases: int) -> None:
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    for number, case in enumerate(drawn(chance, cases)):
        try:
            seen += compare(case, chance)
        except AssertionError as error:
            story = f"zone {case.plan.zone} from {case.seconds.zero}, week {case.plan.week}"
            raise AssertionError(
                f"CLOCK_SEED={seed}, case {number}: {story}, events {case.events}, "
                f"targets {case.targets}, at {case.at}\n{error}"
            ) from error
    rare = {word: seen[word] for word in TRIED if seen[word] < cases / 40}
    assert not rare, f"CLOCK_SEED={seed}: hardly tried {rare}"


def test_the_oracle_agrees_with_a_clock_that_ticks() -> None:
    chance = random.Random(FIXED)
    short = (case for case in drawn(chance, 9000) if 0 < case.at - first_at(case) < 6000)
    for case in islice(short, 60):
        told = clock_oracle.expected(case.seconds, case.events, case.targets, case.at)
        elapsed = {kind: 0 for kind in case.targets}
        for clock in told:
            elapsed[clock["kind"]] += clock["elapsed"]
        assert clock_oracle.ticked(case.plan, case.seconds.zero, case.events, case.at) == elapsed


def first_at(case: Drawn) -> int:
    return min((at for at, _ in case.events), default=case.at)
