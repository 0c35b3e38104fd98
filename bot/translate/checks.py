"""What is wrong with an engine's answer that claims to be a translation; pure."""

from __future__ import annotations

import re

from bot.language import base, is_han
from bot.translate.placeholders import without_placeholders

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*")
# A model that runs wild repeats itself without end.
_GROWTH = 12
_SLACK = 60


def count(text: str) -> tuple[int, int]:
    """Returns how many Chinese characters and how many Latin words a text has."""
    return sum(1 for each in text if is_han(each)), len(_WORD.findall(text))


def fault(asked: str, answer: str, target: str) -> str | None:
    """Returns in a word why an answer is no translation, or None.

    What is only placeholders and signs may rightly come back as it was.
    """
    plain = without_placeholders(asked)
    if not answer.strip():
        return "empty"
    if not any(each.isalpha() for each in plain):
        return None
    if answer.casefold() == "x" != plain.strip().casefold():
        return "x"
    if _bare(answer) == _bare(asked):
        return "echo"
    if len(answer) > _SLACK + _GROWTH * len(asked):
        return "endless"
    return _wrong_script(without_placeholders(answer), target)


def _wrong_script(answer: str, target: str) -> str | None:
    han, words = count(answer)
    if base(target) == "zh":
        return None if han else "script"
    return "script" if han > words else None


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()
