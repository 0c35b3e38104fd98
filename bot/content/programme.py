"""What is on and what is not: exhibitions, closed galleries and notices, each with its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.calendar import Bilingual


@dataclass(frozen=True)
class Exhibition:
    """A temporary exhibition, open from `first` to `last` inclusive.

    No price means free; with `standard` the exhibition prices of the price table hold instead.
    `also` are other names that visitors use.
    """

    name: Bilingual
    first: date
    last: date
    room: Bilingual
    prices: Mapping[str, float]
    link: str
    standard: bool = False
    about: Bilingual | None = None
    also: tuple[str, ...] = ()

    def is_on(self, day: date) -> bool:
        """Whether the exhibition runs on `day`."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class GalleryClosure:
    """A gallery, or a part of it, that is closed from `first` to `last` inclusive."""

    name: Bilingual
    first: date
    last: date
    reason: Bilingual
    part: Bilingual | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Something that visitors must know from `first` to `last` inclusive, such as a strike."""

    first: date
    last: date
    text: Bilingual


@dataclass(frozen=True)
class Closures:
    """Closed galleries; one that lies ahead is told from `ahead_days` before it begins."""

    galleries: tuple[GalleryClosure, ...] = ()
    ahead_days: int = 14
