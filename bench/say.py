"""Progress, on stderr: stdout has the table alone."""

from __future__ import annotations

import sys
import time

_started = time.monotonic()


def say(words: str) -> None:
    """Says how far a run is, with the seconds since its start."""
    print(f"{time.monotonic() - _started:6.0f} s  {words}", file=sys.stderr, flush=True)
