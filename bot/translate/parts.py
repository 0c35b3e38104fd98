"""Cutting a long text at sentences, so that each part fits into one question; pure."""

from __future__ import annotations

import re
from collections.abc import Callable

# Behind a line, a sentence, a clause or a word: the first that is enough. Never inside a link.
_CUTS = (
    re.compile(r"(?<=\n)"),
    re.compile(r"(?<=[。！？；])|(?<=[.!?;…])(?=\s)"),
    re.compile(r"(?<=[，、])|(?<=\s)"),
)


def split(text: str, fits: Callable[[str], bool]) -> list[str] | None:
    """Returns parts that make up the text and all fit, as few as lie together; None if none do."""
    return _split(text, fits, 0)


def _split(text: str, fits: Callable[[str], bool], level: int) -> list[str] | None:
    if fits(text):
        return [text]
    if level == len(_CUTS):
        return None
    parts: list[str] = []
    for piece in _CUTS[level].split(text):
        if parts and fits(parts[-1] + piece):
            parts[-1] += piece
            continue
        smaller = _split(piece, fits, level + 1)
        if smaller is None:
            return None
        parts += smaller
    return [part for part in parts if part]
