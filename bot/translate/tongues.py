"""Which language a text is mostly in, and Chinese as its reader writes it; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from opencc import OpenCC

from bot.language import ENGLISH, SIMPLIFIED, TRADITIONAL, base, read
from bot.translate.checks import count
from bot.translate.glossary import Glossary

# A language that is neither English nor Chinese; engines find out which.
OTHER = "und"
Converter = Callable[[str], str]

_SENTENCE = re.compile(r"(?<=[。！？!?\n])")
_TITLE = re.compile(r"(《[^》]*》)")
# Not "迷你" (mini) and not the sayings in which nobody is spoken to; "你们" has no polite form.
_YOU = re.compile(
    r"(?<![迷您])[你妳](?![们們])(?!我(?!们|們)|死我活|追我[赶趕]|[来來]我往|[争爭]我[夺奪]|一言我)"
)


def dominant(text: str) -> str | None:
    """Returns "en", "zh-Hans", "zh-Hant" or OTHER; None where no word tells.

    In mixed text the language of most words counts, one Chinese character for a word, or that of
    the grammar around the names.
    """
    han, words = count(text)
    reading = read(text)
    if reading.language is None:
        return OTHER if any(each.isalpha() for each in text) else None
    if base(reading.language) == "zh" and words > han:
        return ENGLISH
    return reading.language


def adapted(
    text: str, language: str, glossary: Glossary, to_traditional: Converter | None = None
) -> str:
    """Returns Chinese in the reader's script, terms as the glossary writes them."""
    parts, end = [], 0
    for found in glossary.find(text):
        written = text[found.start : found.end]
        forms = {script: found.term.get(script, ("",))[0] for script in (SIMPLIFIED, TRADITIONAL)}
        if written in forms.values():
            parts += [_converted(text[end : found.start], language, to_traditional)]
            parts += [forms[language]]
            end = found.end
    return "".join([*parts, _converted(text[end:], language, to_traditional)])


def polite(text: str) -> str:
    """Returns Chinese with the polite form for "you": engines write 你, a museum 您."""
    parts = _TITLE.split(text)
    return "".join(part if i % 2 else _YOU.sub("您", part) for i, part in enumerate(parts))


def _converted(text: str, language: str, to_traditional: Converter | None) -> str:
    parts = _SENTENCE.split(text)
    if language == TRADITIONAL:
        convert = to_traditional or _converter("s2tw").convert
        # What is Traditional already would be changed for the worse: 范 is a name, and no 範.
        return "".join(p if read(p).language == TRADITIONAL else convert(p) for p in parts)
    convert = _converter("tw2s").convert
    return "".join(convert(p) if read(p).language == TRADITIONAL else p for p in parts)


@lru_cache(maxsize=2)
def _converter(name: str) -> Any:
    return OpenCC(name)
