"""What somebody of staff looks for: a reference, or words and a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.language import SIMPLIFIED, TRADITIONAL
from bot.store import Connection, cases, desk_lists
from bot.translate.glossary import Glossary
from bot.translate.tongues import adapted

# More words than this narrow nothing down.
MOST_WORDS = 8
_LONGEST = 200
_REF = re.compile(r"(?:case\s+)?#?(?:d[\s\-–—_.:]*)?(\d{4,12})", re.I)
_QUOTES = "\"'“”‘’「」『』《》"


@dataclass(frozen=True)
class Query:
    """What is looked for.

    `ref` is a reference or "". `words` holds each word in the ways in which it may be written:
    as it was typed, in Simplified and in Traditional Chinese.
    """

    ref: str
    words: tuple[tuple[str, ...], ...]


def read_query(text: str) -> Query:
    """Reads what was typed: "D-1005", "d1005", "1005", "Li Wei", "围巾 scarf"."""
    folded = unicodedata.normalize("NFKC", text).strip().strip(_QUOTES).strip()[:_LONGEST]
    found = _REF.fullmatch(folded)
    words = [word.strip(_QUOTES + ",.;:!?，。；：！？、") for word in folded.split()]
    forms = tuple(_forms(word) for word in words if word)[:MOST_WORDS]
    return Query(f"D-{int(found[1])}" if found else "", forms)


def find_cases(connection: Connection, typed: str, limit: int) -> Sequence[Any]:
    """Returns the case with the reference that was typed, else those that speak of the words."""
    query = read_query(typed)
    one = cases.case_by_ref(connection, query.ref) if query.ref else None
    return [one] if one is not None else desk_lists.find(connection, query.words, limit)


def _forms(word: str) -> tuple[str, ...]:
    scripts = (adapted(word, script, Glossary()) for script in (SIMPLIFIED, TRADITIONAL))
    return tuple(dict.fromkeys([word, *scripts]))
