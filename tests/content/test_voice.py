"""The voice: facts in sentences and answers, in the reader's own script."""

from __future__ import annotations

import pytest

from bot.content.voice import Voice, load_voice
from bot.errors import ContentError


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Your reference is D-1001."),
        ("zh-Hans", "您的编号是D-1001。"),
        ("zh-Hant", "您的案件編號是D-1001。"),
    ],
)
def test_say(voice: Voice, language: str, words: str) -> None:
    assert words in voice.say("handoff_open", language, ref="D-1001")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_say_fills_facts(voice: Voice, language: str) -> None:
    said = voice.say("opening.beyond_calendar", language, day="2099")
    assert "https://aldermere-museum.example" in said
    assert "[[" not in said


@pytest.mark.parametrize(
    ("text", "language", "answered"),
    [
        ("Welcome to [[name]]!", "en", "Welcome to Aldermere Museum!"),
        ("欢迎来到[[name]]！", "zh-Hans", "欢迎来到奥德米尔博物馆！"),
        ("欢迎来到[[name]]！", "zh-Hant", "歡迎來到奧德米爾博物館！"),
        ("网址 [[links.map]]", "zh-Hant", "網址 https://aldermere-museum.example/map"),
    ],
)
def test_answer(voice: Voice, text: str, language: str, answered: str) -> None:
    assert voice.answer(text, language) == answered


@pytest.mark.parametrize("topic", ["directions", "faq/directions"])
@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Getting here"), ("zh-Hans", "交通路线"), ("zh-Hant", "交通方式")],
)
def test_label(voice: Voice, topic: str, language: str, label: str) -> None:
    assert voice.label(topic, language) == label


def test_an_unknown_sentence_names_its_file(voice: Voice) -> None:
    with pytest.raises(ContentError, match=r"sentences\.yml"):
        voice.say("没有 this", "en")


def test_a_folder_without_content_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(ContentError, match=r"museum\.yml"):
        load_voice(Path(str(tmp_path)))
