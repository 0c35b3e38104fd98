"""`docent up` under a service manager: what dies is started again, and what runs can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import requests

from bot.supervisor import free_port
from bot.variables import SETTINGS
from chaos import ROOT

# As systemd's RestartSec.
RESTART_SECONDS = 1.0
START_SECONDS = 240.0
STOP_SECONDS = 25.0


class Service:
    """One `docent up`, started again whenever it ends, until it is told to stop.

    Args:
        log: Where its words go.
        settings: What differs from the defaults; nothing is taken from `.env`.
    """

    def __init__(self, log: Path, settings: Mapping[str, str], root: Path = ROOT) -> None:
        self.port = free_port()
        self.log = log
        self.starts = 0
        self.exits: list[int] = []
        unset = {setting.name: "" for setting in SETTINGS}
        self.environment = {**os.environ, **unset, **settings}
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._manager = threading.Thread(target=self._manage, daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and what looks after it."""
        self._start()
        self._manager.start()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Waits until `GET /ready` answers 200."""
        end = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > end:
                raise SystemExit(f"It did not become ready; see {self.log}")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Tells whether visitors are answered now."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/ready", timeout=5).status_code == 200
        return False

    def stop(self) -> int | None:
        """Ends it as an operator does; returns its exit code."""
        self._stopping.set()
        process = self._process
        if process is None:
            return None
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in self.pids():
                kill(pid)
            return None

    def pids(self) -> list[int]:
        """The supervisor and everything below it."""
        process = self._process
        if process is None or process.poll() is not None:
            return []
        found = [process.pid]
        for pid in found:
            found += children(pid)
        return found

    def parts(self) -> dict[int, str]:
        """The processes of the tree and what each is."""
        return {pid: _role(pid) for pid in self.pids()}

    def _start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up", "--port", str(self.port)],
                cwd=self._root,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _manage(self) -> None:
        while not self._stopping.is_set():
            assert self._process is not None
            with suppress(subprocess.TimeoutExpired):
                self.exits.append(self._process.wait(0.2))
                if not self._stopping.wait(RESTART_SECONDS):
                    self._start()


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Sends a signal; False where the process is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def children(pid: int) -> list[int]:
    """The processes that a process started, by whichever of its threads."""
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in tasks.read_text().split()]
    return found


def command_of(pid: int) -> list[str]:
    """The command line of a process; empty where it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
    return []


def _role(pid: int) -> str:
    words = command_of(pid)
    for name, role in (("serve", "server"), ("actions", "actions"), ("up", "supervisor")):
        if name in words:
            return role
    return "other"
