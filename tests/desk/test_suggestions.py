"""Suggestions: which message is the question, which answers are near, in which language."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import Book

from bot.config import ROOT
from bot.content.answers import Responses, written_responses
from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.desk.ready_replies import TWICE, send_ready
from bot.desk.suggestions import Ranking, Ready, Suggested, Suggestions, read_saved, ready_of
from bot.store import cases, log, ready
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs, messages
from bot.translate.said import Spoken

ADA, BEN = Person("U1", "Ada"), Person("web:ben", "Ben")
PARKING: Ranking = [
    {"topic": "parking", "confidence": 0.8},
    {"topic": "speak_to_human", "confidence": 0.1},
    {"topic": "faq/cycling", "confidence": 0.06},
    {"topic": "directions", "confidence": 0.03},
    {"topic": "wifi", "confidence": 0.01},
]
THANKS: Ranking = [{"topic": "thanks", "confidence": 0.9}, {"topic": "wifi", "confidence": 0.1}]
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
WORDS = Ready("suggestion", "parking", "Parking", "附近有停车场。", "There is one.", "zh-Hans")


class Desk:
    """A case and what suggests for it; `read` is what the model would make of new words."""

    def __init__(self, book: Book, voice: Voice, casework: Casework) -> None:
        self.book, self.casework = book, casework
        self.read: dict[str, Ranking] = {}
        saved = read_saved(ROOT / "data", voice.museum)
        self.suggestions = Suggestions(book.database, voice, self.responses, self.rank, saved)

    def responses(self) -> Responses:
        return written_responses(ROOT / "data" / "nlu" / "faq")

    async def rank(self, text: str) -> Ranking | None:
        return self.read.get(text)

    def opened(self, text: str, ranking: Any = PARKING) -> int:
        seq = self.book.heard(text)
        self.book.change(seq, ranking=ranking, state="answered")
        row, language = self.book.row(seq), str(self.book.row(seq).language)
        want = Request("speak_to_human")
        case = self.book.database.now(self.casework.open_case, row, language, want)
        return int(case.id)

    def on(self, text: str, ranking: Any = None) -> int:
        seq = self.book.heard(text)
        self.book.change(seq, ranking=ranking)
        return seq

    def claimed(self, case_id: int, person: Person = ADA) -> None:
        self.book.database.now(self.casework.claim, case_id, person)

    def suggested(self, case_id: int) -> Suggested:
        return asyncio.run(self.suggestions.for_case(case_id))

    def send(self, case_id: int, words: Ready = WORDS, person: Person = ADA, **more: Any) -> Any:
        def work(connection: Any) -> Any:
            return send_ready(self.casework, connection, case_id, person, words, **more)

        return self.book.database.now(work)


@pytest.fixture
def desk(book: Book, voice: Voice, casework: Casework) -> Desk:
    return Desk(book, voice, casework)


@pytest.mark.parametrize(
    ("text", "language", "words", "english"),
    [
        ("Where can I park?", "en", "Tar Lane car park", "Tar Lane car park"),
        ("请问哪里可以停车？", "zh-Hans", "我们没有自己的停车场", "We have no car park"),
        ("請問哪裡可以停車？", "zh-Hant", "我們沒有自己的停車場", "We have no car park"),
        ("parking 停哪里比较方便？", "zh-Hans", "我们没有自己的停车场", "We have no car park"),
    ],
)
def test_three_answers_in_the_visitors_language(
    desk: Desk, text: str, language: str, words: str, english: str
) -> None:
    found = desk.suggested(desk.opened(text))
    assert (found.question, found.language) == (text, language)
    assert [each.id for each in found.answers] == ["parking", "cycling", "directions"]
    assert words in found.answers[0].text
    assert english in found.answers[0].english
    assert found.answers[0].label == "Parking"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How much is the exhibition for a student?", "£9"),
        ("学生看特展多少钱？", "£9"),
        ("student 特展票 多少钱？", "£9"),
    ],
)
def test_what_is_computed_is_computed_for_the_question(desk: Desk, text: str, words: str) -> None:
    prices = [{"topic": "admission_price", "confidence": 1.0}]
    [told] = desk.suggested(desk.opened(text, prices)).answers
    assert words in told.text
    assert words in told.english


def test_what_was_written_to_a_person_is_read_by_the_model(desk: Desk) -> None:
    case_id = desk.opened("I want a person")
    desk.on("有地方停自行车吗？")
    desk.read["有地方停自行车吗？"] = [{"topic": "cycling", "confidence": 0.9}]
    found = desk.suggested(case_id)
    assert (found.question, found.answers[0].id) == ("有地方停自行车吗？", "cycling")


@pytest.mark.parametrize("last", ["thanks!", "谢谢您", "OK 谢谢"])
def test_the_question_is_found_behind_a_courtesy(desk: Desk, last: str) -> None:
    case_id = desk.opened("Where can I park?")
    desk.on(last, THANKS)
    assert desk.suggested(case_id).question == "Where can I park?"


def test_what_staff_answered_is_not_asked_any_more(desk: Desk) -> None:
    case_id = desk.opened("Where can I park?")
    desk.book.said("In Tar Lane.", author="staff")
    desk.on("多谢 thanks", THANKS)
    found = desk.suggested(case_id)
    assert (found.question, [each.id for each in found.answers]) == ("多谢 thanks", ["wifi"])


def test_where_nothing_is_known_what_the_case_knows_is_used(desk: Desk) -> None:
    case_id = desk.opened("停车 parking", PARKING)
    [seq] = [row.seq for row in desk.book.rows(messages) if row.direction == "in"]
    desk.book.change(seq, ranking=None)
    assert desk.suggested(case_id).answers[0].id == "parking"


def test_nothing_near_is_nothing(desk: Desk) -> None:
    assert desk.suggested(desk.opened("嗯 hm", None)).answers == ()


def test_pictures_alone_are_no_question(desk: Desk) -> None:
    case_id = desk.opened("Where can I park?")
    desk.on("")
    assert desk.suggested(case_id).question == "Where can I park?"


# -- saved replies --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Thank you for waiting."),
        ("zh-Hans", "让您久等了。"),
        ("zh-Hant", "讓您久等了。"),
    ],
)
def test_a_saved_reply_is_in_the_readers_language(desk: Desk, language: str, words: str) -> None:
    found = desk.suggestions.saved_reply("looking_into_it", language)
    assert found is not None
    assert found.text.startswith(words)
    assert found.english.startswith("Thank you for waiting.")
    assert desk.suggestions.saved_reply("none", language) is None


# -- sending --------------------------------------------------------------------------------------


@BOTH
def test_the_owner_sends_at_once(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id)
    outcome = desk.send(case_id)
    row = desk.book.row(outcome.seq)
    assert (outcome.kind, row.text, row.author, row.state) == (
        "queued",
        "附近有停车场。",
        "staff",
        "queued",
    )
    assert row.not_before is not None
    assert row.translation == {
        "text": "There is one.",
        "language": "en",
        "engine": "faq",
        "state": "ready",
    }
    audits = [(e.actor, e.what, e.detail) for e in desk.book.rows(case_events)]
    assert ("Ada", "sent a suggestion", "parking") in audits
    kinds = [job.kind for job in desk.book.rows(desk_jobs)]
    assert kinds[-2:] == ["ready_echo", "preview"]


@BOTH
def test_a_second_tap_sends_nothing_and_a_later_one_does(desk: Desk, clock: Any) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id)
    first = desk.send(case_id)
    assert desk.send(case_id).seq == first.seq
    clock.on(seconds=(TWICE + timedelta(seconds=1)).total_seconds())
    assert desk.send(case_id).seq != first.seq


def test_what_was_taken_back_may_be_sent_again(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id)
    first = desk.send(case_id)
    desk.book.database.now(desk.casework.undo, case_id, ADA, first.seq)
    assert desk.send(case_id).seq != first.seq


def test_nobodys_case_asks_first_and_keeps_no_note(desk: Desk) -> None:
    case_id = desk.opened("停车")
    assert desk.send(case_id).kind == "needs_claim"
    assert desk.send(case_id, confirm="claim").kind == "queued"
    assert desk.book.database.now(cases.case, case_id).owner_id == "U1"
    assert not [row for row in desk.book.rows(messages) if row.direction == "note"]


def test_somebody_elses_case_asks_first(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id)
    assert desk.send(case_id, person=BEN).kind == "needs_confirm"
    assert desk.send(case_id, person=BEN, confirm="anyway").kind == "queued"


def test_a_closed_case_sends_nothing(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.book.database.now(desk.casework.resolve, case_id, ADA)
    assert desk.send(case_id).kind == "refused"
    assert not [row for row in desk.book.rows(messages) if row.author == "staff"]


def test_from_the_web_desk_the_thread_says_so_and_nobody_is_whispered_to(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id, BEN)
    desk.send(case_id, person=BEN)
    last = desk.book.rows(desk_jobs)[-1]
    assert (last.kind, last.payload["author"]) == ("ready_echo", "Ben (web desk)")


def test_changed_words_keep_how_they_were_worded(desk: Desk) -> None:
    case_id = desk.opened("停车")
    desk.claimed(case_id)
    worded = Spoken("明天来。", "Come tomorrow.", "zh-Hans", "en", "translated", "libretranslate")
    outcome = desk.send(case_id, ready_of(WORDS.changed(worded).kept()))
    row = desk.book.row(outcome.seq)
    assert (row.text, row.translation["engine"]) == ("明天来。", "libretranslate")


# -- what is offered ------------------------------------------------------------------------------


@BOTH
def test_an_offer_is_found_by_its_key_alone(desk: Desk, database: Database) -> None:
    case_id = desk.opened("停车")
    for key in ("one", "two"):
        answers = [{**WORDS.kept(), "label": key}]
        database.now(lambda c, k=key, a=answers: _add(c, case_id, k, a))
    found = database.now(ready.offered, case_id, "suggestions", "one")
    assert found is not None
    assert found["answers"][0]["label"] == "one"
    assert database.now(ready.offered, case_id, "suggestions", "") is None
    assert database.now(ready.offered, case_id + 1, "suggestions", "one") is None


def _add(connection: Any, case_id: int, key: str, answers: Any) -> None:
    row = {"kind": "suggestions", "payload": {"key": key, "answers": answers}}
    connection.execute(
        desk_jobs.insert().values(case_id=case_id, state="done", at=log.now(), **row)
    )
