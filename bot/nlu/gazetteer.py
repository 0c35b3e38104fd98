"""The names of other institutions, from data/places.yml, and where a text has them.

A text is turned into a scene: its words in one spelling, with a capital letter where each place
is named. The signs of `bot.nlu.place_signs` are patterns over scenes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu.spelling import Spelling
from bot.nlu.text import normal

DATA = Path(__file__).resolve().parents[2] / "data"
# The letters of a scene: an institution, a sight, a stop on the way, something that museums also
# show; our own names and our city.
INSTITUTION, SIGHT, STOP, SUBJECT, OWN, CITY, NOWHERE = "X", "Y", "S", "Z", "O", "C", ""
_SECTIONS = {
    "institutions": INSTITUTION,
    "sights": SIGHT,
    "stops": STOP,
    "subjects": SUBJECT,
    "nowhere": NOWHERE,
}

# Mended wherever they stand, for `bot.nlu.unlisted`.
_KINDS = frozenset("museum gallery castle aquarium cathedral theatre palace".split())
_TOKEN = re.compile(r"[a-z0-9]+(?:[&+][a-z0-9]*)*|[㐀-鿿]|[^\w\s]")
_LETTER = re.compile(r"[a-z0-9XYZSOC&+]")

Tokens = tuple[str, ...]
Names = Mapping[Tokens, tuple[str, str]]


@dataclass(frozen=True)
class Scene:
    """A text with its places as capital letters, and their names in the same order."""

    text: str
    names: tuple[str, ...]


class Gazetteer:
    """Finds names in a text, the longest first, and forgives one slip in a long word."""

    def __init__(self, names: Names, words: Mapping[str, frozenset[str]] | None = None) -> None:
        self.words = words or {}
        self._names = names
        self._starts: dict[str, list[Tokens]] = {}
        for name in sorted(names, key=len, reverse=True):
            self._starts.setdefault(name[0], []).append(name)
        vocabulary = {word for name in names for word in name}
        self._spelling = Spelling(vocabulary, self.words.get("ordinary", ()))

    def owned_by(self, own: Iterable[str], city: Iterable[str] = ()) -> Gazetteer:
        """Returns the gazetteer of a museum with these names: they and all others of the same
        place are its own, and so are things that it has named an exhibition after."""
        ours = {name for name in map(tokens, own) if name}
        same = {self._names[name][0] for name in ours if name in self._names}
        names = {
            name: (shown, OWN if shown in same or _is_shown(name, kind, ours) else kind)
            for name, (shown, kind) in self._names.items()
        }
        words = {**self.words, "own": frozenset(w for n in ours for w in (*n, _joined(list(n))))}
        home = {name: ("", CITY) for name in map(tokens, city) if name}
        return Gazetteer({**names, **home, **{name: ("", OWN) for name in ours}}, words)

    def scene(self, text: str) -> Scene:
        """Returns a text with its listed places marked."""
        typed = tokens(text)
        spelt = [self._spelling.mend(token) for token in typed]
        found: list[str] = []
        names: list[str] = []
        at = 0
        while at < len(spelt):
            name = self._at(spelt, at)
            if name is None:
                found.append(spelt[at] if spelt[at] in _KINDS else typed[at])
                at += 1
                continue
            shown, kind = self._names[name]
            found += [kind] if kind else name
            if kind not in (OWN, CITY, NOWHERE):
                names.append(shown)
            at += len(name)
        return Scene(_joined(found), tuple(names))

    def _at(self, spelt: list[str], at: int) -> Tokens | None:
        for name in self._starts.get(spelt[at], ()):
            if tuple(spelt[at : at + len(name)]) == name:
                return name
        return None


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Returns the gazetteer of data/places.yml."""
    rows = YAML(typ="safe").load(DATA / "places.yml")
    names: dict[Tokens, tuple[str, str]] = {}
    for section, kind in _SECTIONS.items():
        for row in rows[section]:
            for name in row:
                names.setdefault(tokens(name), (row[0], kind))
    lists = {key: frozenset(text.split()) for key, text in rows.items() if isinstance(text, str)}
    lists["own"] = frozenset()
    return Gazetteer(names, lists)


def tokens(text: str) -> Tokens:
    """Returns the words, Chinese characters and signs of a text in one spelling.

    "King's Cross" and "kings cross" are the same, and so are "Musée" and "musee".
    """
    plain = normal(text).replace("'", "").replace("’", "")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if c < "̀" or c > "ͯ")
    return tuple(_TOKEN.findall(plain))


def _is_shown(name: Tokens, kind: str, ours: set[Tokens]) -> bool:
    """Tells whether an exhibition of ours is named after a thing: "The Great Wall in pictures"."""
    return kind == SUBJECT and any(
        own[at : at + len(name)] == name for own in ours for at in range(len(own))
    )


def _joined(found: list[str]) -> str:
    """Puts spaces between words and none between Chinese characters."""
    parts: list[str] = []
    for token in found:
        if parts and _LETTER.match(token) and _LETTER.match(parts[-1][-1:]):
            parts.append(" ")
        parts.append(token)
    return "".join(parts)
