"""What the runs print: progress on stderr, tables on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

BEGAN = time.monotonic()


def say(text: str) -> None:
    """Prints a line of progress with the seconds since the beginning."""
    print(f"  {time.monotonic() - BEGAN:5.0f} s  {text}", file=sys.stderr, flush=True)


def show(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a table, its first column to the left and the others to the right."""
    lines = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print("  ".join(cells), flush=True)
