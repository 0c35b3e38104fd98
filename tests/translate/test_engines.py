"""Both real clients against the stand-in: what is silently wrong is told as a failure."""

from __future__ import annotations

import asyncio
import logging
import time

import httpx
import pytest
from googletrans import Translator as GoogleClient
from standins.translators import FAILURES, TranslatorStandin

from bot.translate import LibreTranslator, NoTranslator, Translator, guard
from bot.translate.checks import fault

from .conftest import ENGINES, translator

TEXT = "we are open today, Zhang-secret"


async def test_each_direction_is_translated(engine: Translator) -> None:
    found = await engine.translate("hello, open today", "en", "zh-Hans")
    assert found is not None
    assert (found.text, found.language) == ("你好, 开放今天", "zh-Hans")
    found = await engine.translate("hello, open today", "en", "zh-Hant")
    assert found is not None
    assert found.text == "你好, 開放今天"
    for source, text in (("zh-Hans", "今天开放"), ("zh-Hant", "今天開放")):
        found = await engine.translate(text, source, "en")
        assert found is not None
        assert found.text == "today open"


@pytest.mark.parametrize("manner", sorted(FAILURES))
async def test_an_answer_that_is_no_translation_is_a_failure(
    engine: Translator, standin: TranslatorStandin, manner: str
) -> None:
    standin.manner = manner
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert await engine.translate("今天开放吗，李伟", "zh-Hans", "en") is None


@pytest.mark.parametrize("status", [400, 403, 413, 429, 500, 503])
async def test_an_error_status_is_a_failure(
    engine: Translator,
    standin: TranslatorStandin,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    standin.fail_next(status, 2)
    with caplog.at_level(logging.DEBUG, "bot"):
        assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Zhang" not in caplog.text + repr([record.__dict__ for record in caplog.records])


@pytest.mark.parametrize(
    "body",
    [{"x": 1}, {"error": {"code": 429}}, "<html>sorry</html>", "[]", "[[]]", '[["x"]]', "x"],
)
async def test_an_answer_of_another_shape_is_a_failure(
    engine: Translator, standin: TranslatorStandin, body: object
) -> None:
    standin.answer_next(body)
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert await engine.translate(TEXT, "en", "zh-Hans") is not None


async def test_what_the_client_alone_would_pass_for_a_translation(
    standin: TranslatorStandin,
) -> None:
    client = GoogleClient()
    client.client = httpx.AsyncClient(transport=standin.google())
    async with client:
        standin.fail_next(429)
        assert (await client.translate("Hallo", dest="zh-cn")).text == "Hallo"
        standin.answer_next({"x": 1})
        assert (await client.translate("Hallo", dest="zh-cn")).text == "x"


async def test_429_means_rest_at_once(engine: Translator, standin: TranslatorStandin) -> None:
    standin.fail_next(429)
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert len(standin.exchanges) == 1


async def test_a_server_that_is_away_hangs_up_or_hangs(
    engine: Translator, standin: TranslatorStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.accept_then_drop()
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    standin.down()
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    standin.up()
    standin.hang_next(50)
    monkeypatch.setattr(guard, "TIME_LIMIT_SECONDS", 0.5)
    begun = time.monotonic()
    assert await engine.translate(TEXT, "en", "zh-Hans") is None
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("name", ENGINES)
def test_one_translator_serves_several_event_loops(name: str, standin: TranslatorStandin) -> None:
    one = translator(name, standin)
    for number in range(4):
        found = asyncio.run(one.translate(f"open today {number}", "en", "zh-Hans"))
        assert found is not None
        assert found.text == f"开放今天 {number}"


@pytest.mark.parametrize(
    "text", ["We are open. " * 200, "我们今天开放。" * 200, "票 ticket, " * 250]
)
async def test_long_texts_arrive_whole(
    engine: Translator, standin: TranslatorStandin, text: str
) -> None:
    target = "en" if text.startswith("我") else "zh-Hans"
    found = await engine.translate(text, "", target)
    assert found is not None
    assert not standin.refused
    asked = "".join(standin.asked)
    assert set("".join(text.split())) == set("".join(asked.split()))
    assert found.text.count("开放" if target != "en" else "open") == text.lower().count(
        "open"
    ) + text.count("开放")


async def test_a_server_without_traditional_is_asked_for_simplified() -> None:
    with TranslatorStandin(speaks=("en", "zh")) as standin:
        engine = LibreTranslator(standin.url)
        found = await engine.translate("open today", "en", "zh-Hant")
        assert found is not None
        assert found.text == "开放今天"
        found = await engine.translate("今天開放", "zh-Hant", "en")
        assert found is not None
        assert found.text == "today open"


async def test_switched_off_is_nothing() -> None:
    assert await NoTranslator().translate("open", "en", "zh-Hans") is None


@pytest.mark.parametrize(
    ("asked", "answer", "target", "found"),
    [
        ("Open today", "今天开放", "zh-Hans", None),
        ("Open today", " open  TODAY ", "zh-Hans", "echo"),
        ("今天 open", "今天open", "en", "echo"),
        ("Open", "x", "zh-Hans", "x"),
        ("x", "x", "zh-Hans", "echo"),
        ("ZQ0X ZQ1X", "ZQ0X ZQ1X", "zh-Hans", None),
        ("[900] – 12", "[900] – 12", "en", None),
        ("Open ZQ0X", "Apri ZQ0X", "zh-Hans", "script"),
        ("今天开放", "我们今天是开放的 yes", "en", "script"),
        ("我叫王小明", "My name is 王小明", "en", None),
        ("今天", "  ", "en", "empty"),
        ("сегодня", "сегодня", "en", "echo"),
        ("yes", "是" * 200, "zh-Hans", "endless"),
    ],
)
def test_what_is_wrong_with_an_answer(
    asked: str, answer: str, target: str, found: str | None
) -> None:
    assert fault(asked, answer, target) == found
