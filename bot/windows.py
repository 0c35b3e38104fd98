"""When a platform lets us write to a visitor: how long after their last act, and how often.

Pure arithmetic; each channel states its rules as a `Window`, with the page that they come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# What a visitor does: writes, or only touches something (a menu, a subscription, a scanned code).
MESSAGE, CLICK = "message", "click"

# Of a message whose payload says so nobody waits: where the window has closed it is left out.
WHILE_OPEN = "while_open"
OPEN, BY_PERSON, CLOSED = "open", "person", "closed"


@dataclass(frozen=True)
class Allowance:
    """What one act of the visitor allows: so many seconds, in them so many messages or any."""

    seconds: float
    messages: int | None = None


@dataclass(frozen=True)
class Window:
    """The rules of one platform.

    Args:
        name: As staff read it: "Messenger's 24-hour window".
        after: What each act of the visitor allows.
        by_person: What words that a person wrote are allowed once those have ended.
    """

    name: str
    after: Mapping[str, Allowance]
    by_person: Mapping[str, Allowance] = field(default_factory=dict)

    @property
    def longest(self) -> timedelta:
        """The time after which no act of a visitor counts any more."""
        every = [*self.after.values(), *self.by_person.values()]
        return timedelta(seconds=max(allowance.seconds for allowance in every))


@dataclass(frozen=True)
class Left:
    """What is left of a window.

    `standing` is open, person (only words that a person wrote) or closed; `until` is when this
    ends; `messages` of `out_of` may still be sent, None where they are not counted.
    """

    standing: str
    until: datetime | None = None
    messages: int | None = None
    out_of: int | None = None


def left(
    window: Window,
    acts: Mapping[str, datetime],
    sent: Sequence[datetime],
    at: datetime,
    *,
    by_person: bool = False,
) -> Left:
    """Returns what a platform still allows at a moment.

    Args:
        window: The platform's rules.
        acts: When the visitor last did what opens a window, by kind.
        sent: When messages were sent to the visitor, at least those since the earliest act.
        at: The moment.
        by_person: Whether a person wrote the words in question.
    """
    open_now = _widest(window.after, acts, sent, at, OPEN)
    if open_now.standing == OPEN or not by_person:
        return open_now
    return _widest(window.by_person, acts, sent, at, BY_PERSON)


def _widest(
    allowances: Mapping[str, Allowance],
    acts: Mapping[str, datetime],
    sent: Sequence[datetime],
    at: datetime,
    standing: str,
) -> Left:
    """Returns the allowance that lasts longest, or a closed one."""
    found = [
        _of(allowance, acts[act], sent, standing)
        for act, allowance in allowances.items()
        if act in acts and acts[act] <= at < acts[act] + timedelta(seconds=allowance.seconds)
    ]
    usable = [each for each in found if each.messages is None or each.messages > 0]
    if not usable:
        spent = max(found, key=_end, default=None)
        return Left(CLOSED, None, 0 if spent else None, spent.out_of if spent else None)
    return max(usable, key=_end)


def _of(allowance: Allowance, act: datetime, sent: Sequence[datetime], standing: str) -> Left:
    until = act + timedelta(seconds=allowance.seconds)
    if allowance.messages is None:
        return Left(standing, until)
    spent = sum(moment >= act for moment in sent)
    return Left(standing, until, max(0, allowance.messages - spent), allowance.messages)


def _end(one: Left) -> datetime:
    assert one.until is not None
    return one.until
