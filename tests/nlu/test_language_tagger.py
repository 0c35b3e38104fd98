"""The language on a message: the conversation's where it is known, else the text's."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_tagger import LanguageTagger, tag


@pytest.mark.parametrize(
    ("text", "metadata", "language"),
    [
        ("When do you close?", None, "en"),
        ("几点关门", None, "zh"),
        ("我想book兩張ticket", None, "zh"),
        ("When do you close?", {"language": "zh-Hant"}, "zh"),
        ("几点关门", {"language": "en"}, "en"),
        ("wifi", {"language": "zh-Hans"}, "zh"),
        ("", {}, "en"),
        (None, None, "en"),
    ],
)
def test_process(text: str | None, metadata: dict[str, Any] | None, language: str) -> None:
    message = Message({"text": text, "metadata": metadata})
    [tagged] = LanguageTagger().process([message])
    [entity] = tagged.get("entities")
    assert (entity["entity"], entity["value"]) == ("language", language)


def test_tag_keeps_what_is_there() -> None:
    message = Message({"text": "几点 open"})
    tag(message, "language", "zh")
    tag(message, "topic", "opening_hours")
    assert [entity["value"] for entity in message.get("entities")] == ["zh", "opening_hours"]
    assert {(e["start"], e["end"]) for e in message.get("entities")} == {(0, 7)}
