"""Throws a target's cases at the server for a while, and judges each answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from fuzz.cases import HALF, Case, Target
from fuzz.house import Bystander, House, ask
from fuzz.saved import save
from fuzz.wire import Told, send

# No request may take longer, and none may hold up another for longer.
MOST_SECONDS = 1.0
# A machine that others use too is slow now and then: only what is slow each time is a find.
TRIES = 3
AT_ONCE = 3
# How much a server may grow under one target: bodies of 3 MB leave holes in the memory.
MOST_GROWTH_MB = 150.0
# So many accepted cases of a target are kept for the real dialogue.
KEPT = 25


@dataclass
class Found:
    """What came of one target."""

    name: str
    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    others: float = 0.0
    grown_mb: float = 0.0
    finds: list[str] = field(default_factory=list)
    accepted: list[Case] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many were answered with 2xx."""
        return sum(n for status, n in self.statuses.items() if status.startswith("2"))


class Attack:
    """One target under fire.

    Args:
        house: The server.
        target: The parser.
        random: What chooses.
        folder: Where bodies that failed are kept.
    """

    def __init__(self, house: House, target: Target, random: Random, folder: Path) -> None:
        self._house, self._target, self._random, self._folder = house, target, random, folder
        self._lock = threading.Lock()
        self.found = Found(target.name)

    def run(self, seconds: float) -> Found:
        """Fires for so many seconds, and then looks at the server's log and memory."""
        self._target.prepare(self._house.told)
        cases = self._target.cases(self._random)
        for case in islice(cases, 20):
            self._fire(case)
        before = self._house.memory_mb()
        until = time.monotonic() + seconds
        with Bystander(self._house.port) as other, ThreadPoolExecutor(AT_ONCE) as crowd:
            for each in [crowd.submit(self._fire_until, cases, until) for _ in range(AT_ONCE)]:
                each.result()
        self.found.others = other.slowest
        self.found.grown_mb = self._house.memory_mb() - before
        self._judge_server()
        return self.found

    def _fire_until(self, cases: Iterator[Case], until: float) -> None:
        while time.monotonic() < until and self._house.is_alive():
            with self._lock:
                case = next(cases)
            self._fire(case)

    def _fire(self, case: Case) -> None:
        told = send(self._house.port, self._target.signed(case))
        with self._lock:
            self._note(case, told)
        why = self._wrong(case, told)
        if why:
            self._find(why, case)

    def _note(self, case: Case, told: Told) -> None:
        self.found.requests += 1
        status = "cut off" if case.way == HALF else _words(told)
        self.found.statuses[status] += 1
        self.found.slowest = max(self.found.slowest, told.seconds)
        if told.status in (200, 201) and case.way != HALF and case.method == "POST":
            self._keep(case)

    def _keep(self, case: Case) -> None:
        """Keeps some of all that were accepted, each as likely as the others."""
        kept, seen = self.found.accepted, self.found.taken
        if len(kept) < KEPT:
            kept.append(case)
        elif (at := self._random.randrange(seen)) < KEPT:
            kept[at] = case

    def _wrong(self, case: Case, told: Told) -> str:
        """Returns what is wrong with an answer, "" where nothing is."""
        if told.status is None:
            return "no answer"
        if told.status == 503 and self._again(case).status != 503:
            # A busy machine: the platform sends it again, and it is taken.
            return ""
        if told.status >= 500:
            return f"answered {told.status}"
        if told.seconds <= MOST_SECONDS or case.way == HALF:
            return ""
        fastest = min(self._again(case).seconds for _ in range(TRIES))
        return f"took {fastest:.1f} s each time" if fastest > MOST_SECONDS else ""

    def _again(self, case: Case) -> Told:
        return send(self._house.port, self._target.signed(case))

    def _find(self, why: str, case: Case) -> None:
        with self._lock:
            if len(self.found.finds) < 20:
                path = save(self._folder, self._target.name, case, why)
                self.found.finds.append(f"{why}: {path}")

    def _judge_server(self) -> None:
        found = self.found
        found.finds += [f"in the log: {line}" for line in self._house.complaints()]
        if not self._house.is_alive():
            found.finds.append("the server ended")
        elif min(ask(self._house.port) for _ in range(TRIES)) > MOST_SECONDS:
            found.finds.append("the server answers slowly afterwards")
        if found.grown_mb > MOST_GROWTH_MB:
            found.finds.append(f"its memory grew by {found.grown_mb:.0f} MB")


def _words(told: Told) -> str:
    return {0: "closed", None: "none"}.get(told.status, str(told.status))
