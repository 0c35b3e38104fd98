"""The real program as an operator starts it: `docent up` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, ClassVar

from standins.wire import call

from bot.config import ROOT
from bot.supervisor import free_port
from bot.variables import SETTINGS

from .waiting import START_SECONDS, until

# The promise is that SIGTERM ends everything within 20 seconds.
STOP_SECONDS = 20.0
COMMAND_SECONDS = 180.0


class Program:
    """One `docent up` with settings and a database of its own.

    Args:
        folder: Where its database and its log lie.
        settings: What differs from the defaults; nothing is taken from `.env` or the environment.
    """

    running: ClassVar[list[Program]] = []

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        self.database = folder / "docent.db"
        self.log_file = folder / "program.log"
        unset = {setting.name: "" for setting in SETTINGS}
        own = {"DATABASE_URL": f"sqlite:///{self.database}"}
        self.environment = {**os.environ, **unset, **own, **settings}
        self.process: subprocess.Popen[bytes] | None = None
        # The project that runs; a scenario may put a copy with other facts in its place.
        self.root = ROOT

    @property
    def url(self) -> str:
        """The program's address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts it and waits until it answers visitors."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up", "--port", str(self.port)],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(self)
        self.wait_ready()

    def wait_ready(self) -> None:
        """Waits until `GET /ready` answers 200."""
        until(self.is_ready, "GET /ready to answer 200", START_SECONDS)

    def is_ready(self) -> bool:
        """Tells whether visitors are answered now; fails where the program has ended."""
        assert self.process is not None
        assert self.process.poll() is None, f"docent up ended with {self.process.returncode}"
        with suppress(OSError):
            return bool(call("GET", f"{self.url}/ready").status == 200)
        return False

    def ready(self) -> dict[str, Any]:
        """What `GET /ready` says."""
        found: dict[str, Any] = json.loads(call("GET", f"{self.url}/ready").body)
        return found

    @property
    def is_running(self) -> bool:
        """Tells whether `docent up` is alive."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> int:
        """Ends it as an operator does, and returns its exit code; it is gone in any case."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends all of it at once, as a power cut does: the children die with their parent."""
        family = self.pids()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self in self.running:
            self.running.remove(self)
        until(lambda: not any(map(is_alive, family)), "the children of a killed program to end")

    # -- a page of its chat --------------------------------------------------------------------

    def web_write(self, cookie: str, own_id: str, text: str) -> None:
        """Sends one message of the chat page."""
        body = json.dumps({"id": own_id, "text": text}).encode()
        headers = {"Cookie": cookie, "Content-Type": "application/json"}
        answer = call("POST", f"{self.url}/webhooks/web/webhook", body, headers, 60)
        assert answer.status == 200, answer

    @staticmethod
    def read_json(response: HTTPResponse) -> dict[str, Any]:
        """What a request that went well answered."""
        assert response.status == 200
        found: dict[str, Any] = json.loads(response.read())
        return found

    # -- its processes ------------------------------------------------------------------------

    def pids(self) -> list[int]:
        """The supervisor and its children."""
        if not self.is_running:
            return []
        assert self.process is not None
        return [self.process.pid, *children(self.process.pid)]

    def part(self, name: str) -> int:
        """The process id of the part `serve` or `actions`, once it runs."""
        return until(lambda: self._part(name), f"the part {name}")

    def _part(self, name: str) -> int | None:
        return next((pid for pid in self.pids()[1:] if name in arguments(pid)), None)

    def signal(self, name: str, number: signal.Signals) -> int:
        """Sends a signal to a part; returns its process id."""
        pid = self.part(name)
        os.kill(pid, number)
        return pid

    # -- its commands and its words -----------------------------------------------------------

    def docent(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs another `docent` command beside it, with the same environment."""
        return run_docent(self.environment, *arguments, stdin=stdin)

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines of a command that must succeed."""
        done = self.docent(*arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def log(self) -> str:
        """Everything the program has said so far."""
        return self.log_file.read_text("utf-8", "replace")


def run_docent(
    environment: Mapping[str, str], *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs a `docent` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=dict(environment),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
        check=False,
    )


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    with suppress(OSError):
        return [int(child) for child in _proc(pid, f"task/{pid}/children").split()]
    return []


def arguments(pid: int) -> list[str]:
    """The command line of a process; empty where it is gone."""
    with suppress(OSError):
        return _proc(pid, "cmdline").split("\0")
    return []


def is_alive(pid: int) -> bool:
    """Tells whether a process runs; one that only waits to be buried does not."""
    with suppress(OSError):
        return _proc(pid, "stat").rpartition(")")[2].split()[0] not in "ZX"
    return False


def _proc(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace")
