"""The states of a case on a real database: every step in every state, alone and by many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import STAFFED, Book, Clock

from bot.content.voice import Voice
from bot.desk import states
from bot.desk.casework import Casework, Outcome, Person
from bot.store import cases
from bot.store.database import Database
from desk.rooms import ANA, BEN, SPEAKERS, TO, Room


@pytest.fixture
def room(database: Database, book: Book, casework: Casework, clock: Clock) -> Room:
    return Room(database, book, casework, clock)


def expire(room: Room) -> None:
    room.clock.on(hours=5)
    room.look()


TAKE: dict[str, Callable[[Room], Any]] = {
    states.CLAIM: lambda room: room.do("claim", 1, BEN),
    states.RELEASE: lambda room: room.do("release", 1, BEN),
    states.EXPIRE: expire,
    states.REPLY: lambda room: room.answer(),
    states.VISITOR: lambda room: room.hear(),
    states.RESOLVE: lambda room: room.do("resolve", 1, BEN),
    states.BACK_TO_BOT: lambda room: room.do("back_to_bot", 1, BEN),
    states.REOPEN: lambda room: room.do("reopen", 1, BEN),
}
# A visitor who writes after the end is answered by the bot; a claim waits as long as the visitor.
NEVER = {(states.VISITOR, "resolved"), (states.VISITOR, "returned"), (states.EXPIRE, "waiting")}
EVERY = [(step, state) for step in states.STEPS for state in TO if (step, state) not in NEVER]


@pytest.mark.parametrize(("step", "state"), EVERY)
def test_every_step_leads_where_the_table_says(room: Room, step: str, state: str) -> None:
    room.bring(state)
    TAKE[step](room)
    after = states.after(step, state) or state
    case = room.case()
    assert case.state == after
    assert room.speaker() == SPEAKERS[after]
    assert (case.open_key is not None) is (after in cases.OPEN_STATES)
    assert (case.closed_at is not None) is (after in cases.CLOSED_STATES)
    assert case.owner_id is None or after not in cases.UNCLAIMED


def test_a_case_that_waits_for_the_visitor_is_not_taken_from_its_owner(room: Room) -> None:
    room.bring("waiting")
    room.clock.on(days=20)
    assert room.look() is False
    assert (room.case().state, room.case().owner) == ("waiting", "Ana")


# -- what each step leaves ----------------------------------------------------------------------


def test_a_delivered_reply_waits_for_the_visitor_and_their_words_end_that(room: Room) -> None:
    room.bring("claimed")
    room.clock.on(minutes=3)
    said = room.do("staff_says", 1, ANA, "我们找到了 We found it")
    assert room.case().state == "claimed"
    room.clock.on(seconds=6)
    room.arrive(said.seq or 0)
    case = room.case()
    assert (case.state, case.due_at, case.acted_at) == ("waiting", None, STAFFED + 3 * MINUTE)
    room.clock.on(minutes=10)
    room.hear()
    assert (room.case().state, room.case().due_at) == ("claimed", room.clock() + 60 * MINUTE)
    told = [what for _, what, _ in room.events()]
    assert told[-4:] == ["replied", "delivered", "waiting", "wrote"]


MINUTE = timedelta(minutes=1)


def test_what_the_visitor_wrote_while_a_reply_was_on_its_way_is_unanswered(room: Room) -> None:
    room.bring("claimed")
    said = room.do("staff_says", 1, ANA, "在二楼 upstairs")
    room.hear("等等 wait, one more thing")
    room.clock.on(seconds=5)
    room.arrive(said.seq or 0)
    case = room.case()
    assert (case.state, case.due_at) == ("claimed", room.clock() + 60 * MINUTE)


@pytest.mark.parametrize("act", ["reply", "note", "undo"])
def test_what_the_owner_does_keeps_the_claim(room: Room, act: str) -> None:
    room.bring("claimed")
    said = room.do("staff_says", 1, ANA, "在二楼 upstairs")
    room.clock.on(minutes=7)
    acts: dict[str, Callable[[Person], Outcome]] = {
        "reply": lambda by: room.do("staff_says", 1, by, "也在 also there", confirm="anyway"),
        "note": lambda by: room.do("keep_as_note", 1, by, "note: 客人很急"),
        "undo": lambda by: room.do("undo", 1, by, said.seq),
    }
    acts[act](BEN if act != "undo" else ANA)
    assert (room.case().acted_at == room.clock()) is (act == "undo")
    room.clock.on(minutes=7)
    if act != "undo":
        acts[act](ANA)
        assert room.case().acted_at == room.clock()


@pytest.mark.parametrize("by", [ANA, BEN])
def test_a_released_case_is_anybodys_and_the_bot_stays_silent(room: Room, by: Person) -> None:
    room.bring("claimed")
    before = room.out()
    assert room.do("release", 1, by) == Outcome("done")
    case = room.case()
    assert (case.state, case.owner, case.owner_id, case.claimed_at) == ("queued", *[None] * 3)
    assert room.out() == before
    assert room.events()[-1] == (by.name, "released", "")
    assert room.do("claim", 1, BEN) == Outcome("done")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We're looking into your question again (reference D-1001)."),
        ("zh-Hans", "您的问题我们会继续处理（编号D-1001）"),
        ("zh-Hant", "您的問題我們會繼續處理（案件編號D-1001）"),
    ],
)
def test_a_case_that_is_opened_again_has_a_promise_of_its_own(
    room: Room, language: str, words: str
) -> None:
    room.open("丢了 lost", language=language)
    room.do("resolve", 1, ANA)
    room.clock.on(days=1)
    assert room.do("reopen", 1, BEN) == Outcome("done")
    case = room.case()
    assert (case.state, case.owner, case.closed_at) == ("reopened", None, None)
    assert case.due_at == room.clock() + 60 * MINUTE
    assert room.out()[-1].startswith(words)


def test_a_case_is_not_opened_again_beside_another(room: Room) -> None:
    room.bring("resolved")
    room.open("又来了 again")
    refused = room.do("reopen", 1, ANA)
    assert refused == Outcome("refused", "The visitor has an open case, D-1002.")
    assert room.do("reopen", 2, ANA) == Outcome("refused", "This case is open.")
    assert room.case().state == "resolved"


# -- giving to others ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["queued", "reopened", "claimed", "waiting"])
def test_a_case_is_given_to_a_colleague_who_is_called(
    room: Room, voice: Voice, state: str
) -> None:
    room.bring(state)
    cleo = Person("U0CLEO", "陈 Cleo")
    assert room.do("assign", 1, ANA, cleo) == Outcome("done")
    case = room.case()
    assert (case.owner_id, case.owner, case.acted_at) == ("U0CLEO", "陈 Cleo", room.clock())
    assert case.state == ("waiting" if state == "waiting" else "claimed")
    assert room.out()[-1] == voice.say("assigned", "en", name="陈 Cleo")
    assert room.jobs("ping")[-1].payload["people"] == ["U0CLEO"]
    assert room.events()[-1] == ("Ana", "assigned", "陈 Cleo")
    again = room.do("assign", 1, BEN, cleo)
    assert again == Outcome("done", "陈 Cleo has this case already.")


@pytest.mark.parametrize("state", ["resolved", "returned"])
@pytest.mark.parametrize(
    ("step", "value"),
    [("assign", BEN), ("set_priority", "urgent"), ("set_department", "access")],
)
def test_a_closed_case_is_given_to_nobody(room: Room, state: str, step: str, value: Any) -> None:
    before = room.bring(state)
    assert room.do(step, 1, ANA, value) == Outcome("refused", "This case is closed.")
    assert room.case() == before


def test_urgent_is_due_at_once_and_calls_and_can_be_taken_back(room: Room) -> None:
    due = room.bring("claimed").due_at
    room.clock.on(minutes=2)
    assert room.do("set_priority", 1, BEN, "urgent") == Outcome("done")
    assert (room.case().priority, room.case().due_at) == ("urgent", STAFFED)
    ping = room.jobs("ping")[-1].payload
    assert ping["people"] == ["U0ANA"]
    assert ping["text"] == "本 Ben marked this case as urgent."
    assert room.do("set_priority", 1, BEN, "urgent").reason == "This case is urgent already."
    room.do("set_priority", 1, ANA, "normal")
    assert (room.case().priority, room.case().due_at) == ("normal", due)
    assert [what for _, what, _ in room.events()][-2:] == ["urgent", "normal"]
    assert room.do("set_priority", 1, ANA, "紧急").kind == "refused"


def test_urgent_without_an_owner_or_people_calls_the_whole_channel(room: Room) -> None:
    room.bring("queued")
    room.do("set_priority", 1, BEN, "urgent")
    assert room.jobs("ping")[-1].payload["channel"] is True
