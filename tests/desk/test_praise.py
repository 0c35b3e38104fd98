"""Moods on the case, and praise passed on: once, to the right place, and never in mockery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import LIMITS, Book, Clock
from content.facts import GOOD

from bot.content.desk_routing import RoutingRow
from bot.content.museum import load_museum
from bot.content.voice import Voice
from bot.desk.casework import Casework, Person
from bot.desk.rated import on_card
from bot.errors import ContentError
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs

from .test_casework import ANA, Room

ROOM = "C0PRAISE"


def praising(voice: Voice, **values: Any) -> Voice:
    """The museum with a channel for praise."""
    return replace(voice, museum=replace(voice.museum, **{"praise_channel": ROOM, **values}))


@pytest.fixture
def room(database: Database, book: Book, voice: Voice, clock: Clock) -> Room:
    return Room(database, book, Casework(praising(voice), LIMITS, 0, True))


def praise(room: Room) -> list[dict[str, Any]]:
    return [row.payload for row in room.book.rows(desk_jobs, kind="praise")]


def relay(room: Room, text: str, **more: Any) -> int:
    seq = room.book.heard(text, **more)
    room.database.now(room.casework.relay, room.book.row(seq))
    return seq


# -- moods ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "mood"),
    [
        ("This is outrageous, I was charged twice", "en", "angry"),
        ("有点失望，没人告诉我闭馆", "zh-Hans", "upset"),
        ("導覽員好親切，想請問他的名字", "zh-Hant", "pleased"),
        ("我的 ticket 没收到", "zh-Hans", "neutral"),
    ],
)
def test_a_case_has_the_visitors_mood(room: Room, text: str, language: str, mood: str) -> None:
    assert room.open(text, language=language).mood == mood


def test_what_was_told_before_counts_too(room: Room) -> None:
    told = {"What happened": "保安态度太恶劣了", "When": "yesterday"}
    assert room.open("that is all", reason="complaint", details=told).mood == "angry"


def test_a_mood_decides_where_a_case_goes(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    access = voice.museum.departments[2]
    table = (RoutingRow(1, {"mood": ("angry",)}, access), *voice.museum.routes)
    room = Room(database, book, Casework(praising(voice, routes=table), LIMITS, 0, True))
    assert room.open("气死我了，什么破服务").department == access.id
    assert room.open("where is my bag", "8").department != access.id


def test_later_words_make_it_graver_and_never_milder(room: Room) -> None:
    case = room.open("Where is my order?")
    moods = []
    for text in ("still waiting for an answer", "太过分了！！", "thanks, wonderful", "ok 好的"):
        relay(room, text)
        moods.append(room.case(case.id).mood)
    assert moods == ["upset", "angry", "angry", "angry"]
    told = [row.payload["text"] for row in room.book.rows(desk_jobs, kind="line")]
    assert told == ["The visitor sounds upset.", "The visitor sounds angry."]
    assert [e.detail for e in room.book.rows(case_events, what="mood")] == ["upset", "angry"]


# -- the museum's choice ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "channel"), [("", None), ("  praise_channel: C0PRAISE\n", "C0PRAISE")]
)
def test_the_museum_chooses_the_channel(tmp_path: Path, line: str, channel: str | None) -> None:
    path = tmp_path / "museum.yml"
    path.write_text(GOOD + line, encoding="utf-8")
    assert load_museum(path).praise_channel == channel


@pytest.mark.parametrize("value", ["praise", "#好评", "[C0PRAISE]", "U0ADA", '""'])
def test_a_slip_names_the_line(tmp_path: Path, value: str) -> None:
    path = tmp_path / "museum.yml"
    path.write_text(f"{GOOD}  praise_channel: {value}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="Slack channel") as slip:
        load_museum(path)
    assert f"{path}:{len(GOOD.splitlines()) + 1}" in str(slip.value)


# -- praise -----------------------------------------------------------------------------------


def resolve(room: Room, last: str, owner: Person = ANA) -> Any:
    case = room.open()
    room.do("claim", case.id, owner)
    relay(room, last)
    room.do("resolve", case.id, owner)
    return case


@pytest.mark.parametrize(
    ("last", "is_praise"),
    [
        ("You have been wonderful, thank you", True),
        ("太棒了，谢谢你们", True),
        ("超 nice，帮了大忙", True),
        ("ok thanks", False),
        ("好的", False),
        ("not happy with this at all", False),
    ],
)
def test_kind_last_words_are_passed_on_to_whoever_earned_them(
    room: Room, last: str, is_praise: bool
) -> None:
    case = resolve(room, last)
    known = {"to": ROOM, "ref": case.ref, "owner": "Ana", "owner_id": "U1"}
    seq = room.book.rows(direction="in")[-1].seq
    assert praise(room) == ([{"seq": seq, **known}] if is_praise else [])


def test_it_is_passed_on_once(room: Room) -> None:
    case = resolve(room, "真的太棒了 thank you")
    room.do("reopen", case.id, ANA)
    room.do("resolve", case.id, ANA)
    assert len(praise(room)) == 1


@pytest.mark.parametrize(
    ("text", "topic", "is_praise"),
    [
        ("The samurai room, wow", "praise", True),
        ("你们的 staff 真好", "praise", True),
        ("本来打算待一小时，结果被保安请出来的", "praise", True),
        ("The samurai room, wow", "faq/exhibitions_on", False),
        ("Well done for ruining our day, shame on you", "praise", False),
        ("真的太烂了 👏", "praise", False),
    ],
)
def test_praise_that_the_bot_answers_is_passed_on(
    room: Room, text: str, topic: str, is_praise: bool
) -> None:
    seq = room.book.heard(text)
    for _ in range(2):
        room.database.now(room.casework.hear_praise, room.book.row(seq), topic)
    assert [each["seq"] for each in praise(room)] == ([seq] if is_praise else [])
    assert all(each["owner_id"] is None for each in praise(room))


@pytest.mark.parametrize(("hours", "owner"), [(1, "Ana"), (25, None)])
def test_praise_soon_after_a_case_is_for_its_owner(
    room: Room, clock: Clock, hours: int, owner: str | None
) -> None:
    resolve(room, "ok")
    clock.on(hours=hours)
    seq = room.book.heard("Ana 帮了我大忙 bless her")
    room.database.now(room.casework.hear_praise, room.book.row(seq), "praise")
    assert [each.get("owner") for each in praise(room)] == [owner]


@pytest.mark.parametrize(("channel", "slack"), [(None, True), (ROOM, False)])
def test_without_a_channel_nothing_is_passed_on(
    database: Database, book: Book, voice: Voice, clock: Clock, channel: str | None, slack: bool
) -> None:
    desk = Casework(praising(voice, praise_channel=channel), LIMITS, 0, slack)
    room = Room(database, book, desk)
    resolve(room, "太棒了 wonderful")
    assert praise(room) == []


def test_only_the_best_rating_with_words_is_praise(room: Room) -> None:
    case = room.open("找人 please")
    room.do("claim", case.id, ANA)
    room.do("staff_says", case.id, ANA, "It is here.")
    room.do("resolve", case.id, ANA)
    seq = room.book.heard("很满意，王老师特别耐心")
    row = room.book.row(seq)
    assert room.database.now(room.casework.takes_rating, row, None)
    [post] = praise(room)
    assert (post["seq"], post["owner"], post["ref"]) == (seq, "Ana", case.ref)
    [line] = on_card(room.case(case.id))
    assert line["elements"][0]["text"] == "Visitor's rating: 😀 5 of 5: 很满意，王老师特别耐心"


def test_a_silent_rating_is_not_praise(room: Room) -> None:
    case = room.open()
    room.do("claim", case.id, ANA)
    room.do("staff_says", case.id, ANA, "在的 It is here.")
    room.do("resolve", case.id, ANA)
    row = room.book.row(room.book.heard("5"))
    assert room.database.now(room.casework.takes_rating, row, None)
    assert praise(room) == []
    assert room.database.now(cases.case, case.id).rating == 5
    assert room.database.now(log.conversation, "messenger:7").speaker == log.CLOSED
