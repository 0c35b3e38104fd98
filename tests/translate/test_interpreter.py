"""Who reads what: staff English, visitors theirs; both texts kept, and never a long wait."""

from __future__ import annotations

import asyncio
import time

import pytest
from standins.translators import TranslatorStandin

from bot.translate import (
    Glossary,
    Interpreter,
    NoTranslator,
    Translation,
    said,
)
from bot.translate import interpreter as limits

SENTENCE = "Please see you at the desk at 10:30am, D-1001."


LIMITS = (limits.INCOMING_SECONDS, limits.OUTGOING_SECONDS, limits.FORWARD_SECONDS)


# --- To staff ---


async def test_a_visitors_words_come_with_their_translation(interpreter: Interpreter) -> None:
    heard = await interpreter.to_staff("今天开放到10点半吗？编号D-1001", "zh-Hans")
    assert heard.state == "translated"
    assert heard.original == "今天开放到10点半吗？编号D-1001"
    assert heard.text is not None
    assert heard.text.startswith("today open to 10:30")
    beside = heard.beside()
    assert beside is not None
    assert set(beside) == {"text", "language", "engine", "state"}
    assert (beside["language"], beside["state"]) == ("en", "translated")
    assert beside["engine"] in ("googletrans", "libretranslate")


@pytest.mark.parametrize(
    "text", ["Is it open?", "OK thanks", "👍", "14:00", "", "  ", "D-1001", "Silk and Salt open?"]
)
@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_what_staff_read_already_is_not_translated(
    interpreter: Interpreter, standin: TranslatorStandin, text: str, language: str
) -> None:
    heard = await interpreter.to_staff(text, language)
    assert (heard.state, heard.text, heard.beside()) == ("same_language", None, None)
    assert standin.exchanges == []


async def test_a_name_alone_is_known_without_an_engine(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    wording = await interpreter.translate("丝与盐 10:30\n- 灯下丹青", "zh-Hans", "en")
    assert wording is not None
    assert wording.text == "Silk and Salt 10:30\n- Drawn by Lamplight"
    assert wording.engine == "glossary"
    assert standin.exchanges == []


async def test_another_language_is_translated_as_well(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    await interpreter.to_staff("спасибо", "en")
    asked = standin.exchanges[0]
    assert (asked.query.get("sl") or (asked.body or {})["source"]) == "auto"


async def test_several_texts_are_one_question(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    texts = ["我的雨伞 umbrella", "昨天在里", "hello"]
    heard = await interpreter.each_to_staff(texts, "zh-Hans")
    assert len(standin.asked) == 1
    assert heard["昨天在里"].text == "yesterday at in"
    assert heard["hello"].beside() is None


# --- To visitors ---


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "请看您在这 desk 在 10:30am, D-1001."),
        ("zh-Hant", "請看您在這 desk 在 10:30am, D-1001."),
    ],
)
async def test_staffs_words_go_out_in_the_visitors_language(
    interpreter: Interpreter, language: str, text: str
) -> None:
    spoken = await interpreter.to_visitor(SENTENCE, language)
    assert (spoken.text, spoken.original) == (text, SENTENCE)
    assert (spoken.state, spoken.source, spoken.language) == ("translated", "en", language)
    assert spoken.back is not None
    assert "10:30am" in spoken.back
    assert "D-1001" in spoken.back
    assert spoken.notice is None
    kept = spoken.kept()
    assert kept is not None
    assert kept == {
        "text": SENTENCE,
        "language": "en",
        "engine": spoken.engine,
        "state": "translated",
        "back": spoken.back,
    }


async def test_traditional_readers_get_traditional_from_an_engine_that_has_none(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    standin.manner = "simplified"
    spoken = await interpreter.to_visitor("The Lecture Theatre is open today.", "zh-Hant")
    assert spoken.text == "這 報告廳 是開放今天."


async def test_staff_may_write_chinese_to_an_english_reader(interpreter: Interpreter) -> None:
    spoken = await interpreter.to_visitor("服务台今天开放", "en")
    assert (spoken.text, spoken.source) == ("Information desk today open", "zh-Hans")
    assert spoken.back == "服务台 今天开放"


@pytest.mark.parametrize(
    ("text", "language", "sent"),
    [
        ("We are open.", "en", "We are open."),
        ("请你到服务台", "zh-Hans", "请你到服务台"),
        ("请到服务台", "zh-Hant", "請到服務台"),
        ("請到服務台", "zh-Hans", "请到服务台"),
        ("请到 Lantern Street 的入口 please", "zh-Hant", "請到 Lantern Street 的入口 please"),
        ("👍 10:30", "zh-Hans", "👍 10:30"),
        ("ありがとう", "zh-Hans", "ありがとう"),
    ],
)
async def test_what_the_visitor_reads_already_is_not_translated(
    interpreter: Interpreter, standin: TranslatorStandin, text: str, language: str, sent: str
) -> None:
    spoken = await interpreter.to_visitor(text, language)
    assert (spoken.state, spoken.text) == ("same_language", sent)
    assert (spoken.kept() is None) == (sent == text)
    assert spoken.engine == ("" if sent == text else "opencc")
    assert standin.exchanges == []


async def test_lines_lists_and_emoji_survive(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    text = "Dear Li 😊,\n\n- we are open ✅\n• closed today\n  1. 10:30am\n\n👍👍\nThank you! 🙏"
    for manner in ("plain", "joins lines", "loses both"):
        standin.manner = manner
        spoken = await interpreter.to_visitor(text, "zh-Hans")
        lines = spoken.text.split("\n")
        assert [bool(line) for line in lines] == [bool(line) for line in text.split("\n")]
        assert lines[2].startswith("- ")
        assert lines[2].endswith(" ✅")
        assert lines[3].startswith("• ")
        assert lines[4] == "  1. 10:30am"
        assert lines[6] == "👍👍"
        assert lines[7].endswith(" 🙏")
        assert "😊" in lines[0]


# --- Failing ---


async def test_failing_means_the_original_with_a_notice(
    interpreter: Interpreter, standin: TranslatorStandin
) -> None:
    standin.down()
    spoken = await interpreter.to_visitor(SENTENCE, "zh-Hans")
    assert (spoken.text, spoken.state, spoken.back) == (SENTENCE, "original_sent", None)
    assert spoken.notice == said.SENT_AS_WRITTEN
    assert spoken.kept() == {"notice": spoken.notice, "state": "original_sent"}
    heard = await interpreter.to_staff("今天开放吗", "zh-Hans")
    assert heard.beside() == {"notice": said.NOT_TRANSLATED, "state": "original_sent"}


async def test_switched_off_says_so(glossary: Glossary) -> None:
    off = Interpreter(NoTranslator(), glossary)
    spoken = await off.to_visitor(SENTENCE, "zh-Hant")
    assert (spoken.text, spoken.notice) == (SENTENCE, said.SENT_AS_WRITTEN)
    assert (await off.to_visitor("请到服务台", "zh-Hant")).text == "請到服務台"
    assert (await off.to_staff("开放吗", "zh-Hans")).notice == said.NOT_TRANSLATED
    assert await off.translate("丝与盐", "zh-Hans", "en") is None


async def test_too_long_says_so(interpreter: Interpreter, standin: TranslatorStandin) -> None:
    spoken = await interpreter.to_visitor("We are open. " * 300, "zh-Hans")
    assert (spoken.state, spoken.notice) == ("original_sent", said.TOO_LONG)
    assert standin.exchanges == []


class OneWay:
    """Translates into Chinese only."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        return Translation("你的票", target, "one-way") if target != "en" else None


async def test_the_way_back_may_fail_alone() -> None:
    spoken = await Interpreter(OneWay()).to_visitor("Your ticket", "zh-Hans")
    assert (spoken.text, spoken.state, spoken.back) == ("您的票", "translated", None)
    assert spoken.notice is None


class Slow:
    """Takes its time on the way back."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        await asyncio.sleep(50 if target == "en" else 0)
        return Translation("你的票", target, "slow")


async def test_nobody_waits_for_a_slow_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OUTGOING_SECONDS", 0.3)
    begun = time.monotonic()
    spoken = await Interpreter(Slow()).to_visitor("Your ticket", "zh-Hans")
    assert (spoken.state, spoken.back) == ("translated", None)
    assert time.monotonic() - begun < 5


def test_the_limits_are_those_of_the_page() -> None:
    assert LIMITS == (3, 4, 3)


async def test_nobody_waits_beyond_the_limits(
    interpreter: Interpreter, standin: TranslatorStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INCOMING_SECONDS", 0.3)
    monkeypatch.setattr(limits, "FORWARD_SECONDS", 0.3)
    standin.hang_next(50, 4)
    begun = time.monotonic()
    assert (await interpreter.to_visitor(SENTENCE, "zh-Hans")).state == "original_sent"
    assert (await interpreter.to_staff("今天开放吗", "zh-Hans")).state == "original_sent"
    assert (await interpreter.each_to_staff(["开放", "关闭"], "zh-Hans"))["开放"].text is None
    assert time.monotonic() - begun < 10


def test_an_interpreter_stands_around_a_translator_once(interpreter: Interpreter) -> None:
    assert Interpreter.around(interpreter) is interpreter
    assert isinstance(Interpreter.around(NoTranslator()), Interpreter)
