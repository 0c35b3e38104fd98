"""From what happened to a case to when each of its clocks ran; pure.

The first reply runs from the opening or a reopening to the first reply of staff that was
delivered; the next reply from the visitor's first message after such a reply to the next one; the
resolution from the opening on, except while the case waits for the visitor or is closed. Nothing
runs in a closed case, and what the bot says never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from bot.content.desk_sections import FIRST_REPLY, NEXT_REPLY, RESOLUTION


class Happened(str, Enum):
    """What can happen to a case, as far as a clock minds."""

    OPENED = "opened"
    WROTE = "wrote"  # the visitor
    DELIVERED = "delivered"  # a reply of staff, to the visitor's platform
    BOT = "bot"
    WAITING = "waiting"
    CLAIMED = "claimed"
    RELEASED = "released"
    RESOLVED = "resolved"
    RETURNED = "returned"
    REOPENED = "reopened"


# How the audit trail of a case tells it: what staff and visitors did, in the words of its rows.
AUDITED = {
    **{what.value: what for what in Happened},
    "expired": Happened.RELEASED,
}


class Entry(NamedTuple):
    """One thing that happened, and when; the time is aware."""

    at: datetime
    what: Happened


class Run(NamedTuple):
    """A stretch in which a clock was not stopped; `end` is None while it runs."""

    start: datetime
    end: datetime | None


@dataclass
class Story:
    """When one clock ran, and how it ended.

    `is_paused` is True while it is stopped for the visitor, and where it ended so.
    """

    kind: str
    runs: list[Run] = field(default_factory=list)
    met_at: datetime | None = None
    ended_at: datetime | None = None
    is_paused: bool = False

    def go_on(self, at: datetime) -> None:
        """Begins, or takes up again what was stopped or ended."""
        self.runs.append(Run(at, None))
        self.met_at, self.ended_at, self.is_paused = None, None, False

    def stop(self, at: datetime) -> None:
        """Ends the stretch that runs, if one does."""
        if self.runs[-1].end is None:
            self.runs[-1] = Run(self.runs[-1].start, at)

    def pause(self, at: datetime) -> None:
        """Stops for the visitor."""
        self.stop(at)
        self.is_paused = True

    def end(self, at: datetime, is_met: bool) -> None:
        """Ends for good, kept or not."""
        self.stop(at)
        self.ended_at, self.met_at = at, at if is_met else None


def timeline_of(rows: Iterable[Any]) -> list[Entry]:
    """Returns the timeline of a case from the rows of its audit trail, oldest first.

    Args:
        rows: What the store keeps of it, each with `at` and `what`; other words than those of
            AUDITED do not move a clock.
    """
    return [Entry(row.at, AUDITED[row.what]) for row in rows if row.what in AUDITED]


def stories(timeline: Iterable[Entry]) -> Sequence[Story]:
    """Returns the story of every clock, in the order in which they began.

    Entries of the same instant count in the order in which they are given.
    """
    book = _Book()
    for entry in sorted(timeline, key=lambda entry: entry.at):
        book.note(entry)
    return book.stories


class _Book:
    """Follows a case from entry to entry."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self._going: dict[str, Story] = {}
        self._is_open = False
        self._is_answered = False

    def note(self, entry: Entry) -> None:
        """Takes the next entry; in a closed case only a reopening changes anything."""
        at, what = entry
        if what in (Happened.OPENED, Happened.REOPENED):
            self._open(at)
        elif not self._is_open:
            return
        elif what is Happened.DELIVERED:
            self._answered(at)
        elif what is Happened.WAITING:
            self._going[RESOLUTION].pause(at)
        elif what in (Happened.WROTE, Happened.CLAIMED, Happened.RELEASED):
            self._resume(at, by_visitor=what is Happened.WROTE)
        elif what in (Happened.RESOLVED, Happened.RETURNED):
            self._close(at, is_resolved=what is Happened.RESOLVED)

    def _open(self, at: datetime) -> None:
        if self._is_open:
            return
        self._is_open, self._is_answered = True, False
        self._begin(FIRST_REPLY, at)
        before = next((story for story in self.stories if story.kind == RESOLUTION), None)
        if before is None:
            self._begin(RESOLUTION, at)
        else:
            # What was said to be solved was not: the same promise goes on.
            self._going[RESOLUTION] = before
            before.go_on(at)

    def _begin(self, kind: str, at: datetime) -> None:
        self._going[kind] = Story(kind)
        self._going[kind].go_on(at)
        self.stories.append(self._going[kind])

    def _answered(self, at: datetime) -> None:
        self._is_answered = True
        self._end(FIRST_REPLY, at, is_met=True)
        self._end(NEXT_REPLY, at, is_met=True)

    def _resume(self, at: datetime, by_visitor: bool) -> None:
        if self._going[RESOLUTION].is_paused:
            self._going[RESOLUTION].go_on(at)
        if by_visitor and self._is_answered and NEXT_REPLY not in self._going:
            self._begin(NEXT_REPLY, at)

    def _close(self, at: datetime, is_resolved: bool) -> None:
        self._is_open = False
        self._end(FIRST_REPLY, at, is_met=False)
        self._end(NEXT_REPLY, at, is_met=False)
        self._end(RESOLUTION, at, is_met=is_resolved)

    def _end(self, kind: str, at: datetime, is_met: bool) -> None:
        story = self._going.pop(kind, None)
        if story is not None:
            story.end(at, is_met)
