"""Lets a virus scanner of the museum's own look at a file, where FILES_SCAN_COMMAND names one.

The ends are those of clamscan and clamdscan: 0 clean, 1 infected, anything else no answer
(docs.clamav.net/manual/Usage/Scanning.html). No answer is not a yes: the file is not carried.
"""

from __future__ import annotations

import asyncio
import shlex
from contextlib import suppress
from pathlib import Path

from bot.errors import SendFailed

SECONDS = 60.0
INFECTED = 1


async def is_clean(command: str, file: Path, seconds: float = SECONDS) -> bool:
    """Tells whether a scanner finds nothing in a file.

    Args:
        command: The command as in a shell, without the path; "" for no scanner.
        file: The file.
        seconds: How long the scanner may take.

    Raises:
        SendFailed: The scanner gave no answer; it may later.
    """
    if not command:
        return True
    quiet = asyncio.subprocess.DEVNULL
    try:
        words = [*shlex.split(command), str(file)]
        scan = await asyncio.create_subprocess_exec(*words, stdout=quiet, stderr=quiet)
    except (OSError, ValueError):
        raise _no_answer("cannot be started") from None
    try:
        ended = await asyncio.wait_for(scan.wait(), seconds)
    except asyncio.TimeoutError:
        raise _no_answer("did not end in time") from None
    finally:
        if scan.returncode is None:
            with suppress(ProcessLookupError):
                scan.kill()
            await scan.wait()
    if ended not in (0, INFECTED):
        raise _no_answer(f"ended with {ended}")
    return ended == 0


def _no_answer(what: str) -> SendFailed:
    step = "Whoever runs Docent should look at FILES_SCAN_COMMAND."
    return SendFailed(f"The virus scanner {what}.", retryable=True, next_step=step)
