"""One spelling for what means the same: width, case, script, repetition, emoji, hidden signs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

# Zero-width and direction marks, and control characters except line ends.
_INVISIBLE = re.compile(
    r"[\u200b-\u200f\ufe0e\ufe0f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]"
)
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACE = re.compile(r"\s+")


# A message is read by a dozen rules, one after the other.
RECENT_TEXTS = 128


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=RECENT_TEXTS)
def normal(text: str) -> str:
    """Returns the text as the model sees it: NFKC, lower case, Simplified, runs cut to two.

    An emoji becomes its Unicode name: the encoder knows "toilet" and "camera", not the picture.
    """
    plain = _INVISIBLE.sub("", text)
    if not plain.isascii():
        plain = "".join(map(_spelt, plain))
    folded = unicodedata.normalize("NFKC", plain).lower()
    folded = _REPEATED.sub(r"\1\1", _SPACE.sub(" ", folded))
    return (folded if folded.isascii() else str(_to_simplified().convert(folded))).strip()


def _spelt(character: str) -> str:
    if unicodedata.category(character) != "So":
        return character
    return f" {unicodedata.name(character, '')} "
