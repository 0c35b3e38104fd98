"""What the command does around a start: the listening socket, a model, the news of a new one."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.config import Settings, load_settings
from bot.errors import DocentError
from bot.parts import BACKLOG
from bot.supervisor import listening


@contextmanager
def door(host: str, port: int) -> Iterator[socket.socket]:
    """Gives the socket that all servers share; it has its port, and nobody can connect yet.

    Raises:
        DocentError: The port is in use.
    """
    try:
        opened = listening(host, port)
    except OSError as error:
        raise DocentError(_in_use(port)) from error
    with opened:
        yield opened


def listen(door: socket.socket) -> None:
    """Lets visitors connect.

    Raises:
        DocentError: The port is in use.
    """
    try:
        door.listen(BACKLOG)
    except OSError as error:
        raise DocentError(_in_use(door.getsockname()[1])) from error


def _in_use(port: int) -> str:
    return f"Port {port} is in use. Stop what uses it, or choose --port."


def prepared(settings: Settings) -> int:
    """Sees to it that there is a model; returns the number of the last publication."""
    from bot import publishing

    with _reachable(settings) as database:
        publishing.for_start(database, publishing.train_elsewhere)
        return 0 if database is None else publishing.newest_number(database)


def model() -> Path:
    """Returns the model of the content as it is, trained where there is none."""
    from bot import publishing

    return publishing.for_start(None, publishing.train_elsewhere)


def announce(trained: Path) -> None:
    """Publishes a model that was trained here to all servers; says so where it cannot."""
    from bot import publishing
    from bot.bus import MODEL, tell_once

    settings = load_settings()
    with _reachable(settings, making=False) as database:
        if database is None:
            words = "The servers were not told: there is no database, or it cannot be reached."
            print(words, file=sys.stderr, flush=True)
            return
        database.now(publishing.announce, trained)
    tell_once(settings["REDIS_URL"], MODEL)


@contextmanager
def _reachable(settings: Settings, *, making: bool = True) -> Iterator[Any]:
    """Gives the migrated database, or None where it is away."""
    from bot.store import DatabaseError, condition
    from bot.store.database import Database

    file = condition.file_of(settings.database_url)
    if file is not None and not file.exists() and not making:
        yield None
        return
    database = Database(settings.database_url)
    try:
        try:
            database.migrate()
        except DatabaseError:
            yield None
        else:
            yield database
    finally:
        database.close()


def say_addresses(settings: Settings, port: int) -> None:
    """Writes to stderr where everything is."""
    address = (
        f"http://{'localhost' if settings['HOST'] == '127.0.0.1' else settings['HOST']}:{port}"
    )
    lines = [
        "Docent is starting.",
        f"  Visitors chat at        {address}/",
        f"  Staff answer at         {address}/desk",
        f"  Ready when this is 200  {address}/ready",
        f"  Channels                {', '.join(['web', *sorted(settings.enabled)])}",
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)
