"""Answers in the response to a webhook: claimed once, never beside the outbox, never lost."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import claims
import pytest
from conftest import Book, Clock
from postgres import BOTH

from bot.messages import Inbound
from bot.store import log, queue
from bot.store.database import Database
from bot.store.passive import BETWEEN, IN_RESPONSE, claim_replies, give_back, reply_given
from bot.store.tables import messages

pytestmark = BOTH
WECHAT = ("wechat",)


@pytest.fixture(autouse=True)
def _same_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.passive.now", clock)


class Talk:
    """A visitor's questions and the answers to them."""

    def __init__(self, database: Database) -> None:
        self.database, self.book = database, Book(database)

    def asks(self, platform_id: str = "1", state: str = "answered", person: str = "oA") -> int:
        """Writes a question."""
        seq = self.book.heard("几点 when?", person, "wechat", platform_id=platform_id)
        self.book.change(seq, state=state)
        return seq

    def says(self, question: int | None, text: str = "九点 nine", **values: Any) -> int:
        """Lays an answer that waits for its response."""
        given = {"in_reply_to": question, **values}
        if question is not None:
            given.setdefault("not_before", self.book.row(question).at + timedelta(seconds=4.5))
        return self.book.said(text, given.pop("person", "oA"), channel="wechat", **given)

    def claims(self, *platform_ids: str) -> Any:
        """Claims the answers to questions."""
        found = self.database.now(claim_replies, "wechat", platform_ids or ("1",))
        return found if platform_ids else found["1"]

    def outbox(self) -> Any:
        """Lets the outbox claim."""
        return self.database.now(claims.outbound, WECHAT)


@pytest.fixture
def talk(database: Database, clock: Clock) -> Talk:
    return Talk(database)


@pytest.mark.parametrize(
    ("state", "is_open"), [("received", True), ("answering", True), ("answered", False)]
)
def test_a_question_without_an_answer(talk: Talk, state: str, is_open: bool) -> None:
    talk.asks(state=state)
    standing = talk.claims()
    assert (standing.reply, standing.is_open) == (None, is_open)
    assert talk.claims("unknown 没有") == {}


@pytest.mark.parametrize("text", ["at nine", "九点", "九点 nine"])
def test_an_answer_is_claimed_and_the_outbox_has_none(talk: Talk, clock: Clock, text: str) -> None:
    seq = talk.says(talk.asks(), text)
    standing = talk.claims()
    assert (standing.reply.seq, standing.reply.text, standing.is_fresh) == (seq, text, True)
    clock.on(seconds=30)
    assert talk.outbox() is None
    row = talk.book.row(seq)
    assert (row.state, row.reason) == ("sending", IN_RESPONSE)


def test_given_it_is_sent_and_says_that_it_was_passive(talk: Talk, clock: Clock) -> None:
    seq = talk.says(talk.asks(), payload={"choices": [{"id": "c", "label": "是"}]})
    row = talk.claims().reply
    assert talk.database.now(reply_given, row)
    assert not talk.database.now(reply_given, row)
    row = talk.book.row(seq)
    assert (row.state, row.reason, row.lease_until) == ("sent", None, None)
    assert row.payload == {"choices": [{"id": "c", "label": "是"}], "passive": True}
    assert row.done_at == clock()
    clock.on(seconds=30)
    assert talk.outbox() is None


def test_given_back_the_outbox_sends_it_at_once(talk: Talk) -> None:
    seq = talk.says(talk.asks())
    talk.database.now(give_back, talk.claims().reply)
    row = talk.outbox()
    assert (row.seq, row.maybe_twice, row.reason) == (seq, False, None)
    talk.database.now(give_back, row)
    assert talk.book.row(seq).state == "sending"  # the outbox has it now


def test_what_the_outbox_has_is_not_claimed(talk: Talk, clock: Clock) -> None:
    seq = talk.says(talk.asks())
    clock.on(seconds=5)
    assert talk.outbox().seq == seq
    standing = talk.claims()
    assert (standing.reply, standing.is_open) == (None, False)
    talk.database.now(queue.finish, messages, seq, "sent", done_at=clock())
    assert talk.claims().reply is None


@pytest.mark.parametrize("state", ["cancelled", "dead", "waiting"])
def test_what_has_ended_otherwise_is_not_claimed(talk: Talk, state: str) -> None:
    talk.says(talk.asks(), state=state)
    standing = talk.claims()
    assert (standing.reply, standing.is_open) == (None, False)


def test_a_repeat_gets_the_same_for_a_minute(talk: Talk, clock: Clock) -> None:
    seq = talk.says(talk.asks())
    first = talk.claims()
    again = talk.claims()
    assert (again.reply.seq, first.is_fresh, again.is_fresh) == (seq, True, False)
    talk.database.now(reply_given, first.reply)
    clock.on(seconds=59)
    assert talk.claims().reply.seq == seq
    clock.on(seconds=1)
    assert talk.claims().reply is None


def test_the_rest_waits_for_the_beginning_and_follows_it(talk: Talk, clock: Clock) -> None:
    question = talk.asks()
    first, second = talk.says(question, "一 one"), talk.says(question, "二 two")
    third = talk.says(question, "三 three", not_before=None)
    other = talk.says(talk.asks("2"), "别的 else")
    row = talk.claims().reply
    assert row.seq == first
    assert talk.outbox() is None
    talk.database.now(reply_given, row)
    assert [talk.book.row(n).not_before for n in (second, third)] == [clock() + BETWEEN] * 2
    assert talk.outbox() is None
    clock.on(seconds=BETWEEN.total_seconds())
    assert talk.outbox().seq == second
    assert talk.claims("2")["2"].is_open
    assert talk.book.row(other).not_before > clock()


def test_it_overtakes_no_earlier_words(talk: Talk, clock: Clock) -> None:
    question = talk.asks()
    before = talk.says(None, "之前 before", not_before=None)
    talk.says(question)
    standing = talk.claims()
    assert (standing.reply, standing.is_open) == (None, True)
    talk.database.now(queue.finish, messages, before, "sent", done_at=clock())
    assert talk.claims().reply is not None


def test_the_bot_says_nothing_over_a_person(talk: Talk, clock: Clock) -> None:
    seq = talk.says(talk.asks())
    talk.book.speaker(log.HUMAN, "wechat:oA")
    standing = talk.claims()
    assert (standing.reply, standing.is_open) == (None, False)
    assert talk.outbox() is None
    assert talk.book.row(seq).state == "cancelled"


def test_the_desks_own_sentence_is_said_all_the_same(talk: Talk) -> None:
    seq = talk.says(talk.asks(), "您的编号 ref", author="system")
    talk.book.speaker(log.HUMAN, "wechat:oA")
    assert talk.claims().reply.seq == seq


@pytest.mark.parametrize("at_start", [True, False])
def test_a_lost_claim_is_the_outboxs_in_the_end(talk: Talk, clock: Clock, at_start: bool) -> None:
    seq = talk.says(talk.asks())
    talk.claims()
    assert talk.database.now(queue.recover, everything=False) == 0
    clock.on(seconds=61)
    assert talk.database.now(queue.recover, everything=at_start) == 1
    row = talk.outbox()
    assert (row.seq, row.maybe_twice) == (seq, True)
    # A repeat that comes meanwhile does not get it a second time.
    assert talk.claims().reply is None


def test_a_lost_claim_may_be_claimed_by_a_repeat(talk: Talk, clock: Clock) -> None:
    seq = talk.says(talk.asks())
    talk.claims()
    talk.database.now(queue.recover, everything=True)
    standing = talk.claims()
    assert (standing.reply.seq, standing.is_fresh) == (seq, True)
    assert talk.outbox() is None
    talk.database.now(reply_given, standing.reply)
    assert talk.book.row(seq).state == "sent"


def test_many_questions_are_looked_up_at_once(talk: Talk) -> None:
    answers = {}
    for n in range(30):
        question = talk.asks(f"q{n}", "answering" if n % 3 == 0 else "answered", f"o{n}")
        if n % 3 == 1:
            answers[f"q{n}"] = talk.says(question, f"第{n} answer", person=f"o{n}")
    found = talk.claims(*[f"q{n}" for n in range(30)])
    assert {name: each.reply.seq for name, each in found.items() if each.reply} == answers
    assert [found[f"q{n}"].is_open for n in range(3)] == [True, False, False]
    assert talk.database.now(claim_replies, "wechat", []) == {}


def test_other_channels_ids_are_others(talk: Talk) -> None:
    heard = Inbound("messenger", "7", "1", "别人 somebody else")
    talk.database.now(log.accept, heard, "zh-Hans", {})
    assert talk.database.now(claim_replies, "wechat", ["1"]) == {}


def test_of_many_at_once_one_claims(talk: Talk, clock: Clock) -> None:
    for n in range(6):
        talk.says(talk.asks(f"q{n}", person=f"o{n}"), person=f"o{n}")
    clock.on(seconds=5)
    ids, fresh, sent = [f"q{n}" for n in range(6)], list[int](), list[int]()

    def passively() -> None:
        for standing in talk.database.now(claim_replies, "wechat", ids).values():
            if standing.is_fresh:
                fresh.append(standing.reply.seq)

    def otherwise() -> None:
        while (row := talk.outbox()) is not None:
            sent.append(row.seq)

    works = [passively, otherwise] * 4
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(fresh + sent) == 6
    assert len(set(fresh + sent)) == 6
