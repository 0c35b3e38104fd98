"""What staff read beside a visitor's words: a translation, a notice, or nothing."""

from __future__ import annotations

import pytest

from bot.desk.people import Request
from bot.desk.readable import NOTICE, beside, readable, untranslated
from bot.translate import Interpreter, NoTranslator, Translation

TOLD = {"What was lost": "我的伞 umbrella", "Where and when": "昨天\n在二楼", "Colour": "black"}


class Capitals:
    """Translates by writing in capitals, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        self.asked.append(text)
        return Translation(text.upper(), target, "capitals")


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_translation_with_its_engine_and_state(wrapped: bool) -> None:
    translator = Interpreter(Capitals()) if wrapped else Capitals()
    assert await beside(translator, "我的伞 umbrella", "zh-Hans") == {
        "text": "我的伞 UMBRELLA",
        "language": "en",
        "engine": "capitals",
        "state": "translated",
    }


@pytest.mark.parametrize(
    ("text", "language"),
    [("umbrella", "en"), ("  ", "zh-Hans"), ("OK thanks", "zh-Hant"), ("👍 12:30", "zh-Hans")],
)
async def test_nothing_where_staff_can_read_it(text: str, language: str) -> None:
    engine = Capitals()
    assert await beside(engine, text, language) is None
    assert engine.asked == []


async def test_chinese_in_an_english_conversation_is_translated_too() -> None:
    found = await beside(Capitals(), "我的雨伞在哪里", "en")
    assert found is not None
    assert found["engine"] == "capitals"


async def test_a_notice_where_there_is_no_translation() -> None:
    assert await beside(NoTranslator(), "我的伞", "zh-Hans") == NOTICE
    assert untranslated("zh-Hant") == NOTICE
    assert untranslated("en") is None


async def test_details_and_question_are_one_question_to_the_engine() -> None:
    engine = Capitals()
    told = await readable(engine, Request("lost_property", details=TOLD), "跳过 skip", "zh-Hans")
    assert len(engine.asked) == 1
    assert told.beside is not None
    assert told.beside["text"] == "跳过 SKIP"
    assert told.request.translations == {
        "What was lost": "我的伞 UMBRELLA",
        "Where and when": "昨天 在二楼",
    }


async def test_without_words_only_the_details_count() -> None:
    told = await readable(NoTranslator(), Request("complaint", details=TOLD), "", "zh-Hans")
    assert told.beside is None
    assert told.request.translations == {}
