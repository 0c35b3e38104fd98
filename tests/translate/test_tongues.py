"""Which language a text is mostly in, the reader's script, and the polite form."""

from __future__ import annotations

import pytest

from bot.content.museum import to_traditional
from bot.translate import Glossary
from bot.translate.tongues import adapted, dominant, polite


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The shop is open", "en"),
        ("OK", "en"),
        ("商店开门了", "zh-Hans"),
        ("商店開門了", "zh-Hant"),
        ("Dear 李女士, your umbrella is here", "en"),
        ("ticket desk closes early 好的", "en"),
        ("我想 book 两张 tickets", "zh-Hans"),
        ("跳过 skip", "zh-Hans"),
        ("I left my 黑色的雨伞 umbrella in 报告厅", "en"),
        ("請問 wifi password 是什麼", "zh-Hant"),
        ("14:00 👍 ？", None),
        ("", None),
        ("ありがとうございます", "und"),
        ("감사합니다", "und"),
        ("спасибо", "und"),
    ],
)
def test_the_language_of_most_words(text: str, language: str | None) -> None:
    assert dominant(text) == language


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("你好，你的伞在这里", "您好，您的伞在这里"),
        ("妳的票", "您的票"),
        ("你们可以来", "你们可以来"),
        ("你們的團", "你們的團"),
        ("谢谢你，祝你愉快", "谢谢您，祝您愉快"),
        ("谢谢你我们会等", "谢谢您我们会等"),
        ("请你跟我来，我会帮你", "请您跟我来，我会帮您"),
        ("迷你模型", "迷你模型"),
        ("你我都知道", "你我都知道"),
        ("这是一场你追我赶的比赛", "这是一场你追我赶的比赛"),
        ("电影《你的名字》给你看", "电影《你的名字》给您看"),
        ("您好", "您好"),
        ("Hello 你", "Hello 您"),
        ("Hello", "Hello"),
    ],
)
def test_a_museum_says_the_polite_you(text: str, read: str) -> None:
    assert polite(text) == read
    assert polite(read) == read


@pytest.mark.parametrize(
    ("text", "hans", "hant"),
    [
        ("请到服务台", "请到服务台", "請到服務台"),
        ("請到服務台", "请到服务台", "請到服務台"),
        ("范先生請進", "范先生请进", "范先生請進"),
        ("看丝与盐展", "看丝与盐展", "看絲與鹽展"),
        ("用网络看。用網路看。", "用网络看。用网路看。", "用網路看。用網路看。"),
        ("https://a.example/说 ok", "https://a.example/说 ok", "https://a.example/說 ok"),
        ("The desk", "The desk", "The desk"),
    ],
)
def test_each_reader_has_their_script(text: str, hans: str, hant: str, glossary: Glossary) -> None:
    assert adapted(text, "zh-Hans", glossary, to_traditional) == hans
    assert adapted(text, "zh-Hant", glossary, to_traditional) == hant


def test_a_term_in_traditional_is_as_the_glossary_has_it() -> None:
    hand = Glossary([{"en": ("Reading room",), "zh-Hans": ("阅览室",), "zh-Hant": ("閱讀室",)}])
    assert adapted("在阅览室等", "zh-Hant", hand) == "在閱讀室等"
    assert adapted("在閱讀室等", "zh-Hans", hand) == "在阅览室等"
