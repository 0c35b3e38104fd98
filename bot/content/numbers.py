"""Small numbers as visitors write them: 12, twelve, sixty-eight, a couple, 六十八, 两."""

from __future__ import annotations

from bot.content.day_words import counted

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_OTHERS = {
    **dict.fromkeys(("a", "an", "another"), 1),
    **dict.fromkeys(("couple of", "a couple of", "a couple", "both"), 2),
}
_ONE_TO_NINE = "|".join(_ONES[1:10])
# A number in English words, without the article.
WORDS = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_ONE_TO_NINE})\b)?|{'|'.join(reversed(_ONES))})"
HAN = r"(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九零]|百)"


def number(text: str) -> int | None:
    """The value of a number below 200, None where a text is no such number."""
    text = text.strip()
    if text.isdigit() and text.isascii():
        return int(text)
    if text.isascii():
        return _english(text)
    return 100 if text == "百" else counted(text.replace("零", "")) if text else None


def _english(text: str) -> int | None:
    if text in _OTHERS:
        return _OTHERS[text]
    if text in _ONES:
        return _ONES.index(text)
    tens, _, ones = text.replace("-", " ").partition(" ")
    if tens not in _TENS:
        return None
    rest = _ONES.index(ones) if ones in _ONES else 0
    return 20 + 10 * _TENS.index(tens) + rest
