"""`docent up`: one process tree in the foreground, watched, and ended cleanly."""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from bot.config import ROOT

logger = logging.getLogger(__name__)

# How long a part may take to end the work in hand before it is killed.
STOP_SECONDS = 15.0
# A part that dies is started again, each time in a row a little later.
RESTART_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0)
# A part that ran this long was healthy; its next fall counts as the first.
HEALTHY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.2
MOST_FALLS = 5
_PR_SET_PDEATHSIG = 1

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


@dataclass
class Part:
    """One process of the tree."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Starts the process; it dies with us, however we die."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **ENVIRONMENT, **self.environment},
            cwd=ROOT,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def look(self) -> None:
        """Starts the process again if it has died."""
        if self.process is not None and self.process.poll() is not None:
            logger.error(
                "a process died and is started again",
                extra={"part": self.name, "exit": self.process.returncode},
            )
            healthy = time.monotonic() - self.started > HEALTHY_SECONDS
            self.falls = 0 if healthy else self.falls + 1
            wait = RESTART_SECONDS[min(self.falls, len(RESTART_SECONDS) - 1)]
            self.next_start = time.monotonic() + wait
            self.process = None
        if self.process is None and time.monotonic() >= self.next_start:
            self.start()

    def stop(self) -> None:
        """Asks the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Waits for the end, and makes it come when time is up."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("a process had to be killed", extra={"part": self.name})
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs the web server and the action server until it is told to stop.

    `failed` is true afterwards where the server died again and again.
    """

    def __init__(self, host: str, port: int, model: Path) -> None:
        action_port, secret = free_port(), secrets.token_urlsafe(24)
        docent = [sys.executable, "-m", "bot"]
        environment = {"DOCENT_ACTION_SECRET": secret}
        serve = [*docent, "serve", "--host", host, "--port", str(port), "--model", str(model)]
        serve += ["--actions", f"http://127.0.0.1:{action_port}/webhook"]
        self.parts = [
            Part("actions", [*docent, "actions", "--port", str(action_port)], environment),
            Part("server", serve, environment),
        ]
        self.failed = False
        self._told_to_stop = threading.Event()

    def run(self) -> None:
        """Starts everything, watches it, and returns when everything has ended."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for part in self.parts:
            part.start()
        while not self._told_to_stop.wait(LOOK_EVERY_SECONDS):
            for part in self.parts:
                part.look()
            if self.parts[-1].falls >= MOST_FALLS:
                # Without actions visitors still get FAQ answers, apologies and a person; without
                # the server there is nothing to keep up.
                logger.critical("the server keeps dying; see its messages above")
                self.failed = True
                break
        # The server first: its last turns still need the actions.
        until = time.monotonic() + STOP_SECONDS
        for part in reversed(self.parts):
            part.stop()
            part.wait(until)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop.set()


def free_port() -> int:
    """Returns a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Tells whether we could listen on an address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((host, port))
            return True
    return False


def _die_with_parent() -> None:
    # Without this a supervisor killed with -9 leaves servers behind that hold the port.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
