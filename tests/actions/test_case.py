"""A person is brought in."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions.case import OpenCase
from bot.content.voice import Voice


@pytest.mark.parametrize("text", ["转人工 please", "get me a person", "真人"])
async def test_open_case(voice: Voice, text: str) -> None:
    dispatcher = CollectingDispatcher()
    await OpenCase().run(dispatcher, tracker(text, intent="speak_to_human"), {})
    [message] = dispatcher.messages
    case = {"reason": "speak_to_human", "sentence": "handoff_open"}
    assert message["custom"] == {"case": case}
    assert not message["text"]
    assert case["sentence"] in voice.sentences
