"""What is read from remembered events: the question before, and how well it was understood."""

from __future__ import annotations

from typing import Any

import pytest

from bot.history import (
    before_now,
    last_said,
    newest_understood,
    previous_question,
    was_misunderstood,
)

OPENING = [{"topic": "faq/opening_hours", "text": "几点 open"}]
PARKING = [{"topic": "faq/parking", "text": "can I park"}]


def user(
    decision: str, questions: list[dict[str, str]] | None = None, at: float = 100.0, **more: Any
) -> dict[str, Any]:
    intent = more.pop("intent", "faq")
    parsed = {"decision": decision, "questions": questions or [], "intent": {"name": intent}}
    return {"event": "user", "timestamp": at, "parse_data": {**parsed, **more}}


def topic(*events: dict[str, Any], since: float = 0.0) -> str | None:
    found = previous_question(events, since)
    return None if found is None else found["topic"] or found["text"]


BOT = {"event": "bot", "text": "We are open. 开门。"}
THANKS = user("service", intent="thanks")
SESSION = {"event": "session_started"}


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([], None),
        ([user("answer", OPENING), BOT], "faq/opening_hours"),
        ([user("answer", OPENING), user("answer", PARKING)], "faq/parking"),
        ([user("answer", OPENING), BOT, THANKS, BOT], "faq/opening_hours"),
        ([user("answer", OPENING), user("service", intent="speak_to_human")], None),
        ([user("answer", OPENING), user("out_of_scope", intent="out_of_scope")], None),
        ([user("answer", OPENING), user("answer", urgent="fire", asked="着火了 fire")], None),
        ([user("clarify", asked="婴儿车 stroller")], "婴儿车 stroller"),
        ([user("answer", OPENING), SESSION], None),
        ([user("answer", OPENING, at=5.0)], None),
        ([{"event": "user"}], None),
    ],
)
def test_previous_question(events: list[dict[str, Any]], found: str | None) -> None:
    assert topic(*events, since=10.0) == found


def test_of_several_questions_the_last_is_the_one_before() -> None:
    found = previous_question([user("answer", [*OPENING, *PARKING], rejected=["faq/x"])], 0.0)
    assert found is not None
    assert (found["topic"], found["others"]) == ("faq/parking", OPENING)
    assert found["rejected"] == ["faq/x"]


def test_a_chain_of_follow_ups_is_kept_short() -> None:
    lines = ["first", *("和 and" for _ in range(9)), "last" * 500]
    found = previous_question([user("clarify", asked="\n".join(lines))], 0.0)
    assert found is not None
    assert found["text"].splitlines()[:2] == ["first", "和 and"]
    assert len(found["text"]) == 400


@pytest.mark.parametrize(
    ("events", "missed"),
    [
        ([], False),
        ([user("clarify")], True),
        ([user("out_of_scope"), BOT], True),
        ([user("clarify"), user("answer", OPENING)], False),
        ([user("clarify"), THANKS], False),
        ([user("clarify"), SESSION], False),
    ],
)
def test_was_misunderstood(events: list[dict[str, Any]], missed: bool) -> None:
    assert was_misunderstood(events) is missed


def test_last_said() -> None:
    buttons = {"event": "bot", "text": None}
    assert last_said([BOT, user("answer"), buttons]) == BOT["text"]
    assert last_said([]) == ""


def test_before_now() -> None:
    events = [user("clarify"), BOT, user("answer"), {"event": "slot"}]
    assert before_now(events) == events[:2]
    assert before_now([BOT]) == []


def test_what_was_understood_is_that_of_the_newest_message() -> None:
    ranking = [
        {"name": "faq/parking", "confidence": 0.81239},
        {"name": "speak_to_human", "confidence": 0.1},
    ]
    intent = {"name": "faq", "confidence": 0.81239}
    newest = user("answer", PARKING, intent_ranking=ranking)
    newest["parse_data"]["intent"] = intent
    found = newest_understood([user("clarify"), BOT, newest, BOT])
    assert found == {
        "topic": "parking",
        "confidence": 0.8124,
        "decision": "answer",
        "ranking": [
            {"topic": "parking", "confidence": 0.8124},
            {"topic": "speak_to_human", "confidence": 0.1},
        ],
    }


@pytest.mark.parametrize("events", [[], [BOT], [SESSION, BOT], [{"event": "user"}]])
def test_where_nothing_was_asked_nothing_was_understood(events: list[dict[str, Any]]) -> None:
    assert newest_understood(events) is None


def test_a_message_without_a_ranking_is_understood_as_its_intent() -> None:
    found = newest_understood([user("service", intent="thanks")])
    assert found == {"topic": "thanks", "confidence": 0.0, "decision": "service", "ranking": []}
