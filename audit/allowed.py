"""The advisories that are known of our packages and that do not touch us, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import ContentError

FILE = Path(__file__).with_name("allowed.yml")
ADVISORY = re.compile(r"(CVE-\d{4}-\d{4,}|GHSA(-[a-z0-9]{4}){3}|PYSEC-\d{4}-\d+)")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.M)
_REMEDY = "Write package, advisories, why and until (a date)"


@dataclass(frozen=True)
class Allowed:
    """Advisories of one package that one reason explains, until a day on which it is read anew."""

    package: str
    advisories: frozenset[str]
    why: str
    until: date

    def covers(self, package: str, ids: frozenset[str]) -> bool:
        """Tells whether an advisory, by any of its names, is explained here."""
        return self.package == package and bool(ids & self.advisories)


def load(path: Path = FILE) -> list[Allowed]:
    """Reads the list; raises ContentError with the entry that cannot be used."""
    found = YAML(typ="safe").load(path.read_text("utf-8"))
    return [_entry(path, number, each) for number, each in enumerate(found, 1)]


def pinned(lock: str) -> dict[str, str]:
    """Returns the packages of a lock with their versions."""
    return {name.lower().replace("_", "-"): version for name, version in _PINNED.findall(lock)}


def _entry(path: Path, number: int, told: Mapping[str, Any]) -> Allowed:
    place = f"{path.name}, entry {number}"
    if set(told) != {"package", "advisories", "why", "until"}:
        raise ContentError(place, "it has other fields", _REMEDY)
    wrong = [each for each in told["advisories"] if not ADVISORY.fullmatch(str(each))]
    if wrong or not told["advisories"]:
        raise ContentError(place, f"{wrong or 'nothing'} names no advisory", "Write its CVE")
    if len(str(told["why"]).split()) < 6 or not isinstance(told["until"], date):
        raise ContentError(place, "the reason or the day is missing", _REMEDY)
    why = " ".join(str(told["why"]).split())
    return Allowed(told["package"], frozenset(told["advisories"]), why, told["until"])
