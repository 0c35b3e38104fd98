"""What the default pipeline learns from, and its answers in our words."""

from __future__ import annotations

import pytest

from bench.rasa_default import evenly, rows
from report.bots import of_rasa
from report.results import Question

QUESTION = Question("any postcards", "shop", "en", "keyword")
BLOCKS = [
    {"intent": "faq/shop", "examples": "- a\n- b\n- c\n- d\n"},
    {"intent": "faq/shop", "examples": "- 一\n- 二\n- 三\n- 四\n"},
    {"intent": "greeting", "examples": "- hi\n"},
]


def test_the_default_pipeline_learns_from_all_rows_of_a_topic() -> None:
    picked = {"faq/shop": ["a", "c", "一", "三"], "greeting": ["hi"]}
    assert evenly(BLOCKS, 4) == picked
    assert evenly(BLOCKS, 100)["faq/shop"] == ["a", "b", "c", "d", "一", "二", "三", "四"]
    assert rows(picked)[1] == {"intent": "greeting", "examples": "- hi\n"}


@pytest.mark.parametrize(
    ("intent", "decision"),
    [
        ("shop", "answer"),
        ("greeting", "service"),
        ("out_of_scope", "out_of_scope"),
        ("nlu_fallback", "clarify"),
        (None, "clarify"),
    ],
)
def test_an_intent_of_rasa_is_a_decision_of_ours(intent: str | None, decision: str) -> None:
    ranking = [{"name": "shop", "confidence": 0.81234}, {"name": "wifi", "confidence": 0.1}]
    parsed = {"intent": {"name": intent}, "intent_ranking": ranking}
    found = of_rasa(QUESTION, parsed, 5.0)
    assert (found.decision, found.topic, found.confidence) == (decision, "shop", 0.8123)


def test_the_fallback_is_no_topic() -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "shop", "confidence": 0.2}]
    found = of_rasa(QUESTION, {"intent": ranking[0], "intent_ranking": ranking}, 5.0)
    assert (found.ranking, found.is_right) == ((("shop", 0.2),), True)
    empty = {"intent": {"name": None}, "intent_ranking": []}
    assert of_rasa(QUESTION, empty, 5.0).topic == "out_of_scope"
