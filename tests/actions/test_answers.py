"""The computed answer: today's times, in the visitor's language, facts filled in."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions import answers
from actions.answers import OpeningHours


class Tuesday(datetime):
    """A clock that stands on a Tuesday noon in winter."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """Returns that moment."""
        return datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("are you open now?", "en", "We are open now, until "),
        ("现在开吗？", "zh-Hans", "现在正在开放，17:30闭馆。"),
        ("現在open嗎？", "zh-Hant", "現在開放中，17:30閉館。"),
        ("open on monday?", "en", "We are closed"),
        ("周一开门吗", "zh-Hans", "闭馆"),
        ("friday几点close", "zh-Hans", "20:30"),
    ],
)
async def test_opening_hours(
    monkeypatch: pytest.MonkeyPatch, text: str, language: str, words: str
) -> None:
    monkeypatch.setattr(answers, "datetime", Tuesday)
    dispatcher = CollectingDispatcher()
    await OpeningHours().run(dispatcher, tracker(text, language), {})
    [message] = dispatcher.messages
    assert words in message["text"]
    assert "[[" not in message["text"]
