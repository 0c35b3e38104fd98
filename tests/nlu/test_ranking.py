"""A rule that is sure puts its intent first; the ranking still sums to one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import Part, Reading
from bot.nlu.ranking import headed, put_first


def ranking(**chances: float) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": chance} for name, chance in chances.items()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ranking(a=0.6, b=0.3, c=0.1), [("b", 0.9), ("a", 0.6 / 7), ("c", 0.1 / 7)]),
        (ranking(b=0.95, a=0.05), [("b", 0.95), ("a", 0.05)]),
        (ranking(a=1.0), [("b", 0.9), ("a", 0.1)]),
        (ranking(a=1.0, b=0.0), [("b", 0.9), ("a", 0.1)]),
        (ranking(b=1.0), [("b", 1.0)]),
        ([], [("b", 1.0)]),
    ],
)
def test_headed(before: Any, after: list[tuple[str, float]]) -> None:
    found = headed(before, "b", 0.9)
    assert [each["name"] for each in found] == [name for name, _ in after]
    assert [each["confidence"] for each in found] == pytest.approx([c for _, c in after])


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0, 1))
def test_it_sums_to_one(chances: list[float], least: float) -> None:
    before = [{"name": f"t{n}", "confidence": chance} for n, chance in enumerate(chances)]
    total = sum(chances)
    before = [{**each, "confidence": each["confidence"] / (total or 1)} for each in before]
    assert sum(each["confidence"] for each in headed(before, "t1", least)) == pytest.approx(1)


def test_a_reading_follows_and_is_one_again() -> None:
    before = ranking(a=0.6, b=0.4)
    reading = Reading("几点 open", before, parts=(Part("几点", before),), unsure=True)
    message = Message({"text": "几点 open", "intent_ranking": before, "reading": reading})
    put_first(message, "b", 0.9)
    assert message.get("intent")["name"] == "b"
    assert message.get("reading").ranking == message.get("intent_ranking")
    assert (message.get("reading").parts, message.get("reading").unsure) == ((), False)


def test_without_a_reading() -> None:
    message = Message({"text": "hm"})
    put_first(message, "b", 0.9)
    assert message.get("intent_ranking") == [{"name": "b", "confidence": 1.0}]
