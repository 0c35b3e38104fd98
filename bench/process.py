"""A program under measurement: started, watched through /proc, ended. Linux only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import requests

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 600.0
STOP_SECONDS = 30.0
# What was started and may still run.
_started: list[subprocess.Popen[bytes]] = []


class Tree:
    """Some processes and all that they started.

    Args:
        roots: Their process ids.
    """

    def __init__(self, *roots: int) -> None:
        self._roots = roots

    def pids(self) -> list[int]:
        """Returns the living processes, parents first."""
        parents = _parents()
        tree = [root for root in self._roots if root in parents]
        for pid in tree:
            tree += [child for child, parent in parents.items() if parent == pid]
        return tree

    def cpu_seconds(self) -> float:
        """Returns the processor time so far, that of children that have ended among it."""
        return sum(_own_cpu(pid) + _cpu_of_ended(pid) for pid in self.pids())

    def memory_mb(self) -> float:
        """Returns the memory in use as PSS: a page that several share counts once in all."""
        return self._memory_mb("Pss")

    def heap_mb(self) -> float:
        """Returns the memory that no file holds: it does not change with who else maps a file."""
        return self._memory_mb("Anonymous")

    def _memory_mb(self, kind: str) -> float:
        return sum(kb_of(_read(pid, "smaps_rollup"), kind) for pid in self.pids()) / 1024

    def run_on(self, cores: set[int]) -> None:
        """Lets all threads of them run on these cores alone; what they start later does so too."""
        for pid in self.pids():
            # Some may have ended since.
            with suppress(ProcessLookupError, FileNotFoundError):
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    os.sched_setaffinity(int(thread.name), cores)


@dataclass
class Program:
    """A program with all its processes.

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
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _started.append(self.process)
        self.tree = Tree(self.process.pid)
        try:
            self.ready_seconds = self._wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

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


def end_cleanly() -> None:
    """Lets SIGTERM end a run as Ctrl-C does: what it started ends first, in whatever state."""
    signal.signal(signal.SIGTERM, _end_all)


def _end_all(_signal: int, _frame: object) -> None:
    for process in _started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    sys.exit(143)


def cpu_of(pids: Iterable[int]) -> float:
    """Returns the processor time of these processes alone, in seconds: cheap and fine."""
    return sum(_own_cpu(pid) for pid in pids)


def kb_of(rollup: str, kind: str) -> int:
    """Reads memory of one kind in kB from a process's smaps_rollup; 0 where it is not told."""
    for line in rollup.splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1])
    return 0


def _own_cpu(pid: int) -> float:
    # clock_getcpuclockid(3): a process's clock has nanoseconds where /proc has hundredths.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _cpu_of_ended(pid: int) -> float:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS if fields else 0.0


def _parents() -> dict[int, int]:
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _read(int(name), "stat").rpartition(")")[2].split()):
            found[int(name)] = int(fields[1])
    return found


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
