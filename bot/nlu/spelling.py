"""Mends one slip in a long word, where the word meant is one of a known few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# Shorter words have too many neighbours that are words themselves.
SHORTEST_MEANT = 6
SHORTEST_TYPED = 5


class Spelling:
    """Knows some words, and those that are near to them and mean something else.

    A slip is a letter left out, doubled, wrong, or swapped with its neighbour, not the first one.
    """

    def __init__(self, words: Iterable[str], others: Iterable[str] = ()) -> None:
        known = {word for word in words if word.isascii() and word.isalpha()}
        self._right = frozenset({*known, *others})
        self._near: dict[str, str] = {}
        for word in sorted(word for word in known if len(word) >= SHORTEST_MEANT):
            for shorter in (word, *_shorter(word)):
                self._near.setdefault(shorter, word)

    def mend(self, word: str) -> str:
        """Returns the known word that is one slip away, or the word as it is."""
        if len(word) < SHORTEST_TYPED or word in self._right or not word.isascii():
            return word
        for form in (word, *_shorter(word)):
            meant = self._near.get(form)
            if meant is not None and _is_one_slip(word, meant):
                return meant
        return word


def _shorter(word: str) -> Iterator[str]:
    """Returns the word with each of its letters but the first left out once."""
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


def _is_one_slip(typed: str, meant: str) -> bool:
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, meant)) if a != b), None)  # noqa: B905
    if at is None:
        return True
    rest, wanted = typed[at:], meant[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest[1:] == wanted[1:] or rest == wanted[1:]
