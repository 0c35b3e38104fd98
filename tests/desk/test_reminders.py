"""When staff are told that a promise breaks: before it, after it, in desk hours, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.content.calendar import Calendar, SpecialDays
from bot.content.desk_routing import Department
from bot.content.desk_sections import Escalation, Promises
from bot.desk.promises import Targets, clocks
from bot.desk.reminders import Alarm, Audience, alarms, audience, ringing

from .stories import OFFICE, at, desk, story

CHAIN = (
    Escalation(0, ("owner",)),
    Escalation(15, ("department",)),
    Escalation(60, ("channel", "U0BOSS", "王主管")),
)
PLAN = Promises({}, reminder_minutes=10, escalation=CHAIN)
FIRST = Targets(first_reply=timedelta(hours=1))
OPENED = "11-23 10:00 opened"


def told(
    text: str,
    when: str,
    targets: Targets = FIRST,
    plan: Promises = PLAN,
    calendar: Calendar = OFFICE,
) -> tuple[Alarm, ...]:
    found = clocks(story(text), calendar, targets, at(when))
    return alarms("D-1001", found, calendar, plan)


def instants(rings: tuple[Alarm, ...]) -> list[datetime]:
    return [ring.at for ring in rings]


def test_the_reminder_comes_before_and_the_chain_after() -> None:
    rings = told(OPENED, "11-23 10:01")
    assert instants(rings) == [
        at("11-23 10:50"),
        at("11-23 11:00"),
        at("11-23 11:15"),
        at("11-23 12:00"),
    ]
    assert [ring.tell for ring in rings] == [("owner",), *(row.tell for row in CHAIN)]
    assert [ring.step for ring in rings] == [0, 1, 2, 3]
    assert {(ring.kind, ring.due_at) for ring in rings} == {("first_reply", at("11-23 11:00"))}


def test_without_a_chain_there_is_the_reminder_alone() -> None:
    rings = told(OPENED, "11-23 10:01", plan=Promises({}))
    assert instants(rings) == [at("11-23 10:50")]
    assert told(OPENED, "11-23 10:01", plan=Promises({}, reminder_minutes=0)) == ()


@pytest.mark.parametrize("length", [1, 9, 10])
def test_a_promise_as_short_as_the_reminder_is_not_reminded_of(length: int) -> None:
    rings = told(OPENED, "11-23 10:00", Targets(first_reply=timedelta(minutes=length)))
    assert [ring.step for ring in rings] == [1, 2, 3]


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        # The promise ends in the last minute of the day: what comes after comes in the morning.
        ("11-23 16:00", ["11-23 16:50", "11-24 09:00", "11-24 09:15", "11-24 10:00"]),
        ("11-23 16:10", ["11-24 09:00", "11-24 09:10", "11-24 09:25", "11-24 10:10"]),
        # A case of the weekend.
        ("11-21 23:00", ["11-23 09:50", "11-23 10:00", "11-23 10:15", "11-23 11:00"]),
        # Over Christmas.
        ("12-24 16:30", ["12-28 09:20", "12-28 09:30", "12-28 09:45", "12-28 10:30"]),
    ],
)
def test_zammad_4432_no_mail_at_midnight(opened: str, expected: list[str]) -> None:
    calendar = desk("09:00-17:00", "mon tue wed thu fri", SpecialDays((), every=(12, 25)))
    rings = told(f"{opened} opened", opened, calendar=calendar)
    assert instants(rings) == [at(text) for text in expected]
    assert all(calendar.is_open(ring.at) for ring in rings)


def test_nobody_is_told_in_the_lunch_break() -> None:
    rings = told("11-23 11:00 opened", "11-23 11:00", calendar=desk("08:00-12:00, 13:30-18:00"))
    assert instants(rings) == [
        at("11-23 11:50"),
        at("11-23 13:30"),
        at("11-23 13:45"),
        at("11-23 14:30"),
    ]


def test_an_urgent_case_of_the_night_is_told_when_the_desk_opens() -> None:
    rings = told("11-21 03:00 opened", "11-21 03:00", Targets(first_reply=timedelta()))
    assert instants(rings) == [at("11-23 09:00"), at("11-23 09:15"), at("11-23 10:00")]
    assert {ring.due_at for ring in rings} == {at("11-21 03:00")}


@pytest.mark.parametrize(
    "then",
    ["11-23 11:30 resolved", "11-23 11:30 returned", "11-23 11:30 delivered"],
)
def test_an_ended_clock_tells_nobody(then: str) -> None:
    assert told(f"{OPENED}\n{then}\n11-23 11:31 wrote\n11-23 11:31 bot", "11-23 11:40") == ()


def test_chatwoot_10178_a_goodbye_after_the_end_alarms_nobody() -> None:
    hours = Targets(timedelta(hours=1), timedelta(hours=1), timedelta(hours=1))
    talk = f"{OPENED}\n11-23 10:10 delivered\n11-23 10:20 resolved\n11-23 10:21 wrote"
    assert told(talk, "11-27 16:00", hours) == ()


def test_while_the_visitor_is_waited_for_nobody_is_told_and_then_what_is_left() -> None:
    solve = Targets(resolution=timedelta(hours=2))
    talk = f"{OPENED}\n11-23 11:30 waiting"
    assert told(talk, "11-23 14:00", solve) == ()
    rings = told(f"{talk}\n11-24 09:00 wrote", "11-24 09:00", solve)
    assert instants(rings)[:2] == [at("11-24 09:20"), at("11-24 09:30")]


def test_the_key_of_an_alarm_stays_the_same_when_a_pause_moves_it() -> None:
    solve = Targets(resolution=timedelta(hours=2))
    before = told(OPENED, "11-23 10:01", solve)
    later = told(f"{OPENED}\n11-23 11:30 waiting\n11-24 09:00 wrote", "11-24 09:00", solve)
    assert [ring.key for ring in before] == [ring.key for ring in later]
    assert before[0].key == "D-1001:resolution:20261123T120000:0"
    assert instants(before) != instants(later)


def test_each_clock_and_each_reopening_has_keys_of_its_own() -> None:
    hours = Targets(timedelta(hours=1), timedelta(hours=1), timedelta(hours=6))
    rings = [
        *told(OPENED, "11-23 10:01", hours),
        *told(f"{OPENED}\n11-23 10:10 delivered\n11-23 10:20 wrote", "11-23 10:30", hours)[:4],
        *told(f"{OPENED}\n11-23 10:20 resolved\n11-30 10:00 reopened", "11-30 10:01", hours)[:4],
    ]
    keys = {ring.key for ring in rings}
    # Three first, next and reopened first replies; the resolution is one and the same.
    assert len(keys) == 16
    assert len({key.rpartition(":")[0] for key in keys}) == 4


# --- What rings now ---


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        ("11-23 10:49", []),
        ("11-23 10:50", [0]),
        ("11-23 10:59", [0]),
        ("11-23 11:00", [1]),
        ("11-23 11:20", [1, 2]),
        # The desk is closed: not now.
        ("11-23 17:00", []),
        ("11-24 03:00", []),
        ("11-24 09:00", [1, 2, 3]),
    ],
)
def test_what_rings_now(now: str, steps: list[int]) -> None:
    rings = ringing(told(OPENED, now), set(), OFFICE, at(now))
    assert [ring.step for ring in rings] == steps


def test_what_was_told_is_not_told_again() -> None:
    rings = told(OPENED, "11-23 11:20")
    assert ringing(rings, {ring.key for ring in rings}, OFFICE, at("11-23 11:20")) == ()
    left = ringing(rings, {rings[0].key, rings[1].key}, OFFICE, at("11-23 11:20"))
    assert [ring.step for ring in left] == [2]


# --- Who hears it ---

ALONE = Department("access", "Access")
STAFFED = replace(ALONE, people=("U0ACCESS", "U0WANG"))


@pytest.mark.parametrize(
    ("tell", "owner", "department", "heard"),
    [
        (("owner",), "U0ANNA", STAFFED, Audience(("U0ANNA",), False)),
        (("owner",), None, STAFFED, Audience(("U0ACCESS", "U0WANG"), False)),
        (("owner",), None, ALONE, Audience((), True)),
        (("department",), "U0ANNA", STAFFED, Audience(("U0ACCESS", "U0WANG"), False)),
        (("department",), "U0ANNA", ALONE, Audience((), True)),
        (("department",), "U0ANNA", None, Audience((), True)),
        (("channel",), "U0ANNA", STAFFED, Audience((), True)),
        (("owner", "department"), None, STAFFED, Audience(("U0ACCESS", "U0WANG"), False)),
        (
            ("U0BOSS", "王主管", "Head of 服务"),
            None,
            ALONE,
            Audience(("U0BOSS", "王主管", "Head of 服务"), False),
        ),
        (("channel", "U0BOSS"), None, ALONE, Audience(("U0BOSS",), True)),
    ],
)
def test_somebody_always_hears_it(
    tell: tuple[str, ...], owner: str | None, department: Department | None, heard: Audience
) -> None:
    assert audience(tell, owner, department) == heard
