"""Which language a visitor writes: English, Simplified or Traditional Chinese.

A conversation keeps its language until the visitor clearly writes another one: "OK", "wifi", a
number, a name or an emoji says nothing about language and must not flip it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

ENGLISH = "en"
SIMPLIFIED = "zh-Hans"
TRADITIONAL = "zh-Hant"
LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*")
# An address begins where a word does: looked for at each sign, a long word would take minutes.
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)@*[^\s@]+@\S*\.\S+")
# In which language somebody writes is known by then, however long they go on.
LONGEST_READ = 4000

# English words that make a sentence English even around a Chinese name.
_FUNCTION_WORDS = frozenset(
    """
    a about am an and any are at be can could did do does for from have how i if in is it me my
    near of on or our please should that the there this to was we what what's when where which who
    why will with would you your
    """.split()
)
# Words that Chinese speakers type as they are, and courtesies that everybody knows.
_SAY_NOTHING = frozenset(
    """
    am app bbq bye cafe cool email god good goodbye great haha hello help hey hi id iphone kk lol
    love map menu museum nice no nope ok okay okok pdf phone please pls plz pm qr sorry sure tea
    thank thanks thankyou thx ticket tickets tour vip vr wc wechat wifi wi fi wow yeah yep yes you
    very much so day morning
    """.split()
)


@dataclass(frozen=True)
class Reading:
    """What one text says of its language; not `sure` where it may be a loan or a courtesy."""

    language: str | None
    sure: bool = False


def base(language: str) -> str:
    """Returns "en" or "zh", the two languages in which content is written."""
    return "zh" if language.startswith("zh") else ENGLISH


def read(text: str) -> Reading:
    """Reads the language of one text, without knowing the conversation."""
    text = text[:LONGEST_READ]
    plain = unicodedata.normalize("NFKC", _LINK.sub(" ", text)).lower()
    words = _WORD.findall(plain)
    han = _han(plain)
    if any("ぁ" <= character <= "ヿ" or "가" <= character <= "힣" for character in plain):
        return Reading(None)
    if han and not _mostly_english(words, han):
        return Reading(_script(plain), sure=han >= 2)
    if words:
        telling = [word for word in words if word not in _SAY_NOTHING]
        return Reading(ENGLISH, sure=len(telling) >= 2)
    return Reading(None)


def settle(text: str, pinned: str | None, locale: str | None = None) -> str:
    """Returns the language to answer in.

    Args:
        text: What the visitor wrote now.
        pinned: The language of the conversation so far, or None for its first message.
        locale: What the platform says of the person ("zh_TW"), used where nothing else is known.
    """
    text = text[:LONGEST_READ]
    reading = read(text)
    if pinned is None:
        return reading.language or _of_locale(locale)
    if reading.language is None or not reading.sure:
        return pinned
    if base(reading.language) == base(pinned) == "zh":
        return _of_script(text, pinned)
    if base(pinned) == "zh" and _is_mostly_chinese(text):
        # "我想 talk to a real person 人工客服": who writes both reads the one they began with.
        return pinned
    return reading.language


@lru_cache(maxsize=4096)
def is_han(character: str) -> bool:
    """Tells whether a character is a Chinese ideograph."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED")


@lru_cache(maxsize=1)
def _converters() -> tuple[OpenCC, ...]:
    return tuple(OpenCC(name) for name in ("t2s", "s2t", "s2tw", "s2hk"))


def _is_mostly_chinese(text: str) -> bool:
    return _han(text) >= max(2, len(_WORD.findall(text.lower())))


def _han(text: str) -> int:
    return sum(1 for character in text if is_han(character))


def _mostly_english(words: list[str], han: int) -> bool:
    grammar = sum(1 for word in words if word in _FUNCTION_WORDS)
    return grammar >= 2 and 2 * len(words) > han


def _script_balance(text: str) -> int:
    """Returns how many more characters are only Traditional than only Simplified."""
    to_simplified, to_traditional, _, _ = _converters()
    only_traditional = sum(a != b for a, b in zip(text, to_simplified.convert(text), strict=False))
    only_simplified = sum(
        a != b and _is_simplified_everywhere(a)
        for a, b in zip(text, to_traditional.convert(text), strict=False)
    )
    return only_traditional - only_simplified


@lru_cache(maxsize=8192)
def _is_simplified_everywhere(character: str) -> bool:
    # "台" and "吃" are written so in Hong Kong or Taiwan too and say nothing.
    _, *to_traditional = _converters()
    return all(converter.convert(character) != character for converter in to_traditional)


def _script(text: str) -> str:
    return TRADITIONAL if _script_balance(text) > 0 else SIMPLIFIED


def _of_script(text: str, pinned: str) -> str:
    balance = _script_balance(text)
    if balance == 0:
        return pinned
    return TRADITIONAL if balance > 0 else SIMPLIFIED


def _of_locale(locale: str | None) -> str:
    wanted = (locale or "").replace("-", "_").lower()
    if not wanted.startswith("zh"):
        return ENGLISH
    return (
        TRADITIONAL if any(mark in wanted for mark in ("tw", "hk", "mo", "hant")) else SIMPLIFIED
    )
