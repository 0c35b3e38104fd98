"""A report whose visitor falls silent reaches staff: once, and not while somebody still writes."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Book, Clock
from postgres import BOTH

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.desk.silence import Silence
from bot.store import log
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.translate import Translation

pytestmark = BOTH

TOLD = {"What was lost": "我的伞 umbrella", "Where and when": "昨天在二楼"}
REPORT = {
    "reason": "lost_property",
    "sentence": "forms.silent.lost_property",
    "details": TOLD,
    "question": "我的伞 umbrella",
}


class Upper:
    """Translates by writing in capitals."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Returns it."""
        return Translation(text.upper(), target, "upper")


@pytest.fixture
def silence(
    database: Database, casework: Casework, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Silence:
    return Silence(database, casework, Upper(), lambda: None)


def begin(book: Book, clock: Clock, language: str = "zh-Hans", **values: Any) -> int:
    """A visitor has told the half of it."""
    seq = book.heard("昨天在二楼", language=language)
    book.change(seq, state="answered")
    talk = {"unfinished": REPORT, "last_in_at": clock(), **values}
    book.database.now(log.change_conversation, "messenger:7", **talk)
    return seq


async def test_after_an_hour_it_is_a_case_and_the_visitor_knows(
    silence: Silence, book: Book, clock: Clock, voice: Voice
) -> None:
    begin(book, clock)
    clock.on(minutes=59)
    assert await silence.pass_on() == 0
    clock.on(minutes=2)
    assert await silence.pass_on() == 1
    assert await silence.pass_on() == 0
    [case] = book.rows(case_table)
    assert (case.reason, case.department) == ("lost_property", "lost_property")
    assert (case.details, case.question) == (TOLD, "我的伞 umbrella")
    assert case.translation["details"]["Where and when"] == "昨天在二楼"
    assert case.translation["details"]["What was lost"] == "我的伞 UMBRELLA"
    [told] = book.texts(direction="out")
    assert told.startswith("一直没有等到您的回复")
    assert case.ref in told
    talk = book.talk()
    assert (talk.speaker, talk.unfinished) == ("queued", None)


@pytest.mark.parametrize("values", [{"unfinished": None}, {"speaker": "human"}])
async def test_nothing_is_passed_on_where_there_is_nothing_or_a_person_is_there(
    silence: Silence, book: Book, clock: Clock, values: dict[str, Any]
) -> None:
    begin(book, clock, **values)
    clock.on(hours=3)
    assert await silence.pass_on() == 0
    assert book.rows(case_table) == []


async def test_who_is_just_being_answered_is_not_silent(
    silence: Silence, book: Book, clock: Clock
) -> None:
    begin(book, clock)
    clock.on(minutes=61)
    waiting = book.heard("黑色的 black")
    book.database.now(log.change_conversation, "messenger:7", last_in_at=clock().replace(hour=1))
    assert book.row(waiting).state == "received"
    assert await silence.pass_on() == 0
