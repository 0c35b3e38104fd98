"""Answers: computed for what was asked, from their file otherwise, one after the other."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions import answers
from actions.answers import Answer


class Tuesday(datetime):
    """A clock that stands on a Tuesday noon in winter."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """Returns that moment."""
        return datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "datetime", Tuesday)


async def said(language: str, *questions: tuple[str, str]) -> list[dict[str, Any]]:
    asked = [{"topic": f"faq/{topic}", "text": text} for topic, text in questions]
    dispatcher = CollectingDispatcher()
    await Answer().run(dispatcher, tracker("嗯 hm", language, questions=asked), {})
    return dispatcher.messages


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("are you open now?", "en", "We are open now, until "),
        ("现在开吗？", "zh-Hans", "现在正在开放，17:30闭馆。"),
        ("現在open嗎？", "zh-Hant", "現在開放中，17:30閉館。"),
        ("open on monday?", "en", "We are closed"),
        ("周一开门吗", "zh-Hans", "闭馆"),
        ("friday几点close", "zh-Hans", "20:30"),
        ("are you open on monday?\nand on friday?", "en", "8:30pm"),
        ("周一开门吗\n那周五呢", "zh-Hans", "20:30"),
    ],
)
async def test_opening_hours(text: str, language: str, words: str) -> None:
    [message] = await said(language, ("opening_hours", text))
    assert words in message["text"]
    assert "[[" not in message["text"]


async def test_a_topic_that_is_not_computed_is_answered_from_its_file() -> None:
    [message] = await said("en", ("photography", "可以拍照 inside?"))
    assert message["response"] == "utter_faq/photography"


async def test_several_questions_are_answered_in_order_and_none_twice() -> None:
    questions = [("parking", "停车?"), ("opening_hours", "monday"), ("parking", "free?")]
    first, second = await said("zh-Hans", *questions)
    assert first["response"] == "utter_faq/parking"
    assert "闭馆" in second["text"]


async def test_outside_docent_the_text_itself_is_answered() -> None:
    latest = tracker("open on monday? 周一", "en")
    latest.latest_message["intent"]["full_retrieval_intent_name"] = "faq/opening_hours"
    dispatcher = CollectingDispatcher()
    await Answer().run(dispatcher, latest, {})
    assert "closed" in dispatcher.messages[0]["text"]
