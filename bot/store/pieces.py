"""What waits for SQLite's writer, in order, and when it is to begin.

What somebody outside waits for goes first, and begins at once as most of the rest does. What is
patient waits a moment for company, where company is to be expected: a commit costs more than what
is committed with it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

# What is patient waits so long for others, until there are so many in all. Where none came, as
# while one visitor writes alone, the next so many groups do not wait.
COMPANY_SECONDS, COMPANY = 0.03, 12
LONELY_GROUPS = 16


@dataclass(eq=False)
class Piece:
    """One caller's transaction; `alone` where it must not share one."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    first: bool = False
    patient: bool = False
    alone: bool = False
    result: Any = None
    error: BaseException | None = None
    came_at: float = field(default_factory=time.monotonic)


class Pieces:
    """The pieces that wait, for any thread to add to and one to take from."""

    def __init__(self) -> None:
        self._first: deque[Piece] = deque()
        self._then: deque[Piece] = deque()
        self._news = threading.Condition()
        self._closed = False
        self._is_waiting_for_company = False
        # So many groups begin without waiting for company: at the start nobody has been seen yet.
        self._lonely = LONELY_GROUPS
        # When the thread that takes them had nothing to do last.
        self.idle_at = 0.0

    def add(self, piece: Piece) -> None:
        """Adds a piece; raises RuntimeError once it is closed."""
        with self._news:
            if self._closed:
                raise RuntimeError("the database is closed")
            (self._first if piece.first else self._then).append(piece)
            if not (self._is_waiting_for_company and self._may_wait()):
                self._news.notify()

    def close(self) -> None:
        """Takes no more; what waits may still be taken."""
        with self._news:
            self._closed = True
            self._news.notify()

    # -- on the thread that takes them ----------------------------------------------------------

    def wait(self) -> bool:
        """Waits until a group is to begin; False once there will be none."""
        with self._news:
            while not (self._first or self._then):
                if self._closed:
                    return False
                self._rest(None)
            self._wait_for_company()
        return True

    def _rest(self, seconds: float | None) -> None:
        self._news.wait(seconds)
        self.idle_at = time.monotonic()

    def _may_wait(self) -> bool:
        """Tells whether all that waits is patient, and not yet enough."""
        patient = all(piece.patient and not piece.alone for piece in self._then)
        return patient and len(self._then) < COMPANY and not (self._first or self._closed)

    def _wait_for_company(self) -> None:
        if not self._may_wait():
            return
        if self._lonely:
            self._lonely -= 1
            return
        end = self._then[0].came_at + COMPANY_SECONDS
        self._is_waiting_for_company = True
        while self._may_wait() and (left := end - time.monotonic()) > 0:
            self._rest(left)
            if len(self._then) == 1 and time.monotonic() >= end:
                self._lonely = LONELY_GROUPS
        self._is_waiting_for_company = False

    def take(self, done: Sequence[Piece], overdue: bool) -> Piece | None:
        """Returns what runs next in a group; None ends it.

        Args:
            done: What has run in it.
            overdue: Whether what nobody waits for has been passed over for long enough.
        """
        with self._news:
            ready = self._then or self._first if overdue else self._first or self._then
            if not ready or (done and ready[0].alone):
                return None
            if not overdue and _is_awaited(done, ready[0]):
                return None
            return ready.popleft()

    def put_back(self, pieces: Sequence[Piece]) -> None:
        """Lets pieces whose transaction is lost run again, each for itself."""
        with self._news:
            for piece in reversed(pieces):
                piece.alone, piece.error = True, None
                (self._first if piece.first else self._then).appendleft(piece)

    def take_all(self) -> list[Piece]:
        """Returns all that waits, which waits no more."""
        with self._news:
            found = [*self._first, *self._then]
            self._first.clear()
            self._then.clear()
        return found

    @property
    def are_passed(self) -> bool:
        """Whether some wait that nobody outside waits for."""
        return bool(self._then)


def _is_awaited(done: Sequence[Piece], then: Piece) -> bool:
    """Tells whether somebody outside waits for what is done, and for nothing of what is next."""
    return not then.first and any(piece.first for piece in done)
