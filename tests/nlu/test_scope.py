"""The decision: answered, asked back, out of scope or a service; and what Rasa's rules get."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import Part, Ranking, Reading
from bot.nlu.scope import Scope, decide

THRESHOLDS = {
    "answer": 0.5,
    "service": 0.6,
    "out_of_scope": 0.7,
    "several": 0.7,
    "supported": 0.01,
}


@pytest.mark.parametrize(
    ("best", "confidence", "decision"),
    [
        ("faq/directions", 0.99, "answer"),
        ("faq/directions", 0.5, "answer"),
        ("faq/directions", 0.4999, "clarify"),
        ("thanks", 0.6, "service"),
        ("thanks", 0.5999, "clarify"),
        ("speak_to_human", 1.0, "service"),
        ("out_of_scope", 0.7, "out_of_scope"),
        ("out_of_scope", 0.6999, "clarify"),
        ("faq/x", 0.0, "clarify"),
        ("faqs", 0.9, "service"),
    ],
)
def test_decide(best: str, confidence: float, decision: str) -> None:
    assert decide([{"name": best, "confidence": confidence}], THRESHOLDS) == decision


@pytest.mark.parametrize(
    ("text", "best", "confidence", "intent", "topic"),
    [
        ("which bus?", "faq/directions", 0.9, "faq", "directions"),
        ("坐什么车", "faq/directions", 0.3, "nlu_fallback", None),
        ("谢谢 thanks", "thanks", 0.9, "thanks", None),
        ("capital of 秘鲁", "out_of_scope", 0.9, "out_of_scope", None),
    ],
)
def test_process(text: str, best: str, confidence: float, intent: str, topic: str | None) -> None:
    rest: list[dict[str, Any]] = [{"name": f"faq/{n}", "confidence": 0.01} for n in range(9)]
    ranking = [{"name": best, "confidence": confidence}, *rest]
    message = Message({"text": text, "intent_ranking": ranking})
    [decided] = Scope(THRESHOLDS).process([message])
    assert decided.get("intent") == {"name": intent, "confidence": confidence}
    assert decided.get("decision") == decide(ranking, THRESHOLDS)
    assert decided.get("intent_ranking") == ranking[:5]
    entities = {e["entity"]: e["value"] for e in decided.get("entities") or []}
    assert entities.get("topic") == topic
    selected = decided.get("response_selector")
    assert (selected is not None) is (topic is not None)
    if selected is not None:
        assert selected["faq"]["response"]["utter_action"] == f"utter_{best}"


def test_without_a_ranking_nothing_is_answered() -> None:
    [decided] = Scope(THRESHOLDS).process([Message({"text": "嗯 hm"})])
    assert decided.get("decision") == "out_of_scope"


def ranked(best: str, confidence: float = 0.9) -> Ranking:
    return [{"name": best, "confidence": confidence}, {"name": "faq/rest", "confidence": 0.1}]


def decided(reading: Reading, **more: Any) -> Message:
    message = Message({"text": reading.asked, "reading": reading, **more})
    message.set("intent_ranking", reading.ranking)
    return Scope(THRESHOLDS).process([message])[0]


def slot(message: Message) -> str | None:
    entities = {e["entity"]: e["value"] for e in message.get("entities") or []}
    return entities.get("topic")


@pytest.mark.parametrize(
    ("bests", "topics"),
    [
        (["faq/opening_hours", "faq/parking"], ["faq/opening_hours", "faq/parking"]),
        (["faq/a", "faq/b", "faq/c"], ["faq/a", "faq/b", "faq/c"]),
        (["greeting", "faq/b", "faq/c"], ["faq/b", "faq/c"]),
        (["faq/a", "faq/a"], ["faq/whole"]),
        (["greeting", "faq/b"], ["faq/whole"]),
        (["out_of_scope", "thanks"], ["faq/whole"]),
    ],
)
def test_surely_different_questions_are_all_answered(bests: list[str], topics: list[str]) -> None:
    parts = tuple(Part(f"停车 {best}?", ranked(best)) for best in bests)
    message = decided(Reading("开放 and 停车", ranked("faq/whole"), parts))
    assert [each["topic"] for each in message.get("questions")] == topics
    assert slot(message) == ("several" if len(topics) > 1 else "whole")
    assert message.get("intent_ranking")[0]["name"] == topics[0]
    assert (message.get("decision"), message.get("intent")["name"]) == ("answer", "faq")


def test_a_part_that_is_not_sure_does_not_count() -> None:
    parts = (Part("open?", ranked("faq/a")), Part("停?", ranked("faq/b", 0.69)))
    message = decided(Reading("open? 停?", ranked("faq/whole"), parts))
    assert [each["topic"] for each in message.get("questions")] == ["faq/whole"]


def test_a_part_that_the_whole_message_knows_nothing_of_does_not_count() -> None:
    parts = (Part("open?", ranked("faq/a")), Part("停?", ranked("faq/b"), support=0.001))
    message = decided(Reading("open? 停?", ranked("faq/whole"), parts))
    assert [each["topic"] for each in message.get("questions")] == ["faq/whole"]


def test_two_topics_on_one_subject_are_one_question() -> None:
    parts = tuple(
        Part("几点 open?", ranked(f"faq/{t}")) for t in ("late_opening", "opening_hours")
    )
    message = decided(Reading("几点 open?", ranked("faq/whole"), parts))
    assert [each["topic"] for each in message.get("questions")] == ["faq/whole"]


def test_after_a_bare_no_nothing_is_sure() -> None:
    message = decided(Reading("开 open?", ranked("faq/a"), rejected=("faq/b",), unsure=True))
    assert (message.get("decision"), message.get("questions")) == ("clarify", [])
    assert message.get("rejected") == ["faq/b"]


@pytest.mark.parametrize("kind", ["injury", "fire", "lost_child", "threat"])
def test_an_emergency_comes_before_everything(kind: str) -> None:
    message = decided(Reading("救命 help", ranked("out_of_scope")), urgent=kind)
    assert (slot(message), message.get("intent")["name"]) == ("emergency", "faq")
    assert (message.get("decision"), message.get("questions")) == ("answer", [])
    assert message.as_dict(only_output_properties=True)["urgent"] == kind
