"""The calendar against hand-made cases and against a minute-by-minute oracle."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.calendar import (
    Bilingual,
    Calendar,
    Hours,
    Interval,
    SpecialDays,
    clock_words,
    date_words,
    days_of_month,
    feast,
    hours_words,
    parse_hours,
)

LONDON = ZoneInfo("Europe/London")
LONG_DAY = parse_hours("10:00-17:30")
CHRISTMAS = Bilingual("Christmas Day", "圣诞节")


def museum(*exceptions: SpecialDays, zone: ZoneInfo = LONDON) -> Calendar:
    week: tuple[Hours, ...] = ((), *(LONG_DAY,) * 3, parse_hours("10:00-20:30"), *(LONG_DAY,) * 2)
    return Calendar(week, exceptions, zone)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("closed", ()),
        ("10:00-17:30", (Interval(time(10), time(17, 30)),)),
        ("9:30–12:00", (Interval(time(9, 30), time(12)),)),
        ("10:00-13:00, 14:00-17:00", (Interval(time(10), time(13)), Interval(time(14), time(17)))),
        ("10:00-13:00,13:00-17:00", (Interval(time(10), time(13)), Interval(time(13), time(17)))),
    ],
)
def test_hours_are_read(text: str, hours: Hours) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("ten to five", "not a range"),
        ("10:00", "not a range"),
        ("", "not a range"),
        ("10:00-25:00", "no clock shows"),
        ("10:00-17:60", "no clock shows"),
        ("17:30-10:00", "ends before it begins"),
        ("10:00-10:00", "ends before it begins"),
        ("10:00-14:00, 13:00-17:00", "overlaps"),
        ("14:00-17:00, 10:00-13:00", "overlaps"),
    ],
)
def test_a_slip_in_hours_is_named(text: str, slip: str) -> None:
    with pytest.raises(ValueError, match=slip):
        parse_hours(text)


def test_the_first_exception_that_covers_a_day_wins() -> None:
    calendar = museum(
        SpecialDays((), every=(12, 25), reason=CHRISTMAS),
        SpecialDays(parse_hours("12:00-15:00"), date(2026, 12, 24), date(2026, 12, 26)),
    )
    assert calendar.hours_on(date(2026, 12, 25)).open == ()
    assert calendar.hours_on(date(2031, 12, 25)).reason == CHRISTMAS
    assert calendar.hours_on(date(2026, 12, 26)).open == parse_hours("12:00-15:00")
    assert calendar.hours_on(date(2026, 12, 27)).special is False


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-22T09:59", False),
        ("2026-11-22T10:00", True),
        ("2026-11-22T17:29", True),
        ("2026-11-22T17:30", False),
        ("2026-11-23T12:00", False),
        ("2026-11-27T20:00", True),
    ],
)
def test_open_from_the_first_minute_to_the_last(moment: str, is_open: bool) -> None:
    assert museum().is_open(at(moment)) is is_open


def test_an_instant_of_another_zone_is_understood() -> None:
    assert museum().is_open(at("2026-11-22T18:00", ZoneInfo("Asia/Shanghai")))
    assert not museum().is_open(at("2026-11-22T17:59", ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-22T08:00", "2026-11-22T10:00"),
        ("2026-11-22T10:00", "2026-11-22T10:00"),
        ("2026-11-22T10:01", "2026-11-24T10:00"),
        ("2026-11-22T18:00", "2026-11-24T10:00"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    assert museum().next_opening(at(moment)) == at(opens)


def test_a_calendar_that_never_opens_is_searched_in_bounds() -> None:
    never = Calendar(((),) * 7, (), LONDON)
    assert never.next_opening(at("2026-11-22T10:00")) is None
    assert never.minutes_between(at("2026-11-22T10:00"), at("2027-11-22T10:00")) == 0
    with pytest.raises(ValueError, match="fewer than 60 open minutes"):
        never.add_minutes(at("2026-11-22T10:00"), 60)


def test_minutes_run_over_closed_days_and_a_lunch_break() -> None:
    week = ((), *(parse_hours("10:00-13:00, 14:00-17:00"),) * 6)
    calendar = Calendar(week, (), LONDON)
    assert (
        calendar.minutes_between(at("2026-11-22T12:30"), at("2026-11-24T10:15")) == 30 + 180 + 15
    )
    assert calendar.add_minutes(at("2026-11-22T12:30"), 45) == at("2026-11-22T14:15")
    assert calendar.add_minutes(at("2026-11-22T16:30"), 45) == at("2026-11-24T10:15")
    assert calendar.add_minutes(at("2026-11-22T16:30"), 30) == at("2026-11-22T17:00")
    assert calendar.minutes_between(at("2026-11-24T10:15"), at("2026-11-22T12:30")) == 0


@pytest.mark.parametrize(("day", "minutes"), [("2027-03-28", 300), ("2026-10-25", 420)])
def test_a_clock_change_costs_or_gives_an_hour(day: str, minutes: int) -> None:
    calendar = Calendar((parse_hours("00:00-06:00"),) * 7, (), LONDON)
    start, end = at(f"{day}T00:00"), at(f"{day}T12:00")
    assert calendar.minutes_between(start, end) == minutes
    assert calendar.add_minutes(start, minutes) == at(f"{day}T06:00")


def test_an_interval_inside_the_skipped_hour_has_no_minutes() -> None:
    calendar = Calendar((parse_hours("01:30-02:15"),) * 7, (), LONDON)
    assert calendar.minutes_between(at("2027-03-28T00:00"), at("2027-03-28T23:00")) == 0


def test_words_for_times_and_dates() -> None:
    assert clock_words(time(17, 30)) == Bilingual("5:30pm", "17:30")
    assert clock_words(time(12)) == Bilingual("noon", "12:00")
    assert clock_words(time(0, 15)) == Bilingual("12:15am", "00:15")
    assert date_words(date(2027, 2, 21)) == Bilingual("21 February 2027", "2027年2月21日")
    assert hours_words(parse_hours("10:00-13:00, 14:00-17:00")).en == "10am–1pm, 2pm–5pm"
    assert hours_words(()).zh == "闭馆"


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("Easter", 2026, date(2026, 4, 5)),
        ("Easter", 2027, date(2027, 3, 28)),
        ("Easter", 2038, date(2038, 4, 25)),
        ("Chinese New Year (Spring Festival)", 2026, date(2026, 2, 17)),
        ("Chinese New Year (Spring Festival)", 2027, date(2027, 2, 6)),
        ("Chinese New Year (Spring Festival)", 2030, date(2030, 2, 3)),
        ("Mid-Autumn Festival", 2027, date(2027, 9, 15)),
        ("Mid-Autumn Festival", 1950, None),
    ],
)
def test_moving_feasts(name: str, year: int, day: date | None) -> None:
    assert feast(name, year) == day


def test_short_months_are_passed_over() -> None:
    first = next(days_of_month(31, date(2026, 11, 1)))
    assert first == date(2026, 12, 31)


# --- The oracle: a day is a row of minutes, and a minute is open when the wall clock says so ---

# Edges keep away from the hour between 1 and 3 that clock changes repeat or skip.
EDGES = [
    time(0),
    time(0, 30),
    *(time(hour, minute) for hour in range(3, 24) for minute in (0, 40)),
]


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    edges = draw(st.lists(st.sampled_from(EDGES), min_size=0, max_size=4, unique=True))
    edges = sorted(edges[: len(edges) // 2 * 2])
    return tuple(Interval(*pair) for pair in zip(edges[::2], edges[1::2], strict=True))


ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Shanghai", "Asia/Kolkata"])
DAYS_NEAR_CHANGES = st.sampled_from(
    [
        date(2027, 3, 27),
        date(2026, 10, 24),
        date(2027, 3, 13),
        date(2026, 10, 31),
        date(2026, 6, 1),
    ]
)


@st.composite
def some_calendar(draw: st.DrawFn) -> Calendar:
    week = tuple(draw(some_hours()) for _ in range(7))
    first = draw(DAYS_NEAR_CHANGES)
    special = SpecialDays(
        draw(some_hours()), first, first + timedelta(days=draw(st.integers(0, 2)))
    )
    return Calendar(week, (special,) if draw(st.booleans()) else (), ZoneInfo(draw(ZONES)))


def oracle_is_open(calendar: Calendar, moment: datetime) -> bool:
    wall = moment.astimezone(calendar.zone)
    hours = calendar.week[wall.weekday()]
    for row in calendar.exceptions:
        if row.first <= wall.date() <= row.last:
            hours = row.hours
    return any(opens <= wall.time() < closes for opens, closes in hours)


@settings(max_examples=150, deadline=None)
@given(some_calendar(), DAYS_NEAR_CHANGES, st.integers(0, 2880), st.integers(0, 2880))
def test_the_calendar_agrees_with_a_minute_by_minute_oracle(
    calendar: Calendar, day: date, offset: int, length: int
) -> None:
    start = datetime.combine(day, time(0), timezone.utc) + timedelta(minutes=offset)
    minutes = [start + timedelta(minutes=count) for count in range(length)]
    opened = [oracle_is_open(calendar, minute) for minute in minutes]
    end = start + timedelta(minutes=length)
    assert calendar.minutes_between(start, end) == sum(opened)
    assert calendar.is_open(start) == oracle_is_open(calendar, start)
    # An opening follows a closed minute, or follows at once on another interval of the day.
    found = calendar.next_opening(start)
    first_open = next((at for at, is_open in zip(minutes, opened, strict=True) if is_open), None)
    if first_open is not None and first_open > start:
        assert found == first_open
    if found is not None and found < end:
        assert oracle_is_open(calendar, found)


# Not more than 400 days hold where only twenty minutes of a week are open.
@settings(max_examples=150, deadline=None)
@given(some_calendar(), DAYS_NEAR_CHANGES, st.integers(0, 2880), st.integers(1, 1000))
def test_a_promise_takes_exactly_its_open_minutes(
    calendar: Calendar, day: date, offset: int, minutes: int
) -> None:
    start = datetime.combine(day, time(0), timezone.utc) + timedelta(minutes=offset)
    if not any(calendar.week):
        return
    due = calendar.add_minutes(start, minutes)
    assert calendar.minutes_between(start, due) == minutes
    assert oracle_is_open(calendar, due - timedelta(minutes=1))
