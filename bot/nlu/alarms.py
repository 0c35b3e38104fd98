"""The patterns of data/urgency.yml, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.nlu.spelling import Spelling

DATA = Path(__file__).resolve().parents[2] / "data"
LANGUAGES = ("english", "chinese")
_NAMED = re.compile(r"<([a-z]+)>")
_WORD = re.compile(r"[a-z]+")

Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Alarms:
    """What makes an emergency, and what speaks against one; see data/urgency.yml."""

    sure: Mapping[str, Pattern]
    likely: Mapping[str, Pattern]
    urgent: Pattern
    here: Pattern
    supposed: Pattern
    asked: Pattern
    past_or_shown: Pattern
    figurative: Pattern
    signs: Mapping[str, str]
    spelling: Spelling

    def mend(self, plain: str) -> str:
        """Returns a text in lower case with its words of alarm spelt right."""
        return _WORD.sub(lambda word: self.spelling.mend(word[0]), plain)


@lru_cache(maxsize=1)
def alarms() -> Alarms:
    """Returns the alarms of both languages."""
    written = YAML(typ="safe").load(DATA / "urgency.yml")
    languages = [_with_words(written[language]) for language in LANGUAGES]
    kinds = dict.fromkeys(kind for each in languages for kind in each["sure"])
    single = ("urgent", "here", "supposed", "asked", "past_or_shown", "figurative")
    return Alarms(
        **{name: _any(p for each in languages for p in each[name]) for name in single},
        sure={kind: _of_kind(languages, "sure", kind) for kind in kinds},
        likely={kind: _of_kind(languages, "likely", kind) for kind in kinds},
        signs=written["signs"],
        spelling=Spelling(written["mended"].split(), written["not_mended"].split()),
    )


def _with_words(node: Any, words: Mapping[str, str] | None = None) -> Any:
    """Returns patterns with the words that they name put in, which may name others."""
    if isinstance(node, Mapping) and "words" in node:
        known: dict[str, str] = {}
        for name, alternatives in node["words"].items():
            known[name] = f"(?:{'|'.join(_with_words(alternatives, known))})"
        return {key: _with_words(value, known) for key, value in node.items() if key != "words"}
    if isinstance(node, Mapping):
        return {key: _with_words(value, words) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_words(each, words) for each in node]
    return _NAMED.sub(lambda found: (words or {})[found[1]], node)


def _of_kind(languages: list[Any], table: str, kind: str) -> Pattern:
    return _any(pattern for each in languages for pattern in each[table].get(kind, ()))


def _any(patterns: Iterable[str]) -> Pattern:
    """Returns one pattern for all; where there are none, one that is never found."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")
