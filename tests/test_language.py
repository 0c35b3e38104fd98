"""The language of a text and of a conversation: told from words, pinned against noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import LANGUAGES, Reading, base, is_han, read, settle


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("When do you close on Sunday?", "en", True),
        ("opening hours", "en", True),
        ("WHERE CAN I PARK", "en", True),
        ("tickets", "en", False),
        ("ok", "en", False),
        ("hello", "en", False),
        ("几点关门？", "zh-Hans", True),
        ("请问门票多少钱", "zh-Hans", True),
        ("請問門票多少錢", "zh-Hant", True),
        ("幾點關門？", "zh-Hant", True),
        ("好", "zh-Hans", False),
        ("我想book两张ticket", "zh-Hans", True),
        ("有没有wifi密码", "zh-Hans", True),
        ("有沒有wifi密碼", "zh-Hant", True),
        ("Where is the 青花瓷 on display please?", "en", True),
        ("What does 博物馆 mean in your logo?", "en", True),
        ("When do you close? 谢谢", "en", True),
        ("ＷＨＥＮ　ｄｏ　ｙｏｕ　ｃｌｏｓｅ", "en", True),
    ],
)
def test_read_tells_the_language(text: str, language: str, sure: bool) -> None:
    assert read(text) == Reading(language, sure)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "42",
        "10:30?",
        "👍🏽 🎟️",
        "?!",
        "https://example.org/what-is-on?when=sunday",
        "anna@example.org",
        "何時に閉まりますか",
        "몇 시에 닫아요?",
        "متى تغلقون؟",
        "Когда вы закрываетесь?",
    ],
)
def test_read_says_nothing_of_what_is_neither(text: str) -> None:
    assert read(text).language is None


SAYS_NOTHING = [
    "OK",
    "ok thanks",
    "wifi",
    "Wi-Fi?",
    "42",
    "14:30",
    "£15",
    "👍",
    "🎟️🎟️",
    "...",
    "VIP",
    "https://example.org/tickets",
    "anna.smith@example.org",
    "Anna",
    "bye",
    "thank you very much",
    "iphone",
    "PDF",
    "wechat QR",
]


@pytest.mark.parametrize("pinned", LANGUAGES)
@pytest.mark.parametrize("text", [*SAYS_NOTHING, "", "何時に閉まりますか", "متى تغلقون؟"])
def test_settle_is_not_flipped_by_what_says_nothing(text: str, pinned: str) -> None:
    assert settle(text, pinned) == pinned


@pytest.mark.parametrize(
    ("text", "pinned", "settled"),
    [
        ("When do you close?", "zh-Hans", "en"),
        ("When do you close?", "zh-Hant", "en"),
        ("几点关门", "en", "zh-Hans"),
        ("幾點關門", "en", "zh-Hant"),
        ("好", "en", "en"),
        ("李", "en", "en"),
        # What is written alike in both scripts keeps the script.
        ("你好", "zh-Hant", "zh-Hant"),
        ("你好", "zh-Hans", "zh-Hans"),
        ("台北怎麼去", "zh-Hant", "zh-Hant"),
        ("台灣", "zh-Hant", "zh-Hant"),
        ("洗手台", "zh-Hant", "zh-Hant"),
        ("台北", "zh-Hant", "zh-Hant"),
        ("公里", "zh-Hant", "zh-Hant"),
        ("皇后", "zh-Hant", "zh-Hant"),
        ("請問門票", "zh-Hans", "zh-Hant"),
        ("请问门票", "zh-Hant", "zh-Hans"),
        # A Chinese sentence stays Chinese with English words in it, and the other way round.
        ("我想book两张ticket", "zh-Hans", "zh-Hans"),
        ("我想book两张ticket", "en", "zh-Hans"),
        ("Where is the 青花瓷 on display?", "en", "en"),
        ("Where is the 青花瓷 on display?", "zh-Hans", "en"),
        ("我想 talk to a real person 人工客服", "zh-Hans", "zh-Hans"),
        ("audio guide for kids 有嗎", "zh-Hant", "zh-Hant"),
    ],
)
def test_settle_follows_who_clearly_writes_another_language(
    text: str, pinned: str, settled: str
) -> None:
    assert settle(text, pinned) == settled


@pytest.mark.parametrize(
    ("text", "locale", "settled"),
    [
        ("👍", "zh_TW", "zh-Hant"),
        ("👍", "zh-HK", "zh-Hant"),
        ("", "zh_Hant_MO", "zh-Hant"),
        ("42", "zh_CN", "zh-Hans"),
        ("42", "zh", "zh-Hans"),
        ("42", "en_GB", "en"),
        ("42", "fr_FR", "en"),
        ("42", None, "en"),
        ("何時に閉まりますか", "ja_JP", "en"),
        ("几点关门", "en_US", "zh-Hans"),
        ("幾點關門", "zh_CN", "zh-Hant"),
        ("hi", "zh_CN", "en"),
        ("When do you close?", "zh_CN", "en"),
    ],
)
def test_settle_takes_a_locale_only_where_nothing_else_is_known(
    text: str, locale: str | None, settled: str
) -> None:
    assert settle(text, None, locale) == settled


def test_settle_does_not_let_a_locale_overrule_a_conversation() -> None:
    assert settle("👍", "zh-Hant", "en_GB") == "zh-Hant"


@given(st.text(), st.sampled_from([None, *LANGUAGES]))
def test_settle_always_gives_a_language_we_write(text: str, pinned: str | None) -> None:
    assert settle(text, pinned) in LANGUAGES


@pytest.mark.parametrize(
    ("language", "written"), [("en", "en"), ("zh-Hans", "zh"), ("zh-Hant", "zh"), ("zh", "zh")]
)
def test_base(language: str, written: str) -> None:
    assert base(language) == written


@pytest.mark.parametrize(
    ("character", "han"),
    [("馆", True), ("館", True), ("a", False), ("，", False), ("か", False), ("𠮷", True)],
)
def test_is_han(character: str, han: bool) -> None:
    assert is_han(character) is han
