"""What is taken away under traffic, and how it comes back."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from standins.graph import GraphStandin
from standins.slack import SlackStandin
from standins.translators import TranslatorStandin

from chaos.program import Service
from chaos.stores import Postgres, Redis

# More than any scene sends: what is asked for "the next n" holds until it is cleared.
ALL = 100_000
# Longer than the channels wait for an answer.
HANGS_SECONDS = 60.0
DISK_MEGABYTES = 32


@dataclass(frozen=True)
class Scene:
    """One outage.

    Args:
        name: What is away.
        away: Takes it away, and brings it back when it is left.
        seconds: How long it is away.
        refuses: Whether webhooks cannot be accepted meanwhile.
        asks_staff: Whether visitors also ask for a person in this scene.
    """

    name: str
    away: Callable[[], Any]
    seconds: float = 10.0
    refuses: bool = False
    asks_staff: bool = False


def of_sqlite(service: Service, file: Path, disk: Path | None) -> list[Scene]:
    """What can happen to a file."""
    full = (lambda: _full(disk, file)) if disk else (lambda: _limited(service))
    return [
        Scene("the file is locked by another process", lambda: _locked(file), refuses=True),
        Scene("the disk is full", full, refuses=True),
    ]


def of_postgres(postgres: Postgres) -> list[Scene]:
    """What can happen to a server."""
    return [
        Scene("PostgreSQL is stopped", lambda: _stopped(postgres), refuses=True),
        Scene("PostgreSQL hangs", lambda: _frozen(postgres), refuses=True),
        Scene("messages are locked", lambda: _table_locked(postgres), refuses=True),
    ]


def of_redis(redis: Redis) -> list[Scene]:
    """What can happen to what only wakes the others."""
    return [
        Scene("Redis is stopped", lambda: _between(lambda: redis.away(True), redis.away)),
        Scene("Redis hangs", lambda: _between(lambda: redis.freeze(True), redis.freeze)),
    ]


def of_platform(graph: GraphStandin) -> list[Scene]:
    """What can happen to Meta, while the other platforms are well."""

    def faulty(begin: Callable[[], None]) -> Callable[[], Any]:
        return lambda: _between(begin, lambda _: graph.clear_faults())

    return [
        Scene("Messenger is down", lambda: _down(graph)),
        Scene(
            "Messenger hangs",
            faulty(lambda: graph.hang_next(HANGS_SECONDS, ALL, on="any", taken=False)),
        ),
        Scene("Messenger answers 500", faulty(lambda: graph.fail_next(ALL, status=500))),
        Scene(
            "Messenger answers 429",
            faulty(lambda: graph.fail_next(ALL, status=429, code=613, retry_after=3)),
        ),
        Scene("Messenger cuts connections", faulty(lambda: graph.accept_then_drop(ALL)), 3.0),
    ]


def of_staff(slack: SlackStandin, translator: TranslatorStandin) -> list[Scene]:
    """What can happen to what staff look through."""
    hanging = lambda: translator.hang_next(HANGS_SECONDS, ALL)  # noqa: E731
    return [
        Scene("Slack is down", lambda: _down(slack), asks_staff=True),
        Scene(
            "the translator hangs",
            lambda: _between(hanging, lambda _: translator.clear_faults()),
            asks_staff=True,
        ),
    ]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mounts a small disk of its own, where that is allowed; None elsewhere."""
    folder.mkdir(parents=True)
    size = f"size={DISK_MEGABYTES}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def _between(begin: Callable[[], None], end: Callable[[bool], None]) -> Iterator[None]:
    begin()
    try:
        yield
    finally:
        end(False)


@contextmanager
def _down(standin: Any) -> Iterator[None]:
    standin.down()
    try:
        yield
    finally:
        standin.up()


@contextmanager
def _stopped(postgres: Postgres) -> Iterator[None]:
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


@contextmanager
def _frozen(postgres: Postgres) -> Iterator[None]:
    postgres.freeze(True)
    try:
        yield
    finally:
        postgres.freeze(False)


@contextmanager
def _table_locked(postgres: Postgres) -> Iterator[None]:
    engine = sa.create_engine(postgres.url, future=True)
    with engine.begin() as connection:
        connection.execute(sa.text("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with closing(_opened(file)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield
        held.execute("ROLLBACK")


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)


@contextmanager
def _full(disk: Path, database: Path) -> Iterator[None]:
    """Fills a disk to the last byte, and keeps it so."""
    with closing(_opened(database)) as opened:
        # A log that was long once has room for a while of writing.
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filler, ended = disk / "filler", threading.Event()

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            while not ended.is_set():
                for size in (1 << 20, 4096, 1):
                    with suppress(OSError):
                        while file.write(b"\0" * size):
                            pass
                ended.wait(0.02)

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        yield
    finally:
        ended.set()
        filling.join()
        filler.unlink()


@contextmanager
def _limited(service: Service) -> Iterator[None]:
    """Forbids every process of the program to write to files, as a full disk does."""
    before = {pid: _limit(pid, 0) for pid in service.pids()}
    try:
        yield
    finally:
        for pid, limit in before.items():
            _limit(pid, limit)


def _limit(pid: int, most: int) -> int:
    with suppress(ProcessLookupError):
        soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
        return soft
    return resource.RLIM_INFINITY


def names(scenes: Sequence[Scene]) -> list[str]:
    """Returns what the scenes are called."""
    return [scene.name for scene in scenes]
