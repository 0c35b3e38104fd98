"""Which of some named things a text means: a part of the name is enough, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

from bot.content.calendar import Bilingual
from bot.content.day_words import one_slip
from bot.nlu.text import normal

_SMALL_WORDS = frozenset(
    "a an and at by for from hall in of on room gallery court wing the to with".split()
)
_SHOWN = r"(?: (?:exhibition|exhib|exibition|show|expo|display|exhibit|galler|room|hall))"
_EXHIBITION = re.compile(r"\b(?:exhibition|exhib|show|expo)|展")
_HAN_SMALL = "与和跟及的之、，·"
_HAN = re.compile(r"[一-鿿]")


class Named(Protocol):
    """Something with a name in both languages, and more names that people use."""

    @property
    def name(self) -> Bilingual:
        """The name."""

    @property
    def also(self) -> tuple[str, ...]:
        """More names."""


T = TypeVar("T", bound=Named)


def named(text: str, things: Iterable[T]) -> tuple[T, ...]:
    """Those of `things` that a text names, in their order.

    The title before a colon counts: all its words in any order, one slip in a long word, or one
    word before "exhibition"; in Chinese all characters but one, 与 and 和 alike. A name in `also`
    has to stand there as it is. Width, case and script do not matter.
    """
    words = normal(text)
    return tuple(thing for thing in things if _means(words, thing))


def _means(words: str, thing: Named) -> bool:
    return any(
        pattern.search(words) for pattern in _patterns(thing.name.zh, thing.also)
    ) or _english(words, thing.name.en)


@lru_cache(maxsize=256)
def _patterns(chinese: str, also: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    title = re.split("[：:（(]", normal(chinese))[0]
    letters = [letter for letter in title if _HAN.match(letter) and letter not in _HAN_SMALL]
    patterns = [_with_edges(normal(name)) for name in also]
    if len(letters) >= 2:
        between = f"[{_HAN_SMALL}\\s]?"
        length = max(2, len(letters) - 1)
        for start in range(len(letters) - length + 1):
            patterns.append(between.join(letters[start : start + length]))
    return tuple(re.compile(pattern) for pattern in patterns)


def _with_edges(name: str) -> str:
    start = r"\b" if name[:1].isascii() else ""
    return start + re.escape(name) + (r"\b" if name[-1:].isascii() else "")


def _english(words: str, name: str) -> bool:
    title = normal(name).partition(":")[0]
    needed = [word for word in _english_words(title) if word not in _SMALL_WORDS]
    if not needed:
        return False
    if " " in title and title in words:
        return True
    said = _english_words(words)
    if len(needed) > 1 and all(any(_same(word, right) for word in said) for right in needed):
        return True
    if len(needed) == 1 and title in words:
        return bool(_EXHIBITION.search(words)) or words.strip(" ?!.") == title
    return any(re.search(rf"\b{right}{_SHOWN}", words) for right in needed if len(right) > 3)


def _english_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.replace("'s", ""))


def _same(word: str, right: str) -> bool:
    return word == right or (len(right) > 5 and one_slip(word, right))
