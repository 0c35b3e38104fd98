"""How many messages each channel may have on their way: a lane of its own for each platform.

A platform that hangs fills its own lane and no other. One that fails visitor after visitor is
away: then one message at a time asks whether it is back, with pauses, and the others keep their
tries for when it is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

# How many sends of one channel may be on their way: each is little more than an open connection.
SLOTS = 64
# A platform is away when so many conversations in a row could not be reached.
AWAY_AFTER = 5
# Between two questions whether it is back, in seconds; the last one again and again.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass
class _Lane:
    failed: set[str] = field(default_factory=set)
    asked: int = 0
    resumes_at: float = 0.0

    @property
    def is_away(self) -> bool:
        return len(self.failed) >= AWAY_AFTER


class Lanes:
    """The lanes of all channels.

    Args:
        channels: Their names.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(
        self, channels: Iterable[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lanes = {channel: _Lane() for channel in channels}
        self._clock = clock

    def room(self, in_hand: Iterable[str], most: int = SLOTS) -> dict[str, int]:
        """Returns how many more messages each channel may send now; full lanes are left out.

        Args:
            in_hand: The channel of each message that is on its way.
            most: How many are wanted of one channel.
        """
        taken = Counter(in_hand)
        free = {name: min(most, self._slots(name) - taken[name]) for name in self._lanes}
        return {name: room for name, room in free.items() if room > 0}

    def well(self, channel: str) -> None:
        """Notes that a platform answered, be it that it does not want a message."""
        self._lanes[channel] = _Lane()

    def failed(self, channel: str, conversation_id: str) -> None:
        """Notes that a platform could not take a message now."""
        lane = self._lanes[channel]
        lane.failed.add(conversation_id)
        if lane.is_away:
            pause = PAUSES[min(lane.asked, len(PAUSES) - 1)]
            if self._clock() >= lane.resumes_at:
                # What was on its way together has failed together: that is one question.
                lane.asked += 1
                lane.resumes_at = self._clock() + pause

    def _slots(self, channel: str) -> int:
        lane = self._lanes[channel]
        if not lane.is_away:
            return SLOTS
        return 1 if self._clock() >= lane.resumes_at else 0
