"""Several texts are translated with one question, and each finds its own translation."""

from __future__ import annotations

import pytest

from bot.translate import NoTranslator, Translation, translate_each

TEXTS = ["我的伞 umbrella", "昨天\n在二楼", "hello"]


class Engine:
    """Translates line by line into capitals, and may join what it should not."""

    def __init__(self, joins: bool = False, fails: str | None = None) -> None:
        self.asked: list[str] = []
        self.joins, self.fails = joins, fails

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Remembers the question."""
        self.asked.append(text)
        if text == self.fails:
            return None
        joined = text.replace("\n", " ") if self.joins else text
        return Translation(joined.upper(), target, "capitals")


async def test_one_question_for_all() -> None:
    engine = Engine()
    found = await translate_each(engine, TEXTS, "zh-Hans", "en")
    assert engine.asked == ["我的伞 umbrella\n昨天 在二楼\nhello"]
    assert [found[text].text for text in TEXTS] == ["我的伞 UMBRELLA", "昨天 在二楼", "HELLO"]
    assert {each.engine for each in found.values()} == {"capitals"}


async def test_where_lines_are_joined_each_is_asked_for_by_itself() -> None:
    engine = Engine(joins=True, fails="hello")
    found = await translate_each(engine, TEXTS, "zh-Hans", "en")
    assert len(engine.asked) == 4
    assert [text in found for text in TEXTS] == [True, True, False]


@pytest.mark.parametrize("texts", [TEXTS, ["只有一个 one"]])
async def test_no_translator_no_translations(texts: list[str]) -> None:
    assert await translate_each(NoTranslator(), texts, "zh-Hans", "en") == {}
