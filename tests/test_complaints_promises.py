"""What users of other systems complained of: times and reports that count the wrong thing.

Each test is named after the report: the repository and the number of its issue or pull request.
Cases are real ones, on a clock that stands still; the museum's desk is staffed on weekdays from
half past nine to half past five, on Fridays until eight, and promises a first reply in an hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from complaints import ANA, EVERYWHERE, Museum
from conftest import Book, Clock

from bot.content.calendar import Calendar, parse_hours
from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.desk.watch import Watch
from bot.store import cases, trail
from bot.store.database import Database
from bot.store.tables import case_events

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def museum(database: Database, voice: Voice, book: Book, clock: Clock) -> Museum:
    return Museum(database, voice, book, clock)


def at(day: str, time: str) -> datetime:
    """A local time in November or December 2026."""
    return datetime.fromisoformat(f"2026-{day}T{time}").replace(tzinfo=LONDON)


def clock_of(museum: Museum, number: int, kind: str, index: int = -1) -> Any:
    """A clock of a case as it shows now."""

    def found(connection: Any) -> Any:
        case = cases.case(connection, number)
        return museum.casework._clocks_of(connection, case)

    return [each for each in museum.database.now(found) if each.kind == kind][index]


def minutes(clock: Any) -> float:
    return float(clock.elapsed / timedelta(minutes=1))


async def test_chatwoot_13312_and_6409_what_the_bot_says_is_no_first_reply(museum: Museum) -> None:
    case = museum.claimed("找人 person")
    museum.book.said("I am a bot.", author="bot")
    await museum.sent()
    museum.clock.on(minutes=40)
    assert museum.case().first_reply_at is None
    await museum.answered(case)
    assert museum.case().first_reply_at == museum.clock()
    assert minutes(clock_of(museum, 1, "first_reply")) == 40


async def test_chatwoot_12058_after_a_reopening_ten_minutes_are_ten_minutes(
    museum: Museum,
) -> None:
    case = museum.claimed("找人 person")
    museum.clock.on(minutes=5)
    await museum.answered(case)
    museum.do("resolve", case, ANA)
    museum.clock.on(days=7)
    assert museum.do("reopen", case, ANA).kind == "done"
    assert museum.do("claim", case, ANA).kind == "done"
    museum.clock.on(minutes=10)
    await museum.answered(case, "再说一次 again")
    assert minutes(clock_of(museum, 1, "first_reply", 0)) == 5
    assert minutes(clock_of(museum, 1, "first_reply", -1)) == 10


async def test_chatwoot_10178_nothing_runs_after_the_end_and_thanks_begin_nothing(
    museum: Museum,
) -> None:
    case = museum.claimed("找人 person")
    museum.clock.on(minutes=30)
    await museum.answered(case)
    museum.do("resolve", case, ANA)
    before = minutes(clock_of(museum, 1, "resolution"))
    museum.clock.on(days=3)
    await museum.hear("好的，谢谢 thanks bye")
    assert minutes(clock_of(museum, 1, "resolution")) == before
    assert museum.case().due_at is None
    assert await Watch(museum.database, museum.casework, lambda: None).look() == 0
    assert museum.jobs("ping") == []


async def test_zammad_5177_words_after_words_do_not_move_the_first_promise(
    museum: Museum,
) -> None:
    museum.open("找人 person")
    due = museum.case().due_at
    for _ in range(3):
        museum.clock.on(minutes=15)
        await museum.hear("还在吗 hello?")
    assert museum.case().due_at == due


async def test_zammad_3140_nothing_is_overdue_that_was_answered(museum: Museum) -> None:
    case = museum.claimed("找人 person")
    museum.clock.on(minutes=50)
    await museum.answered(case)
    museum.clock.on(minutes=30)
    assert await Watch(museum.database, museum.casework, lambda: None).look() == 0
    assert not cases.described(museum.case())["overdue"]


async def test_zammad_4432_nobody_is_called_at_midnight(museum: Museum) -> None:
    watch = Watch(museum.database, museum.casework, lambda: None)
    museum.clock.at = at("11-24", "17:00")
    museum.open("找人 person")
    museum.clock.at = at("11-25", "00:00")
    assert await watch.look() == 0
    museum.clock.at = at("11-25", "10:05")
    await watch.look()
    rung = [row.at for row in museum.book.rows(case_events, what="alarm")]
    assert rung == [museum.clock()]


async def test_zammad_escalation_comes_once_however_many_processes_look(museum: Museum) -> None:
    museum.open("找人 person")
    museum.clock.on(minutes=61)
    for _ in range(3):
        await Watch(museum.database, museum.casework, lambda: None).look()
    first = len(museum.book.rows(case_events, what="alarm"))
    assert first > 0
    museum.clock.on(minutes=1)
    await Watch(museum.database, museum.casework, lambda: None).look()
    assert len(museum.book.rows(case_events, what="alarm")) == first


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        # Friday's evening goes on on Saturday; Christmas and Boxing Day do not count.
        (("11-27", "19:30"), ("11-28", "10:30")),
        (("12-24", "17:15"), ("12-27", "10:45")),
        (("11-29", "16:30"), ("11-30", "10:00")),
    ],
)
def test_frappe_helpdesk_2075_and_osticket_6739_days_off_do_not_count(
    museum: Museum, opened: tuple[str, str], due: tuple[str, str]
) -> None:
    museum.clock.at = at(*opened)
    museum.open("找人 person")
    assert museum.case().due_at == at(*due)


@pytest.mark.parametrize(
    ("opened", "due"),
    [(("11-24", "11:30"), ("11-24", "13:30")), (("11-24", "12:30"), ("11-24", "14:00"))],
)
def test_chatwoot_14009_a_lunch_break_does_not_count(
    database: Database,
    voice: Voice,
    book: Book,
    clock: Clock,
    opened: tuple[str, str],
    due: tuple[str, str],
) -> None:
    split = Calendar((parse_hours("09:00-12:00, 13:00-17:00"),) * 7, (), LONDON)
    museum = Museum(database, voice, book, clock)
    lunching = replace(voice, museum=replace(voice.museum, desk=split))
    museum.casework = Casework(lunching, EVERYWHERE, 0, True)
    clock.at = at(*opened)
    museum.open("找人 person")
    assert museum.case().due_at == at(*due)


async def test_chatwoot_7679_each_reply_has_a_time_of_its_own(museum: Museum) -> None:
    case = museum.claimed("找人 person")
    museum.clock.on(minutes=5)
    await museum.answered(case)
    for wait in (10, 20):
        museum.clock.on(minutes=30)
        await museum.hear("one more 还有")
        museum.clock.on(minutes=wait)
        await museum.answered(case, "好 sure")
        assert minutes(clock_of(museum, 1, "next_reply")) == wait
    assert minutes(clock_of(museum, 1, "first_reply")) == 5


async def test_chatwoot_4028_a_report_can_be_counted_again_from_the_trail(museum: Museum) -> None:
    case = museum.claimed("找人 person")
    await museum.answered(case)
    museum.do("resolve", case, ANA)
    events = museum.database.now(trail.events, case.id)
    told = [row.what for row in events]
    for what in ("opened", "claimed", "replied", "delivered", "resolved"):
        assert told.count(what) == 1
    assert all(row.at.tzinfo is not None and row.actor for row in events)
