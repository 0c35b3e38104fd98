"""One request of a fuzzer, and where good ones to break come from."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from fuzz import mutate

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
KINDS = (
    *("application/json", "text/plain", "text/xml; charset=utf-16", ""),
    *("application/json; charset=x", "application/x-www-form-urlencoded"),
    *("multipart/form-data", "multipart/form-data; boundary=x"),
)
# How a request travels: whole; in pieces with pauses; cut off before its end; in chunks.
WHOLE, SLOW, HALF, CHUNKED = "whole", "slow", "half", "chunked"
WAYS = (*([WHOLE] * 60), SLOW, HALF, CHUNKED, CHUNKED)


@dataclass(frozen=True)
class Case:
    """One request, before it is signed."""

    body: bytes
    method: str = "POST"
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    way: str = WHOLE


class Target(ABC):
    """One parser: how good bodies are made and broken, and how a body is signed."""

    name: str
    sealed = False

    def prepare(self, told: dict[str, Any]) -> None:  # noqa: B027 - most need nothing
        """Takes what the server told of itself at its start."""

    @abstractmethod
    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken bodies without end."""

    @abstractmethod
    def signed(self, case: Case) -> Case:
        """Returns the case as whoever has the keys would send it."""

    @abstractmethod
    def good(self, person: int) -> Case | None:
        """Returns a good message of a person, not signed yet; None where a person has none."""

    def cases(self, random: Random) -> Iterator[Case]:
        """Yields requests without end."""
        for body in self.bodies(random):
            yield self.around(Case(body), random)

    def around(self, case: Case, random: Random) -> Case:
        """Returns the case as it travels: now and then with odd headers, or slowly."""
        headers = {"Content-Type": "application/json", **dict(case.headers)}
        way = random.randrange(12)
        if way == 0:
            headers["Content-Type"] = random.choice(KINDS)
        if way == 1:
            headers["Content-Encoding"] = random.choice(("gzip", "br", "x"))
        if way == 2:
            headers["Accept-Language"] = random.choice(("", "zh-Hant", "\xe9" * 300, ",;q=0"))
        travels = random.choice(WAYS) if case.method == "POST" else WHOLE
        return replace(case, headers=tuple(headers.items()), way=travels)


def json_fixtures(channel: str) -> list[Any]:
    """Returns a platform's good bodies."""
    found = sorted((FIXTURES / channel).glob("*.json"))
    return [json.loads(path.read_text("utf-8")) for path in found]


def xml_fixtures(channel: str) -> list[str]:
    """Returns a platform's good bodies that are XML."""
    return [path.read_text("utf-8") for path in sorted((FIXTURES / channel).glob("*.xml"))]


def broken_json(
    good: list[Any], random: Random, write: Callable[[Any, Random], bytes] = mutate.written
) -> Iterator[bytes]:
    """Yields bodies: by turns one of all types at all paths, and one broken anywhere."""
    listed = list(chain.from_iterable(mutate.every_type(body) for body in good))
    random.shuffle(listed)
    number = random.randrange(10**6, 10**9)
    while True:
        for body in listed:
            number += 2
            yield write(mutate.fresh(body, number), random)
            anew = mutate.fresh(random.choice(good), number + 1)
            yield write(mutate.broken(anew, random), random)
