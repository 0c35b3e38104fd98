"""What a visitor hears while nobody is there, and a new case after an old one."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NIGHT, STAFFED, Book, Clock

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.store import cases
from bot.store.database import Database
from desk.rooms import ANA, Room


@pytest.fixture
def room(database: Database, book: Book, casework: Casework, clock: Clock) -> Room:
    return Room(database, book, casework, clock)


# -- episodes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "linked"), [(0, True), (13.9, True), (14.1, False)])
def test_a_new_case_names_the_one_before(room: Room, days: float, linked: bool) -> None:
    room.bring("resolved")
    room.clock.on(days=days)
    again = room.open("我又来了 me again")
    assert (again.previous_ref, again.previous_id) == (("D-1001", 1) if linked else (None, None))
    told = [job.payload["text"] for job in room.jobs("line") if job.case_id == 1]
    assert ("The visitor wrote again: D-1002" in told) is linked


def test_the_newest_of_several_is_the_one_before_and_another_visitors_is_none(room: Room) -> None:
    for _ in range(2):
        room.open("再来 again")
        room.do("resolve", room.database.now(cases.list_cases)[-1].id, ANA)
        room.clock.on(minutes=1)
    assert room.open("第三次 third time").previous_ref == "D-1002"
    assert room.open("别人 somebody else", "8").previous_ref is None


# -- out of hours -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "when"),
    [
        ("en", "on Tuesday 24 November at 9:30am"),
        ("zh-Hans", "11月24日（星期二）9:30"),
        ("zh-Hant", "11月24日（星期二）9:30"),
    ],
)
def test_whoever_writes_on_after_hours_hears_once_when_the_desk_opens(
    room: Room, voice: Voice, language: str, when: str
) -> None:
    room.clock.at = NIGHT.replace(hour=16)
    room.open("丢了 lost", language=language)
    before = room.out()
    room.clock.at = NIGHT
    for _ in range(3):
        room.hear("有人吗 anybody?", language=language)
    assert room.out()[len(before) :] == [voice.say("out_of_hours", language, time=when)]
    room.clock.on(days=1)
    room.hear("还在 still here", language=language)
    assert len(room.out()) == len(before) + 2


def test_whoever_was_told_at_the_opening_is_not_told_again(room: Room) -> None:
    room.clock.at = NIGHT
    room.open()
    room.hear("补充 one more thing")
    assert len(room.out()) == 1


def test_nobody_is_told_while_a_person_works_late(room: Room) -> None:
    room.clock.at = NIGHT
    room.open()
    room.do("claim", 1, ANA)
    before = room.out()
    room.clock.on(minutes=29)
    room.hear()
    assert room.out() == before


@pytest.mark.parametrize(
    ("opened", "hours", "sentence"),
    [
        (NIGHT, 0.4, "claimed"),
        (STAFFED, 0.4, "claimed"),
        (STAFFED, 0.6, "claimed_after_wait"),
        (NIGHT, 10.6, "claimed_after_wait"),
    ],
)
def test_who_waited_long_is_thanked_for_it(
    room: Room, voice: Voice, opened: Any, hours: float, sentence: str
) -> None:
    room.clock.at = opened
    room.open()
    room.clock.on(hours=hours)
    room.do("claim", 1, ANA)
    assert room.out()[-1] == voice.say(sentence, "en", name="Ana")
