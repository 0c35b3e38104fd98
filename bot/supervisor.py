"""`docent up`: one process tree in the foreground, watched, renewed and ended cleanly."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType

from bot import scraping
from bot.config import ROOT
from bot.parts import ENVIRONMENT, STOP_SECONDS, Part

__all__ = ["ENVIRONMENT", "Supervisor", "free_port", "listening"]

logger = logging.getLogger(__name__)

# What is done a step at a time, each soon after the other; at the end whether it went well.
Steps = Generator[None, None, bool]

LOOK_EVERY_SECONDS = 0.2
# A server that dies so often before it was ever ready will not get better.
MOST_FALLS = 5
# How long a new server may take to load its model.
READY_SECONDS = 240.0


class Supervisor:
    """Runs the servers until it is told to stop; on SIGHUP one after the other makes place for a
    new one.

    All of them accept from one socket, which is ours: what connects while a server is away or
    starts waits for another, and is not refused.

    Args:
        door: A listening socket.
        model: Gives the model of the content as it is, None where there is none yet.
        since: The last publication before this start, which the servers know of.
        workers: How many servers run.
        overlaps: Whether an old and a new server may run at the same time (not on SQLite).
    """

    def __init__(
        self,
        door: socket.socket,
        model: Callable[[], Path | None],
        since: int,
        workers: int = 1,
        *,
        overlaps: bool = False,
    ) -> None:
        self._door = door
        self._newest_model = model
        self._model = model()
        self._since = since
        self._overlaps = overlaps
        # One name more than servers: while one is renewed both of them run.
        self._names = [f"server-{number}" for number in range(1, workers + 2)]
        self.parts = [self._made(name) for name in self._names[:workers]]
        self.failed = False
        self._told_to_stop = threading.Event()
        self._told_to_renew = threading.Event()
        self._renewing: Steps | None = None
        self._leaving: list[Part] = []
        scraping.prepare(ROOT / "var")

    def run(self) -> None:
        """Starts everything, watches it, and returns when everything has ended."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        for part in self.parts:
            part.start()
        while not self._told_to_stop.wait(LOOK_EVERY_SECONDS):
            for part in self.parts:
                part.look()
            self._go_on_renewing()
            if all(part.falls >= MOST_FALLS for part in self.parts):
                logger.critical("the server keeps dying; see its messages above")
                self.failed = True
                break
        self._end()

    def _end(self) -> None:
        self._door.close()
        if self._renewing is not None:
            self._renewing.close()
        remaining = [*self.parts, *self._leaving]
        for part in remaining:
            part.stop()
        until = time.monotonic() + STOP_SECONDS
        for part in remaining:
            part.wait(until)

    def _made(self, name: str) -> Part:
        number = str(self._door.fileno())
        serve = [sys.executable, "-m", "bot", "serve", "--socket", number]
        serve += ["--model", str(self._model), "--since", str(self._since)]
        return Part(name, serve, self._door.fileno())

    def _go_on_renewing(self) -> None:
        if self._renewing is None and self._told_to_renew.is_set():
            self._told_to_renew.clear()
            logger.info("the servers are renewed, one after the other")
            self._renewing = self._renewed()
        if self._renewing is not None and next(self._renewing, self) is self:
            self._renewing = None

    def _renewed(self) -> Steps:
        """Renews one server after the other, and stops at the first that does not get ready."""
        self._model = self._newest_model() or self._model
        for place in range(len(self.parts)):
            step = self._beside(place) if self._overlaps else self._in_place(place)
            if not (yield from step):
                return False
        logger.info("all servers are renewed")
        return True

    def _beside(self, place: int) -> Steps:
        """Starts a new server, and ends the old one once the new one is ready."""
        old = self.parts[place]
        name = next(name for name in self._names if name not in {p.name for p in self.parts})
        new = self._made(name)
        try:
            new.start()
            if not (yield from self._is_ready(new)):
                return False
            self.parts[place] = new
        finally:
            if self.parts[place] is not new:
                new.stop()
                new.wait(time.monotonic() + STOP_SECONDS)
        yield from self._ended(old)
        return True

    def _in_place(self, place: int) -> Steps:
        """Ends a server and starts it anew; what connects meanwhile waits."""
        old = self.parts[place]
        yield from self._ended(old)
        self.parts[place] = new = self._made(old.name)
        new.start()
        return (yield from self._is_ready(new))

    def _is_ready(self, new: Part) -> Steps:
        late = time.monotonic() + READY_SECONDS
        while not new.is_ready:
            if not new.is_alive or time.monotonic() > late:
                logger.error("a new server did not get ready; the others stay as they are")
                return False
            yield
        return True

    def _ended(self, old: Part) -> Steps:
        self._leaving = [old]
        old.stop()
        late = time.monotonic() + STOP_SECONDS
        while old.is_alive and time.monotonic() < late:
            yield
        old.wait(late)
        self._leaving = []
        return True

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop.set()

    def _renew(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_renew.set()


def listening(host: str, port: int) -> socket.socket:
    """Returns a socket that has its port and does not listen yet; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


def free_port() -> int:
    """Returns a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
