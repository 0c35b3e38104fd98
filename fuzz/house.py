"""The fuzzed server in a process of its own: started, watched, ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.config import ROOT
from bot.supervisor import ENVIRONMENT
from bot.variables import SETTINGS

LOOK_SECONDS = 0.1
STOP_SECONDS = 15.0


class House:
    """One server with a database of its own.

    Args:
        folder: Where its database and its log lie.
        settings: Its settings; nothing is taken from `.env` or the environment.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._log = folder / "server.log"
        self._settings = settings
        self._read = 0
        self.told: dict[str, Any] = {}

    def __enter__(self) -> House:
        unset = {setting.name: "" for setting in SETTINGS}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fuzz.served"],
                env={**os.environ, **ENVIRONMENT, **unset},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._settings) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            said = self._log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
            raise SystemExit(f"The server did not start: {said}")
        self.told = json.loads(line)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.told["port"])

    def memory_mb(self) -> float:
        """Returns its resident memory; 0 where the machine does not tell."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        except OSError:
            return 0.0
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

    def is_alive(self) -> bool:
        """Tells whether it still runs."""
        return self._process.poll() is None

    def complaints(self) -> list[str]:
        """Returns what its log tells of errors since it was last asked, each once."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            written = log.read()
            self._read += len(written)
        return sorted(set(_errors(written.decode("utf-8", "replace").splitlines())))


def _errors(lines: list[str]) -> Iterator[str]:
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            if line.startswith(("Traceback", "Task exception", "Exception ")):
                yield line[:200]
            continue
        if isinstance(told, dict) and told.get("level") in ("error", "critical"):
            yield f"{told.get('room')}: {told.get('event')} {told.get('error', '')} " + str(
                told.get("where", "")
            )


class Bystander:
    """Somebody who asks an easy question all the time, and notes how long each answer takes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.slowest = 0.0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, daemon=True)

    def __enter__(self) -> Bystander:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join(20)

    def _ask_on(self) -> None:
        while not self._ends.wait(LOOK_SECONDS):
            self.slowest = max(self.slowest, ask(self._port))


def ask(port: int) -> float:
    """Asks whether the server is alive; returns the seconds that it took."""
    begun = time.monotonic()
    line = HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request("GET", "/health")
        line.getresponse().read()
    except OSError:
        return 15.0
    finally:
        line.close()
    return time.monotonic() - begun
