"""Platform tokens: kept for all processes, fetched by one of them at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from conftest import Clock
from postgres import BOTH

from bot.store import tokens
from bot.store.database import Database

pytestmark = BOTH
NAME = "wechat:wx0d0ce"


@pytest.fixture(autouse=True)
def _same_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "now", clock)


def test_a_token_holds_until_its_moment(database: Database, clock: Clock) -> None:
    assert database.now(tokens.token, NAME) is None
    database.now(tokens.keep, NAME, "one", 60)
    assert database.now(tokens.token, NAME) == ("one", clock() + timedelta(seconds=60))
    assert database.now(tokens.token, "telegram:一") is None
    clock.on(seconds=59)
    assert database.now(tokens.token, NAME) is not None
    clock.on(seconds=1)
    assert database.now(tokens.token, NAME) is None


def test_a_newer_token_takes_the_place_of_an_older(database: Database) -> None:
    for value, seconds in (("one", 10), ("二 two", 600)):
        database.now(tokens.keep, NAME, value, seconds)
    found = database.now(tokens.token, NAME)
    assert found is not None
    assert found[0] == "二 two"


def test_only_the_token_that_was_refused_is_forgotten(database: Database) -> None:
    database.now(tokens.keep, NAME, "new", 60)
    database.now(tokens.forget, NAME, "old")
    assert database.now(tokens.token, NAME) is not None
    database.now(tokens.forget, NAME, "new")
    assert database.now(tokens.token, NAME) is None


def test_one_owner_has_the_turn_until_it_ends(database: Database, clock: Clock) -> None:
    assert database.now(tokens.take_turn, NAME, "a", 25)
    assert not database.now(tokens.take_turn, NAME, "b", 25)
    assert database.now(tokens.take_turn, "another account", "b", 25)
    clock.on(seconds=25)
    assert database.now(tokens.take_turn, NAME, "b", 25)
    # Whoever was too slow ends nobody else's turn.
    database.now(tokens.end_turn, NAME, "a")
    assert not database.now(tokens.take_turn, NAME, "c", 25)
    database.now(tokens.end_turn, NAME, "b")
    assert database.now(tokens.take_turn, NAME, "c", 25)


def test_a_turn_is_no_token(database: Database) -> None:
    database.now(tokens.take_turn, NAME, "a", 25)
    assert database.now(tokens.token, NAME) is None


def test_of_many_at_once_one_has_the_turn(database: Database) -> None:
    taken: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda n=n: taken.append(database.now(tokens.take_turn, NAME, f"owner {n}", 25))
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(taken) == [False] * 7 + [True]
