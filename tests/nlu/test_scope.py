"""The decision: answered, asked back, out of scope or a service; and what Rasa's rules get."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.scope import Scope, decide

THRESHOLDS = {"answer": 0.5, "service": 0.6, "out_of_scope": 0.7}


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
