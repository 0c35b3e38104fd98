"""Misspelt twins: only of English words, and the same for a text whatever stands beside it."""

from __future__ import annotations

import random

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.typos import TWIN_OF, Typos, misspell

TEXTS = ["when does the museum close tonight", "几点关门", "能用student card打折吗 museum ticket"]


def twins(*texts: str) -> dict[str, str]:
    data = TrainingData([Message({"text": text, "intent": "faq"}) for text in texts])
    made = Typos(1.0).process_training_data(data).training_examples
    return {each.get(TWIN_OF): each.get("text") for each in made if each.get(TWIN_OF)}


def test_a_text_has_the_same_twin_in_any_data() -> None:
    alone = {**twins(TEXTS[0]), **twins(TEXTS[2])}
    assert twins("another question about parking 停车", *TEXTS).items() >= alone.items()
    assert twins(*reversed(TEXTS)) == alone


def test_a_twin_is_misspelt_and_chinese_has_none() -> None:
    found = twins(*TEXTS)
    assert set(found) == {TEXTS[0], TEXTS[2]}
    assert all(text != twin for text, twin in found.items())
    assert "打折吗" in found[TEXTS[2]]


@pytest.mark.parametrize("text", ["", "a I to", "几点关门", "2026 £15 café", "🎟️"])
def test_nothing_but_longer_english_words_is_misspelt(text: str) -> None:
    assert misspell(text, 1.0, random.Random(1)) == text
