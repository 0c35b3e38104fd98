"""The clocks of a case, rule by rule, and where other desks went wrong with theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.calendar import SpecialDays, parse_hours
from bot.desk.promises import Targets, clocks, nearest
from bot.desk.timeline import Entry, Happened

from .stories import HOUR, OFFICE, at, desk, minutes, seen, story

# --- The rules ---


@pytest.mark.parametrize(
    ("now", "elapsed", "is_breached"),
    [
        ("11-23 10:00", 0, False),
        ("11-23 10:59", 59, False),
        ("11-23 11:00", 60, False),
        ("11-23 11:01", 61, True),
        ("11-24 08:00", 420, True),
    ],
)
def test_a_first_reply_is_due_after_its_minutes(now: str, elapsed: int, is_breached: bool) -> None:
    clock = seen("11-23 10:00 opened", now)["first_reply"]
    assert (minutes(clock), clock.is_breached, clock.is_running) == (elapsed, is_breached, True)
    assert (clock.due_at, clock.started_at) == (at("11-23 11:00"), at("11-23 10:00"))


def test_a_reply_ends_the_clock_and_says_when() -> None:
    clock = seen("11-23 10:00 opened\n11-23 10:40 delivered", "11-27 12:00")["first_reply"]
    assert (minutes(clock), clock.is_breached, clock.is_running) == (40, False, False)
    assert (clock.met_at, clock.due_at) == (at("11-23 10:40"), at("11-23 11:00"))


def test_the_next_reply_runs_from_the_first_unanswered_message() -> None:
    talk = """
        11-23 10:00 opened
        11-23 10:05 wrote
        11-23 10:10 delivered
        11-23 10:30 wrote
        11-23 10:50 wrote
    """
    assert "next_reply" not in seen(talk, "11-23 10:29")
    clock = seen(talk, "11-23 11:00")["next_reply"]
    assert (clock.started_at, minutes(clock), clock.due_at) == (
        at("11-23 10:30"),
        30,
        at("11-23 11:30"),
    )
    met = seen(f"{talk}\n11-23 11:31 delivered", "11-23 12:00")["next_reply"]
    assert (met.met_at, met.is_breached) == (at("11-23 11:31"), True)


def test_the_resolution_waits_with_the_visitor() -> None:
    talk = """
        11-23 10:00 opened
        11-23 11:00 delivered
        11-23 11:00 waiting
        11-23 15:00 wrote
        11-23 15:30 resolved
    """
    waits = seen(talk, "11-23 14:00")["resolution"]
    assert (minutes(waits), waits.is_running, waits.due_at) == (60, False, None)
    goes_on = seen(talk, "11-23 15:10")["resolution"]
    assert (minutes(goes_on), goes_on.is_running) == (70, True)
    assert goes_on.due_at == at("11-24 14:00")
    done = seen(talk, "11-30 10:00")["resolution"]
    assert (minutes(done), done.met_at, done.is_breached) == (90, at("11-23 15:30"), False)


@pytest.mark.parametrize("goes_on", ["released", "claimed", "wrote"])
def test_what_ends_the_waiting(goes_on: str) -> None:
    talk = f"11-23 10:00 opened\n11-23 10:30 waiting\n11-23 12:00 {goes_on}"
    assert minutes(seen(talk, "11-23 12:10")["resolution"]) == 40


def test_what_goes_back_to_the_bot_was_not_resolved() -> None:
    clock = seen("11-23 10:00 opened\n11-23 10:30 returned", "11-23 16:00")["resolution"]
    assert (clock.met_at, clock.ended_at, minutes(clock)) == (None, at("11-23 10:30"), 30)


def test_a_case_that_is_reopened_is_held_to_the_same_resolution() -> None:
    talk = "11-23 10:00 opened\n11-23 12:00 resolved\n11-30 09:00 reopened"
    clock = seen(talk, "11-30 10:00")["resolution"]
    assert (minutes(clock), clock.met_at, clock.due_at) == (180, None, at("11-30 15:00"))


def test_a_case_that_is_opened_twice_has_one_clock() -> None:
    clock = seen("11-23 10:00 opened\n11-23 10:30 opened", "11-23 10:45")["first_reply"]
    assert minutes(clock) == 45


@pytest.mark.parametrize("now", ["11-21 23:00", "11-23 03:00", "11-23 10:00"])
def test_what_is_urgent_is_due_at_once_whatever_the_hour(now: str) -> None:
    targets = replace(HOUR, first_reply=timedelta())
    opened = f"{now} opened"
    clock = seen(opened, now, targets=targets)["first_reply"]
    assert (clock.due_at, clock.is_breached) == (at(now), False)
    late = seen(opened, "11-23 10:01", targets=targets)["first_reply"]
    assert (late.due_at, late.is_breached) == (at(now), True)


def test_a_promise_that_ends_with_the_day_is_broken_by_an_answer_in_the_evening() -> None:
    talk = "11-23 16:00 opened\n11-23 19:00 delivered"
    clock = seen(talk, "11-24 10:00")["first_reply"]
    assert (clock.due_at, minutes(clock), clock.is_breached) == (at("11-23 17:00"), 60, True)


def test_nothing_is_due_where_nothing_is_promised() -> None:
    found = clocks(story("11-23 10:00 opened"), OFFICE, Targets(), at("11-23 12:00"))
    assert [(clock.due_at, clock.is_breached, minutes(clock)) for clock in found] == [
        (None, False, 120),
        (None, False, 120),
    ]
    assert nearest(found) is None


def test_a_desk_that_closes_for_good_owes_nothing() -> None:
    shut = SpecialDays((), date(2026, 11, 24), date(2030, 1, 1))
    clock = seen("11-23 16:30 opened", "11-30 10:00", desk("09:00-17:00", "mon", shut))
    assert (clock["first_reply"].due_at, clock["first_reply"].is_breached) == (None, False)


def test_the_nearest_promise_is_the_one_that_is_due_first() -> None:
    talk = "11-23 10:00 opened"
    found = clocks(story(talk), OFFICE, HOUR, at("11-23 10:30"))
    best = nearest(found)
    assert best is not None
    assert (best.kind, best.due_at) == ("first_reply", at("11-23 11:00"))
    answered = clocks(story(f"{talk}\n11-23 10:40 delivered"), OFFICE, HOUR, at("11-23 10:50"))
    best = nearest(answered)
    assert best is not None
    assert (best.kind, best.due_at) == ("resolution", at("11-24 10:00"))
    closed = clocks(story(f"{talk}\n11-23 10:40 resolved"), OFFICE, HOUR, at("11-23 10:50"))
    assert nearest(closed) is None


@pytest.mark.parametrize(
    ("zone", "opened", "closed_days", "due"),
    [
        # The Sunday on which the clock changes lies between: an hour more or less of night.
        ("Europe/London", "10-23 16:40", "", "10-26 09:40"),
        ("Europe/London", "03-26 16:40", "", "03-29 09:40"),
        ("America/New_York", "10-30 16:40", "", "11-02 09:40"),
        ("Pacific/Auckland", "09-25 16:40", "", "09-28 09:40"),
        ("Asia/Shanghai", "09-30 16:40", "10-01 10-02 10-05 10-06 10-07", "10-08 09:40"),
    ],
)
def test_clock_changes_and_holidays_cost_no_minute(
    zone: str, opened: str, closed_days: str, due: str
) -> None:
    shut = [date.fromisoformat(f"2026-{day}") for day in closed_days.split()]
    calendar = desk("09:00-17:00", "mon tue wed thu fri", *special(shut), zone=zone)
    timeline = [Entry(at(opened, ZoneInfo(zone)), Happened.OPENED)]
    found = clocks(timeline, calendar, HOUR, at(due, ZoneInfo(zone)))
    assert found[0].due_at == at(due, ZoneInfo(zone))
    assert (minutes(found[0]), found[0].is_breached) == (60, False)


def special(days: list[date]) -> list[SpecialDays]:
    return [SpecialDays((), day, day) for day in days]


def test_a_night_desk_has_the_hours_that_the_clock_gives_and_takes() -> None:
    night = desk("00:00-06:00", "sat sun")
    assert minutes(seen("10-25 00:00 opened", "10-25 12:00", night)["first_reply"]) == 420
    assert minutes(seen("03-28 00:00 opened", "03-28 12:00", night)["first_reply"]) == 300


def test_in_the_hour_that_comes_twice_the_second_one_is_later() -> None:
    # On 25 October London's clock shows 1:30 twice.
    night = desk("00:00-06:00", "sat sun")
    first, second = at("10-25 01:30"), at("10-25 01:20").replace(fold=1)
    timeline = [Entry(first, Happened.OPENED), Entry(second, Happened.DELIVERED)]
    assert clocks(timeline, night, HOUR, first)[0].is_running
    [reply, solved] = clocks(timeline, night, HOUR, second)
    assert (minutes(reply), reply.is_running, minutes(solved)) == (50, False, 50)
    hours = Targets(timedelta(minutes=50), resolution=timedelta(minutes=10))
    best = nearest(clocks(timeline[:1], night, hours, second))
    assert best is not None
    assert best.kind == "resolution"


# --- Where the clocks of other desks went wrong, by repository and number ---


def test_chatwoot_12058_a_reopened_case_has_a_first_reply_of_ten_minutes_not_five_days() -> None:
    talk = """
        11-23 10:00 opened
        11-23 10:20 delivered
        11-23 10:30 resolved
        11-30 10:00 reopened
        11-30 10:10 delivered
    """
    told = clocks(story(talk), OFFICE, HOUR, at("11-30 12:00"))
    replies = [clock for clock in told if clock.kind == "first_reply"]
    assert [minutes(clock) for clock in replies] == [20, 10]
    assert [clock.started_at for clock in replies] == [at("11-23 10:00"), at("11-30 10:00")]


def test_chatwoot_13312_and_6409_the_bots_words_are_no_reply() -> None:
    talk = "11-23 10:00 opened\n11-23 10:00 bot\n11-23 10:20 bot"
    clock = seen(talk, "11-23 10:30")["first_reply"]
    assert (minutes(clock), clock.met_at, clock.is_running) == (30, None, True)
    talk += "\n11-23 10:30 delivered\n11-23 10:40 wrote\n11-23 10:41 bot"
    clock = seen(talk, "11-23 11:00")["next_reply"]
    assert (minutes(clock), clock.is_running) == (20, True)


def test_chatwoot_7679_time_with_the_bot_before_the_case_is_no_time_of_the_desk() -> None:
    talk = """
        11-16 10:00 wrote
        11-16 10:00 bot
        11-23 09:50 wrote
        11-23 10:00 opened
        11-23 11:00 resolved
    """
    assert minutes(seen(talk, "11-23 12:00")["resolution"]) == 60
    assert "next_reply" not in seen(talk, "11-23 12:00")


def test_chatwoot_13181_a_message_that_only_the_bot_answered_starts_no_old_clock() -> None:
    talk = """
        12-11 16:20 opened
        12-11 16:30 delivered
        12-11 16:40 returned
        12-14 16:20 wrote
        12-14 16:20 bot
        12-28 09:00 reopened
        12-28 09:30 wrote
        12-28 09:40 delivered
    """
    told = clocks(story(talk), OFFICE, HOUR, at("12-28 10:00"))
    shown = [(clock.kind, minutes(clock)) for clock in told if clock.kind != "resolution"]
    assert shown == [("first_reply", 10), ("first_reply", 40)]


@pytest.mark.parametrize("closes", ["resolved", "returned"])
def test_chatwoot_10178_an_eternal_goodbye_starts_nothing(closes: str) -> None:
    talk = f"""
        11-23 10:00 opened
        11-23 10:10 delivered
        11-23 10:20 wrote
        11-23 10:30 {closes}
        11-23 10:31 wrote
        11-23 10:40 wrote
    """
    told = clocks(story(talk), OFFICE, HOUR, at("11-27 16:00"))
    assert [(clock.kind, minutes(clock)) for clock in told] == [
        ("first_reply", 10),
        ("resolution", 30),
        ("next_reply", 10),
    ]
    assert not any(clock.is_running or clock.is_breached for clock in told)


def test_chatwoot_15024_a_miss_does_not_grow_after_the_case_is_closed() -> None:
    talk = "11-23 10:00 opened\n11-23 12:00 resolved"
    first = seen(talk, "11-23 12:00")
    assert seen(talk, "11-27 16:00") == first
    assert (minutes(first["first_reply"]), first["first_reply"].is_breached) == (120, True)


def test_chatwoot_7348_and_4028_the_readers_zone_changes_no_figure() -> None:
    timeline = story("11-23 10:00 opened\n11-23 10:40 delivered\n11-23 16:50 wrote")
    here = clocks(timeline, OFFICE, HOUR, at("11-24 09:30"))
    for name in ("Asia/Shanghai", "America/New_York", "UTC"):
        zone = ZoneInfo(name)
        there = [Entry(entry.at.astimezone(zone), entry.what) for entry in timeline]
        now = at("11-24 09:30").astimezone(zone)
        assert clocks(there, OFFICE, HOUR, now) == here


def test_zammad_5177_the_next_reply_does_not_overrule_the_first() -> None:
    targets = Targets(timedelta(hours=4), timedelta(minutes=5))
    talk = "11-23 10:00 opened\n11-23 10:01 wrote\n11-23 10:02 wrote"
    told = clocks(story(talk), OFFICE, targets, at("11-23 11:00"))
    best = nearest(told)
    assert best is not None
    assert (best.kind, best.due_at) == ("first_reply", at("11-23 14:00"))
    assert not any(clock.is_breached for clock in told)


def test_zammad_3140_an_answered_case_is_not_late_because_the_visitor_is() -> None:
    talk = "11-23 10:00 opened\n11-23 10:01 wrote\n11-23 10:10 delivered\n11-23 10:10 waiting"
    told = clocks(story(talk), OFFICE, HOUR, at("11-27 16:00"))
    assert nearest(told) is None
    assert not any(clock.is_running or clock.is_breached for clock in told)


def test_frappe_2075_a_case_of_a_sunday_counts_from_the_first_staffed_minute() -> None:
    talk = "11-22 11:00 opened\n11-23 09:08 delivered"
    clock = seen(talk, "11-23 10:00")["first_reply"]
    assert (minutes(clock), clock.due_at, clock.is_breached) == (8, at("11-23 10:00"), False)


def test_frappe_2449_time_on_hold_is_staffed_time_too() -> None:
    # Held over a weekend: not 65 hours later, but as much desk time as was left.
    talk = """
        11-20 16:00 opened
        11-20 16:30 waiting
        11-23 10:00 wrote
    """
    clock = seen(talk, "11-23 10:00")["resolution"]
    assert (minutes(clock), clock.due_at) == (30, at("11-24 09:30"))


@pytest.mark.parametrize(
    ("days", "opened", "due"),
    [
        ("tue", "11-24 16:30", "12-01 09:30"),
        ("tue", "11-25 12:00", "12-01 10:00"),
        ("tue", "11-23 23:59", "11-24 10:00"),
        ("wed sun", "11-26 08:00", "11-29 10:00"),
        ("fri", "11-27 16:30", "12-04 09:30"),
    ],
)
def test_osticket_6739_a_week_without_monday_and_thursday(
    days: str, opened: str, due: str
) -> None:
    clock = seen(f"{opened} opened", opened, desk("09:00-17:00", days))["first_reply"]
    assert (clock.due_at, clock.is_breached) == (at(due), False)


SPLIT = desk("08:00-12:00, 13:30-18:00")


@pytest.mark.parametrize(
    ("opened", "replied", "due", "elapsed"),
    [
        ("11-23 12:30", "11-23 13:40", "11-23 14:30", 10),
        ("11-23 11:40", "11-23 13:50", "11-23 14:10", 40),
        ("11-23 11:40", "11-23 12:10", "11-23 14:10", 20),
        ("11-23 17:50", "11-24 08:30", "11-24 08:50", 40),
    ],
)
def test_chatwoot_14009_lunch_break(opened: str, replied: str, due: str, elapsed: int) -> None:
    clock = seen(f"{opened} opened\n{replied} delivered", "11-25 09:00", SPLIT)["first_reply"]
    assert (clock.due_at, minutes(clock), clock.is_breached) == (at(due), elapsed, False)


def test_osticket_6847_a_holiday_with_hours_of_its_own_and_a_lunch_break() -> None:
    eve = SpecialDays(parse_hours("09:00-11:00, 12:00-13:00"), every=(12, 24))
    christmas = SpecialDays((), every=(12, 25))
    calendar = desk("09:00-17:00", "mon tue wed thu fri", eve, christmas)
    seven_hours = Targets(first_reply=timedelta(hours=7))
    clock = seen("12-24 10:40 opened", "12-28 09:00", calendar, seven_hours)["first_reply"]
    assert (clock.due_at, minutes(clock)) == (at("12-28 14:40"), 80)
