"""The real program and its clocks: out of hours, and a promise that is about to break."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standins.graph import GraphStandin
from standins.slack import SlackStandin

from bot.desk.clock import moment

from .house import ADA, BEN, House
from .other_museum import other_museum
from .waiting import until
from .words import Words, ref_in

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The watch looks every ten seconds.
A_LOOK = 25.0
Open = Callable[..., House]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Starts the program with other facts of the desk."""
    with ExitStack() as stack:

        def start(**desk: Any) -> House:
            graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
            house = House(tmp_path, graph, slack)
            house.program.root = other_museum(tmp_path, desk)
            stack.callback(house.program.kill)
            house.program.start()
            return house

        yield start


def local_now(words: Words) -> datetime:
    return datetime.now(words.voice.museum.time_zone)


def test_out_of_hours_a_visitor_hears_when_the_desk_opens_and_may_leave_the_question(
    opened: Open, words: Words
) -> None:
    tomorrow = local_now(words) + timedelta(days=1)
    hours = dict.fromkeys(DAYS, "closed") | {DAYS[tomorrow.weekday()]: "09:30-17:30"}
    house = opened(hours=hours, exceptions=[])
    opens = tomorrow.replace(hour=9, minute=30)
    for psid, language, asked in (
        ("late-en", "en", "I want to talk to a person"),
        ("late-zh", "zh-Hans", "我要转人工"),
    ):
        [told] = house.ask(psid, asked)[:1]
        away = words.say("out_of_hours", language, time=moment(opens, language))
        assert away in told
        before = len(house.texts(psid, 1))
        house.write(psid, "我的伞丢在二楼了 my umbrella, second floor")
        house.shows(house.card(ref_in(told)), "我的伞丢在二楼了")
        house.settled(psid)
        # Told once; what is left for the desk needs no answer of a machine.
        assert len(house.texts(psid, before)) == before
    found = house.cases("late-zh")[0]
    assert (found["state"], found["overdue"]) == ("queued", False)
    assert datetime.fromisoformat(found["due_at"]) > opens


def test_a_promise_is_reminded_of_breaks_and_is_kept_in_the_end(
    opened: Open, words: Words
) -> None:
    people = [{"id": "visitor_services", "name": "Visitor services", "people": [BEN]}]
    house = opened(
        hours=dict.fromkeys(DAYS, "00:00-23:59"),
        exceptions=[],
        departments=people,
        routing=[{"department": "visitor_services"}],
        escalation=[{"after": 0, "tell": "owner"}, {"after": 15, "tell": ["department"]}],
    )
    [told] = house.ask("waits", "我要转人工")[:1]
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    until(lambda: house.cases("waits")[0]["state"] == "claimed", "the claim")
    pass_time(house, minutes=51)
    rings(house, card, "The first reply is promised within", ADA)
    pass_time(house, minutes=30)
    rings(house, card, "The first reply is overdue by", BEN)
    assert house.cases("waits")[0]["overdue"] is True
    house.ticked(house.say(ADA, card, "抱歉让您久等 Sorry for the wait"))
    until(lambda: house.cases("waits")[0]["state"] == "waiting", "the case to wait")
    kept = house.cases("waits")[0]
    assert (kept["due_at"], kept["overdue"]) == (None, False)
    steps = [row["what"] for row in house.rows("SELECT what FROM case_events ORDER BY id")]
    assert steps.count("alarm") == 3
    assert steps[-2:] == ["delivered", "waiting"]


def rings(house: House, card: str, words: str, person: str) -> None:
    """Waits until a line in the thread calls somebody with these words."""

    def rung() -> bool:
        lines = [str(message) for message in house.slack.thread("C0DESK", card)]
        return any(words in line and f"<@{person}>" in line for line in lines)

    until(rung, f"{words!r} to {person}", A_LOOK)


def pass_time(house: House, minutes: int) -> None:
    """Puts everything that happened so many minutes back."""
    columns = {"case_events": ("at",), "cases": ("opened_at", "claimed_at", "acted_at", "due_at")}
    with closing(sqlite3.connect(house.program.database, timeout=10)) as opened, opened:
        for table, names in columns.items():
            for name in names:
                earlier = f"strftime('%Y-%m-%d %H:%M:%f', {name}, '-{minutes} minutes')"
                opened.execute(f"UPDATE {table} SET {name} = {earlier} || '000'")
