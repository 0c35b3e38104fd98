"""How promises stand, counted by the kind of their clocks, against the clocks of each case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import LIMITS, STAFFED, Book, Clock
from postgres import BOTH

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.desk.standing import standings
from bot.store.database import Database

from .rooms import Room

FIRST, RESOLUTION = "first_reply", "resolution"


@pytest.fixture
def room(database: Database, book: Book, voice: Voice, clock: Clock) -> Room:
    return Room(database, book, Casework(voice, LIMITS, 5, True), clock)


def standing(room: Room, voice: Voice, minutes: float = 0) -> dict[tuple[str, str], int]:
    room.clock.at = STAFFED + timedelta(minutes=minutes)
    return dict(room.database.now(standings, voice.museum))


@BOTH
def test_no_case_is_no_clock(room: Room, voice: Voice) -> None:
    assert standing(room, voice) == {}


@BOTH
def test_a_promise_comes_near_and_breaks(room: Room, voice: Voice) -> None:
    for person, text in enumerate(("I lost my scarf", "我的围巾丢了", "scarf 丢了")):
        room.open(text, str(person))
    promised = voice.museum.promises.minutes(FIRST, "messenger", False)
    before = voice.museum.promises.reminder_minutes
    assert promised is not None
    for minutes, said in (
        (0, "kept"),
        (promised - before - 1, "kept"),
        (promised - before + 1, "near"),
        (promised + 1, "past"),
    ):
        found = standing(room, voice, minutes)
        assert {key: n for key, n in found.items() if key[0] == FIRST} == {(FIRST, said): 3}


@BOTH
def test_what_is_answered_or_closed_is_no_running_promise(room: Room, voice: Voice) -> None:
    room.bring("waiting")
    assert not any(kind == FIRST for kind, _ in standing(room, voice, 600))
    assert (RESOLUTION, "past") not in standing(room, voice, 6000)


@BOTH
def test_it_agrees_with_what_the_case_itself_says(room: Room, voice: Voice) -> None:
    room.open()
    minutes = voice.museum.promises.minutes(FIRST, "messenger", False) or 0
    for late in (False, True):
        found = standing(room, voice, minutes + (1 if late else -1))
        assert ((FIRST, "past") in found) is late
        assert (room.case().due_at < room.clock()) is late
