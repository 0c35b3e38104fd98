"""Waiting for something to become true: fast on an idle machine, patient on a busy one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Upper bounds; an idle machine needs a tenth of them.
PATIENCE = 60.0
START_SECONDS = 240.0
LOOK_EVERY = 0.05


def until(look: Callable[[], Found], what: str, seconds: float = PATIENCE) -> Found:
    """Looks again and again until it finds something true, and returns that."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(LOOK_EVERY)
    return found
