"""One process of the tree that `docent up` runs: started, looked after, ended."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from bot import scraping
from bot.config import ROOT

logger = logging.getLogger(__name__)

# How long a part may take to end the work in hand before it is killed.
STOP_SECONDS = 15.0
# A part that dies before it was ready is started again, each time in a row a little later.
RESTART_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0)
# Where a part says that it is ready: the number of a pipe.
READY = "DOCENT_READY_FD"
_PR_SET_PDEATHSIG = 1
# A strike closes the galleries: many visitors connect at the same moment.
BACKLOG = 2048

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # One thread a process: the arithmetic of one message is too small to share out.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    # glibc keeps an arena for each thread; two are enough and keep memory flat.
    "MALLOC_ARENA_MAX": "2",
    "PYTHONWARNINGS": "ignore",
    # Rasa draws progress bars unless its log level is ERROR; ours are one line for each step.
    "LOG_LEVEL": "ERROR",
}


class Part:
    """One process.

    Args:
        name: What it is called in logs and metrics.
        command: What it runs.
        door: The number of the listening socket, which it inherits.
    """

    def __init__(self, name: str, command: list[str], door: int) -> None:
        self.name = name
        self.falls = 0
        # Being ended on purpose: not to be started again.
        self.is_leaving = False
        self._command = command
        self._door = door
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: int | None = None
        self._was_ready = False
        self._next_start = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it has said that it answers visitors."""
        if self._ready is not None and not self._was_ready:
            with suppress(BlockingIOError):
                self._was_ready = bool(os.read(self._ready, 1))
        return self._was_ready

    def start(self) -> None:
        """Starts it; it dies with us, however we die."""
        self._forget_pipe()
        self._ready, told = os.pipe()
        os.set_blocking(self._ready, False)
        names = {scraping.PROCESS: self.name, READY: str(told)}
        try:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                env={**os.environ, **ENVIRONMENT, **names},
                cwd=ROOT,
                pass_fds=(self._door, told),
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        finally:
            os.close(told)

    def look(self) -> None:
        """Starts it again if it has died."""
        if self.is_leaving:
            return
        if self._process is not None and not self.is_alive:
            logger.error(
                "a process died and is started again",
                extra={"part": self.name, "exit": self._process.returncode},
            )
            self.falls = 0 if self.is_ready else self.falls + 1
            wait = RESTART_SECONDS[min(self.falls, len(RESTART_SECONDS) - 1)]
            self._next_start = time.monotonic() + wait
            self._process = None
        if self._process is None and time.monotonic() >= self._next_start:
            self.start()

    def stop(self) -> None:
        """Asks it to end."""
        self.is_leaving = True
        if self._process is not None and self.is_alive:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Waits for the end, and makes it come when time is up."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("a process had to be killed", extra={"part": self.name})
            self._process.kill()
            self._process.wait()
        self._forget_pipe()

    def _forget_pipe(self) -> None:
        if self._ready is not None:
            os.close(self._ready)
        self._ready, self._was_ready = None, False


def _die_with_parent() -> None:
    # Without this a supervisor killed with -9 leaves servers behind that hold the port.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
