"""What must not be translated, found in a text and given the form that the reader expects.

Times, dates, prices, links, addresses, telephone numbers, references, numbers and measures, emoji
and the terms of the glossary. Nearly all stay letter for letter; terms, and times and dates in
words, have a form in the other language that does not depend on an engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.language import base
from bot.translate import clock_words
from bot.translate.glossary import Glossary

_NOT_BEFORE = r"(?<![A-Za-z0-9.])"
_NUMBER = r"\d+(?:[.,]\d+)*"
_RANGE = r"\s?[-–—~～至到]\s?"
_HALF = r"\s?[ap](?:\.\s?m\.|m\b)"
_CLOCK = rf"\d{{1,2}}[:：]\d{{2}}(?!\d)(?:{_HALF})?|\d{{1,2}}(?:[.:]\d{{2}})?{_HALF}"
_CODE = r"£|\$|€|¥|￥|GBP|USD|EUR|CNY|RMB|HKD|NT\$|HK\$|US\$"

LINK = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+(?:example|com|org|net|museum|uk|cn|tw|hk)"
    r"(?![\w.-]*@)(?:/[A-Za-z0-9\-._~/?#&=%+]*)?(?![A-Za-z0-9-])",
    re.ASCII,
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
REFERENCE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-ZＡ-Ｚ]{1,5}[-－]\d{2,}(?:[-/.]\d+)*"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]{1,4}\d{1,5}(?:[.-]\d+)*)"
    r"(?![A-Za-z0-9])"
)
PHONE = re.compile(
    r"(?<![A-Za-z0-9.£$€¥])(?:\+|\()?\d(?:[ \-()]{0,2}\d){5,19}"
    r"(?![ \-()]{0,2}\d|[:：.]\d|[点點年月])"
)
ISO_DATE = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?)(?!\d)"
)
TIME = re.compile(rf"{_NOT_BEFORE}(?:(?:{_CLOCK}|\d{{1,2}}){_RANGE})?(?:{_CLOCK})", re.IGNORECASE)
PRICE = re.compile(
    rf"(?:{_CODE})\s?{_NUMBER}(?:{_RANGE}(?:{_CODE})?\s?{_NUMBER})?(?![\d])"
    rf"|{_NOT_BEFORE}{_NUMBER}\s?(?:GBP|USD|EUR|CNY|RMB|HKD|[£€￥¥])(?![A-Za-z])"
)
CHINESE_PRICE = re.compile(rf"({_NUMBER})\s?(元|块钱|塊錢|英镑|英鎊|镑|鎊|便士|美元|欧元|歐元)")
MEASURE = re.compile(
    rf"{_NOT_BEFORE}{_NUMBER}(?:\s?[×xX*-]\s?{_NUMBER})*\s?"
    r"(?:cm|mm|km|kg|g|m|ft|in|lb|%|％|°C|℃|GB|MB)(?![A-Za-z])"
)
NUMBER = re.compile(r"(?<![A-Za-z0-9.])(?:\d+\s?[-–—]\s?\d+|\d[\d.,]*\d)(?![A-Za-z0-9])")
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]"
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]*"
)
_KEPT = re.compile("\0(\\d+)\0")
_MONEY = {
    "元": "{} yuan",
    "块钱": "{} yuan",
    "塊錢": "{} yuan",
    "英镑": "£{}",
    "英鎊": "£{}",
    "镑": "£{}",
    "鎊": "£{}",
    "便士": "{}p",
    "美元": "${}",
    "欧元": "€{}",
    "歐元": "€{}",
}


def _as_written(match: re.Match[str]) -> str:
    return match[0]


def _english_price(match: re.Match[str]) -> str:
    return _MONEY[match[2]].format(match[1])


# For readers of each language: what is words, and how they read it.
_FORMS: Mapping[str, Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]] = {
    "en": (
        (clock_words.CHINESE_DATE, clock_words.english_date),
        (clock_words.CHINESE_TIME, clock_words.english_time),
        (CHINESE_PRICE, _english_price),
        (clock_words.ENGLISH_DATE, _as_written),
    ),
    "zh": (
        (clock_words.ENGLISH_DATE, clock_words.chinese_date),
        (clock_words.CHINESE_DATE, _as_written),
        (clock_words.CHINESE_TIME, _as_written),
    ),
}


@dataclass(frozen=True)
class Piece:
    """A part of a text that an engine must not touch.

    Args:
        start, end: Where it stands.
        text: As it is written.
        shown: As the reader of the translation finds it.
        term: It is a term of the glossary.
    """

    start: int
    end: int
    text: str
    shown: str
    term: bool = False


def find(text: str, target: str, glossary: Glossary) -> list[Piece]:
    """Returns the protected pieces of a text in order, none inside another."""
    taken: list[Piece] = []
    for piece in _candidates(text, target, glossary):
        if all(piece.end <= each.start or piece.start >= each.end for each in taken):
            taken.append(piece)
    return sorted(taken, key=lambda piece: piece.start)


def between(text: str, pieces: Sequence[Piece]) -> str:
    """Returns what of a text is left to translate, a space for each piece."""
    parts, end = [], 0
    for piece in pieces:
        parts.append(text[end : piece.start])
        end = piece.end
    return " ".join([*parts, text[end:]])


def kept(translated: str, pieces: Sequence[Piece]) -> str | None:
    """Returns a translation made without placeholders, each piece as its reader finds it.

    Returns:
        None where a piece does not stand in it as often as it was said.
    """
    for number, piece in sorted(enumerate(pieces), key=lambda each: -len(each[1].shown)):
        for form in (piece.shown, piece.text):
            translated, times = _whole(form).subn(f"\0{number}\0", translated, count=1)
            if times:
                break
        else:
            return None
    return _KEPT.sub(lambda match: pieces[int(match[1])].shown, translated)


def _whole(form: str) -> re.Pattern[str]:
    """Returns a pattern for a form that is no part of a longer number or word."""
    head = r"(?<![A-Za-z0-9])" if form[0].isascii() and form[0].isalnum() else ""
    tail = r"(?![A-Za-z0-9])" if form[-1].isascii() and form[-1].isalnum() else ""
    return re.compile(head + re.escape(form) + tail, re.IGNORECASE)


def _candidates(text: str, target: str, glossary: Glossary) -> Iterator[Piece]:
    """Yields pieces, what is surest first: a link before the time that stands in it."""
    yield from _as_they_are(text, EMAIL, LINK)
    for found in glossary.find(text):
        written = text[found.start : found.end]
        shown = found.term.get(target, (written,))[0]
        yield Piece(found.start, found.end, written, shown, term=True)
    yield from _in_words(text, target)
    yield from _as_they_are(text, EMOJI, ISO_DATE, TIME, REFERENCE, PRICE, MEASURE, PHONE, NUMBER)


def _as_they_are(text: str, *patterns: re.Pattern[str]) -> Iterator[Piece]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if pattern is LINK:
                end = start + len(_trimmed(match[0]))
            if end > start:
                yield Piece(start, end, text[start:end], text[start:end])


def _in_words(text: str, target: str) -> Iterator[Piece]:
    for pattern, form in _FORMS[base(target)]:
        for match in pattern.finditer(text):
            yield Piece(match.start(), match.end(), match[0], form(match))


def _trimmed(link: str) -> str:
    """Returns a link without the signs of the sentence around it."""
    link = link.rstrip(".,;:!?'*")
    while link.endswith(")") and link.count(")") > link.count("("):
        link = link[:-1].rstrip(".,;:!?'*")
    return link
