"""How fast a visitor may write, how much may wait, how often the bot answers one person.

All in one place: the limits, how they are counted, and why. Pure but for the clock that is handed
in; what is counted lies with the conversation, so that it holds over all processes and restarts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# A visitor who writes in pieces is waited for: until nothing came for so long, but no longer than
# that since the first. People pause 1 to 2 seconds between the lines of one thought; whoever
# waits longer for a first word thinks that nobody is there.
QUIET = timedelta(seconds=1.2)
LONGEST_QUIET = timedelta(seconds=4)
# Two bots that answer each other would go on for ever: then a person looks.
MOST_ANSWERS, ANSWERS_WITHIN = 600, timedelta(hours=1)
# Whoever writes too fast is told so, and not more often than this.
TELL_AGAIN_AFTER = timedelta(minutes=1)
TOO_FAST = "not answered: more messages in a minute than one visitor may send"
_MINUTE = 60.0

Counted = Mapping[str, Any]


@dataclass(frozen=True)
class Pace:
    """The limits that the settings allow; 0 is no limit.

    `a_minute` messages of one visitor are answered, `waiting` of all visitors may wait at once.
    """

    a_minute: int = 120
    waiting: int = 100_000


@dataclass(frozen=True)
class Arrival:
    """What the arrival of one more message comes to: the new count, and whether it is too fast.

    `is_told` says that the visitor is to be told so now.
    """

    counted: Counted
    is_over: bool = False
    is_told: bool = False


def arrived(before: Counted | None, at: datetime, a_minute: int) -> Arrival:
    """Counts one more message of a visitor.

    As a bucket that holds `a_minute` messages and fills evenly, so that a burst is allowed and a
    stream is held to its mean: https://en.wikipedia.org/wiki/Token_bucket
    """
    known = before or {}
    passed = (at - _moment(known, "at", at)).total_seconds()
    room = min(a_minute, known.get("left", a_minute) + max(0.0, passed) * a_minute / _MINUTE)
    counted = {**known, "at": at.isoformat(), "left": round(room - 1, 3)}
    if room >= 1:
        return Arrival(counted)
    is_told = at - _moment(known, "told", at - TELL_AGAIN_AFTER) >= TELL_AGAIN_AFTER
    told = {"told": at.isoformat()} if is_told else {}
    return Arrival({**counted, "left": round(room, 3), **told}, True, is_told)


def answered(before: Counted | None, at: datetime) -> Counted:
    """Counts one more answer of the bot to one visitor."""
    since = _moment(before or {}, "since", at)
    if before is None or at - since > ANSWERS_WITHIN:
        return {"since": at.isoformat(), "count": 1}
    return {"since": since.isoformat(), "count": int(before["count"]) + 1}


def loops(counted: Counted | None, at: datetime) -> bool:
    """Tells whether the bot has answered one visitor so often that another bot may be there."""
    if counted is None or int(counted["count"]) < MOST_ANSWERS:
        return False
    return at - _moment(counted, "since", at) <= ANSWERS_WITHIN


def patience(first: datetime, last: datetime, at: datetime) -> timedelta:
    """Returns how much longer to wait for what a visitor may still add; nothing once it is over.

    Args:
        first: When the first of the messages came that are not answered.
        last: When the last of them came.
        at: Now.
    """
    return max(timedelta(0), min(last + QUIET, first + LONGEST_QUIET) - at)


def _moment(counted: Counted, name: str, otherwise: datetime) -> datetime:
    known = counted.get(name)
    return otherwise if known is None else datetime.fromisoformat(known)
