"""A person is brought in, with words that fit the reason."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions.case import OpenCase
from bot.content.voice import Voice


@pytest.mark.parametrize(
    ("text", "intent", "case"),
    [
        (
            "转人工 please",
            "speak_to_human",
            {"reason": "speak_to_human", "sentence": "handoff_open"},
        ),
        ("太差了！", "complaint", {"reason": "complaint", "sentence": "complaint_reply"}),
        ("help me", "nlu_fallback", {"reason": "speak_to_human", "sentence": "handoff_open"}),
    ],
)
async def test_open_case(voice: Voice, text: str, intent: str, case: dict[str, str]) -> None:
    dispatcher = CollectingDispatcher()
    await OpenCase().run(dispatcher, tracker(text, intent=intent), {})
    [message] = dispatcher.messages
    assert message["custom"] == {"case": case}
    assert not message["text"]
    assert case["sentence"] in voice.sentences
