"""The watch with a frozen clock: who is told of which promise, once, and never at night."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from conftest import LIMITS, NIGHT, STAFFED, Book, Clock
from postgres import BOTH

from bot.content.desk_routing import Department
from bot.content.voice import Voice
from bot.desk.casework import Casework, Person
from bot.desk.watch import Watch
from bot.store import log
from bot.store.database import Database
from desk.rooms import ANA, BEN, Room

PEOPLE = ("U0CLEO", "U0DAN")
WEB = Person("web:王 wei", "王 Wei")


@pytest.fixture
def peopled(voice: Voice) -> Voice:
    """The museum's voice, the first department with people of its own."""
    first, *others = voice.museum.departments
    known = (Department(first.id, first.name, "C0FRONT", PEOPLE), *others)
    return replace(voice, museum=replace(voice.museum, departments=known))


@pytest.fixture
def room(database: Database, book: Book, peopled: Voice, clock: Clock) -> Room:
    return Room(database, book, Casework(peopled, LIMITS, 5, True), clock)


def rung(room: Room) -> list[tuple[str, tuple[str, ...], bool]]:
    """Returns what rang: the words, the people and whether the channel."""
    found = [job.payload for job in room.jobs("ping")]
    return [(each["text"], tuple(each["people"]), each["channel"]) for each in found]


def look_at(room: Room, minutes: float) -> bool:
    """Looks so many minutes after eleven."""
    room.clock.at = STAFFED + timedelta(minutes=minutes)
    return room.look()


def test_a_promise_is_told_of_before_it_breaks_and_up_the_chain_after(room: Room) -> None:
    room.bring("claimed")
    told: dict[float, tuple[str, tuple[str, ...], bool]] = {
        50: ("The first reply is promised within 10 min.", ("U0ANA",), False),
        60: ("The first reply is overdue.", ("U0ANA",), False),
        75: ("The first reply is overdue by 15 min.", PEOPLE, False),
        120: ("The first reply is overdue by 1 h.", (), True),
    }
    before = len(rung(room))
    for minutes in (49.9, *told, 121, 200):
        assert look_at(room, minutes) is (minutes in told), minutes
        assert look_at(room, minutes) is False
    assert rung(room)[before:] == list(told.values())
    alarms = [detail for _, what, detail in room.events() if what == "alarm"]
    assert alarms == [
        "first_reply: reminder, told owner",
        "first_reply: escalation 1, told owner",
        "first_reply: escalation 2, told department",
        "first_reply: escalation 3, told channel",
    ]


def test_without_an_owner_the_department_is_told_and_without_people_the_channel(
    room: Room, database: Database, book: Book, voice: Voice
) -> None:
    room.open()
    look_at(room, 50)
    assert rung(room)[-1][1:] == (PEOPLE, False)
    bare = Room(database, book, Casework(voice, LIMITS, 5, True), room.clock)
    bare.clock.at = STAFFED
    bare.open("票 tickets", "8")
    bare.clock.on(minutes=50)
    assert bare.look(2)
    assert rung(bare)[-1][1:] == ((), True)


def test_an_owner_on_the_web_desk_cannot_be_called_so_the_department_is(room: Room) -> None:
    room.open()
    room.do("claim", 1, WEB)
    look_at(room, 50)
    assert rung(room)[-1][1:] == (PEOPLE, False)


def test_the_next_reply_is_watched_and_an_answer_ends_that(room: Room) -> None:
    room.bring("waiting")
    room.hear("还有一个问题 one more")
    assert look_at(room, 50)
    assert rung(room)[-1][0] == "The next reply is promised within 10 min."
    room.answer()
    assert look_at(room, 90) is False
    assert room.case().state == "waiting"


@pytest.mark.parametrize("state", ["waiting", "resolved", "returned"])
def test_nothing_rings_while_the_visitor_is_waited_for_or_after_the_end(
    room: Room, state: str
) -> None:
    room.bring(state)
    for hours in range(1, 200, 7):
        assert look_at(room, 60 * hours) is False
    assert room.database.now(room.casework.due_now) == []


def test_nothing_rings_at_night_and_what_broke_then_is_told_in_the_morning(room: Room) -> None:
    room.clock.at = datetime(2026, 11, 23, 16, 40, tzinfo=timezone.utc)
    room.open("着急 urgent, please")
    # 50 minutes before the desk closes: the promise breaks ten minutes after it opens.
    for hour in (18, 23):
        room.clock.at = room.clock.at.replace(hour=hour)
        room.look()
        assert [words for words, _, _ in rung(room)[1:]] == []
    room.clock.at = datetime(2026, 11, 24, 9, 41, tzinfo=timezone.utc)
    assert room.look()
    assert rung(room)[-1][0] == "The first reply is overdue by 1 min."


def test_what_fell_due_while_the_program_was_down_is_one_line_for_all(room: Room) -> None:
    room.bring("claimed")
    before = len(rung(room))
    assert look_at(room, 130)
    assert rung(room)[before:] == [
        ("The first reply is overdue by 1 h 10 min.", ("U0ANA", *PEOPLE), True)
    ]
    assert len(room.case().alarms) == 3


def test_a_reminder_of_a_promise_that_broke_meanwhile_is_not_told(room: Room) -> None:
    room.bring("claimed")
    look_at(room, 61)
    assert "is promised" not in rung(room)[-1][0]


def test_an_urgent_case_is_overdue_at_once(room: Room) -> None:
    room.open("着火了 fire", reason="emergency", priority="urgent")
    room.clock.on(seconds=5)
    assert room.look()
    assert rung(room)[-1] == ("The first reply is overdue.", PEOPLE, False)


# -- idle claims --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("en", "Sorry to keep you waiting."),
        ("zh-Hans", "抱歉让您久等了。"),
        ("zh-Hant", "抱歉讓您久候。"),
    ],
)
def test_an_idle_claim_ends_and_everybody_is_told_the_truth(
    room: Room, language: str, begins: str
) -> None:
    room.open("丢了 lost", language=language)
    room.do("claim", 1, ANA)
    look_at(room, 239)
    assert room.case().state == "claimed"
    before = room.out()
    assert look_at(room, 240)
    case = room.case()
    assert (case.state, case.owner, case.owner_id) == ("queued", None, None)
    assert (room.speaker(), room.events()[-1]) == (log.QUEUED, ("docent", "expired", "Ana"))
    [told] = room.out()[len(before) :]
    assert told.startswith(begins)
    assert "D-1001" in told
    assert rung(room)[-1][1:] == (("U0ANA", *PEOPLE), False)
    assert room.do("claim", 1, BEN).kind == "done"


def test_the_hours_of_a_claim_are_desk_hours(room: Room) -> None:
    room.clock.at = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
    room.open()
    room.do("claim", 1, ANA)
    for at, state in ((NIGHT, "claimed"), (STAFFED, "claimed"), (STAFFED + 2 * HOUR, "queued")):
        room.clock.at = at
        room.look()
        assert room.case().state == state, at


HOUR = timedelta(hours=1)


def test_who_waited_for_the_visitor_has_time_from_their_words_on(room: Room) -> None:
    room.bring("waiting")
    room.clock.on(days=3)
    room.hear("我回来了 back again")
    room.look()
    assert room.case().state == "claimed"
    room.clock.on(days=1)
    room.look()
    assert room.case().state == "queued"


def test_claims_may_last(peopled: Voice, database: Database, book: Book, clock: Clock) -> None:
    kept = replace(peopled.museum.promises, claim_minutes=None)
    lasting = replace(peopled, museum=replace(peopled.museum, promises=kept))
    room = Room(database, book, Casework(lasting, LIMITS, 5, True), clock)
    room.bring("claimed")
    room.clock.on(days=30)
    room.look()
    assert room.case().state == "claimed"


# -- the loop -----------------------------------------------------------------------------------


async def test_the_watch_looks_at_every_open_case_and_says_that_there_is_news(room: Room) -> None:
    news: list[int] = []
    watch = Watch(room.database, room.casework, lambda: news.append(1))
    for person in ("1", "2", "3"):
        room.open("问一下 question", person)
    room.do("resolve", 3, ANA)
    assert (await watch.look(), news) == (0, [])
    room.clock.on(minutes=55)
    assert (await watch.look(), news) == (2, [1])
    assert (await watch.look(), news) == (0, [1])


@BOTH
async def test_of_several_processes_one_tells(
    database: Database, book: Book, peopled: Voice, clock: Clock
) -> None:
    casework = Casework(peopled, LIMITS, 5, True)
    room = Room(database, book, casework, clock)
    for number in range(3):
        room.open("问 question", f"v{number}")
    before = len(rung(room))
    clock.on(minutes=61)
    watches = [Watch(database, casework, lambda: None) for _ in range(4)]
    done = await asyncio.gather(*(watch.look() for watch in watches))
    assert sum(done) == 3
    assert len(rung(room)) == before + 3
