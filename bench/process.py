"""A program under measurement: started, watched through /proc, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import requests

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 240.0


@dataclass
class Program:
    """A process tree.

    Args:
        command: How to start it.
        environment: Variables beside those of the machine.
        folder: Where it runs.
        log: Where its words go.
        ready: An address that answers 200 once it works.
    """

    command: list[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    ready: str

    def __enter__(self) -> Program:
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.ready_seconds = self._wait_until_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    def cpu_seconds(self) -> float:
        """Returns the processor time of the whole tree so far."""
        return sum(_cpu(pid) for pid in self._tree())

    def memory_mb(self) -> float:
        """Returns the resident memory of the whole tree, pages shared by two counted once."""
        return sum(_memory(pid) for pid in self._tree()) / 1024

    def _wait_until_ready(self) -> float:
        while time.monotonic() - self.started < START_SECONDS:
            if self.process.poll() is not None:
                raise SystemExit(f"It ended while starting; see {self.log}")
            try:
                if requests.get(self.ready, timeout=2).status_code == 200:
                    return time.monotonic() - self.started
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise SystemExit(f"It did not become ready; see {self.log}")

    def _tree(self) -> list[int]:
        parents = dict(_parents())
        tree = [self.process.pid]
        for pid in tree:
            tree += [child for child, parent in parents.items() if parent == pid]
        return tree


def _parents() -> list[tuple[int, int]]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found.append((int(stat.parent.name), int(fields[1])))
    return found


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Waits until something is true; returns whether it came true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.001)
    return False
