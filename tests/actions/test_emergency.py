"""An emergency: what to do comes first, then an urgent case."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions.emergency import Emergency
from bot.content.voice import Voice
from bot.language import LANGUAGES

URGENT = {"reason": "emergency", "sentence": "emergency.passed_on", "priority": "urgent"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kind", ["injury", "fire", "lost_child", "threat", "distress", "something new"]
)
async def test_emergency(voice: Voice, language: str, kind: str) -> None:
    dispatcher = CollectingDispatcher()
    await Emergency().run(dispatcher, tracker("救命 help", language, urgent=kind), {})
    instruction, case = dispatcher.messages
    known = f"emergency.{kind}" in voice.sentences
    key = f"emergency.{kind}" if known else "emergency.injury"
    assert instruction["text"] == voice.say(key, language)
    assert "999" in instruction["text"]
    assert voice.museum.facts["contacts.security_phone"].en in instruction["text"]
    assert "[[" not in instruction["text"]
    assert case["custom"] == {"case": URGENT}
    assert "D-1" in voice.say("emergency.passed_on", language, ref="D-1")
