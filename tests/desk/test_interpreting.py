"""The desk's interpreter: glossary and memory of this museum, and no memory is no obstacle."""

from __future__ import annotations

import pytest
from conftest import Book
from standins.translators import TranslatorStandin

from bot.config import Settings
from bot.content.voice import Voice
from bot.desk.interpreting import DatabaseMemory, make_interpreter
from bot.store.database import Database
from bot.store.tables import translations

SAID = "Please bring D-1001 to the information desk by 5pm."
BETTER = "请在5pm前带D-1001到服务台。"


async def test_what_staff_corrected_is_there_the_next_time(
    database: Database, book: Book, voice: Voice
) -> None:
    with TranslatorStandin() as standin:
        settings = Settings({"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": standin.url})
        interpreter = make_interpreter(settings, voice.museum, database)
        proposed = await interpreter.to_visitor(SAID, "zh-Hans")
        assert (proposed.state, proposed.engine) == ("translated", "libretranslate")
        assert "服务台" in proposed.text
        await interpreter.corrected(proposed, BETTER, "Ann")
        later = make_interpreter(settings, voice.museum, database)
        again = await later.to_visitor(SAID.replace("1001", "1002"), "zh-Hans")
        assert (again.text, again.state) == (BETTER.replace("1001", "1002"), "remembered")
        await later.sent(again)
    rows = book.rows(translations)
    assert {row.corrected_by for row in rows} == {"Ann"}
    assert [row.uses for row in rows] == [2]


async def test_without_its_tables_the_engine_is_asked(
    database: Database, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.now(lambda c: translations.drop(c))
    assert await DatabaseMemory(database).recall(["a"], "en", "zh-Hans") is None
    with TranslatorStandin() as standin:
        settings = Settings({"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": standin.url})
        interpreter = make_interpreter(settings, voice.museum, database)
        proposed = await interpreter.to_visitor(SAID, "zh-Hant")
        assert proposed.state == "translated"
        await interpreter.sent(proposed)
        assert (await interpreter.corrected(proposed, BETTER, "Ann")).text == BETTER
