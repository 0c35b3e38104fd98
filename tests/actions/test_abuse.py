"""Abuse: one calm line, and the second time a person, who sees it."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions.abuse import SLOT, Abuse
from bot.content.voice import Voice


@pytest.mark.parametrize("text", ["you idiot", "笨蛋", "什么破 bot"])
async def test_abuse(voice: Voice, text: str) -> None:
    first, second = CollectingDispatcher(), CollectingDispatcher()
    [event] = await Abuse().run(first, tracker(text, intent="abuse"), {})
    assert first.messages[0]["text"] == voice.say("abuse_calm", "en")
    assert not first.messages[0]["custom"]
    assert (event["name"], event["value"]) == (SLOT, True)
    await Abuse().run(second, tracker(text, intent="abuse", slots={SLOT: True}), {})
    [message] = second.messages
    assert message["custom"] == {"case": {"reason": "abuse", "sentence": "abuse_reply"}}
    assert "abuse_reply" in voice.sentences
