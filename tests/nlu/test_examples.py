"""Examples that Rasa copies and tells apart quickly, and as it would by itself."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.examples import Example, Examples

HELD: list[dict[str, Any]] = [
    {"text": "when do you open", "intent": "faq", "intent_response_key": "faq/opening_hours"},
    {"text": "几点开门", "intent": "faq", "intent_response_key": "faq/opening_hours"},
    {"text": "几点开门", "intent": "faq", "intent_response_key": "faq/late_opening"},
    {"text": "wifi几点", "intent": "inform", "entities": [{"entity": "day", "value": "周日"}]},
    {"text": "wifi几点", "intent": "inform", "metadata": {"intent": {"style": "plain"}}},
]


def test_doubles_are_dropped_as_by_rasa() -> None:
    twice = [*HELD, *deepcopy(HELD)]
    ours = TrainingData([Example(data) for data in twice]).training_examples
    theirs = TrainingData([Message(data) for data in twice]).training_examples
    assert [each.data for each in ours] == [each.data for each in theirs] == HELD


@pytest.mark.parametrize("data", HELD)
def test_a_copy_is_equal_and_its_own(data: dict[str, Any]) -> None:
    example = Example(data)
    copied = deepcopy(example)
    assert isinstance(copied, Example)
    assert copied == example
    assert hash(copied) == hash(example)
    assert copied.fingerprint() == example.fingerprint()
    copied.set("response", "十点 ten")
    assert copied != example
    assert copied.fingerprint() != example.fingerprint()
    copied.output_properties.add("response")
    assert "response" not in example.output_properties


def test_what_a_copy_holds_is_copied() -> None:
    example = Example(HELD[3])
    deepcopy(example).data["entities"][0]["value"] = "sunday"
    assert example.data["entities"][0]["value"] == "周日"


def test_features_tell_examples_apart() -> None:
    one, other = Example(HELD[0]), Example(HELD[0])
    other.add_features(Features(np.ones((1, 2)), "sentence", "text", "encoder"))
    assert one != other
    assert one.fingerprint() != other.fingerprint()
    assert deepcopy(other) == other


def test_examples_of_rasa_stay_different_from_ours() -> None:
    assert Example(HELD[0]) != "when do you open 几点"
    assert len({Example(each).fingerprint() for each in HELD}) == len(HELD)


def test_training_data_is_fingerprinted_by_texts_and_labels() -> None:
    data = Examples.of(TrainingData([Example(each) for each in HELD]))
    again = Examples.of(TrainingData([Example(each) for each in HELD]))
    again.training_examples[0].add_features(Features(np.ones((1, 2)), "sentence", "text", "e"))
    assert data.fingerprint() == again.fingerprint()
    more = Examples.of(data, [Message({"text": "新的 new", "intent": "thanks"})])
    assert more.fingerprint() != data.fingerprint()
