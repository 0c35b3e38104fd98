"""`docent doctor`: looks at everything that a running Docent needs, and says what to mend.

It changes nothing: an old schema is named, not migrated; a missing model is named, not trained.
"""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bot.channels.checking import Finding, look_at
from bot.config import Settings
from bot.content import publish
from bot.content.voice import load_voice
from bot.errors import DocentError
from bot.store import condition
from bot.store.database import Database

# Less room than this for the database and its journal is too little for a busy day.
LEAST_FREE_BYTES = 1_000_000_000
# A visitor should have an answer long before this, staff the post.
LONGEST_WAIT_SECONDS = 60.0
READY_SECONDS = 5.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")

Look = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Yields what was found, one part after the other; a part that fails is a finding too."""
    for name, look in LOOKS.items():
        try:
            yield from look(settings)
        except Exception as error:
            # The text of a database's or a network's error may hold an address with a password.
            words = str(error) if isinstance(error, DocentError) else type(error).__name__
            yield Finding(name, False, words)


def _settings(settings: Settings) -> Iterator[Finding]:
    exposed = settings["HOST"] not in LOOPBACK
    if exposed and not settings["DESK_PASSWORD"]:
        words = "HOST is open to others and DESK_PASSWORD is not set. The desk stays shut; set it."
        yield Finding("settings", False, words)
    elif settings.enabled - {"slack"} and not settings["PUBLIC_URL"].startswith("https://"):
        words = "Platforms call only an https:// address. Set PUBLIC_URL to yours."
        yield Finding("settings", False, words)
    else:
        on = ", ".join(["web", *sorted(settings.enabled)])
        yield Finding("settings", True, f"channels {on}")
    if (env := settings.root / ".env").exists() and _others_read(env):
        yield Finding("settings", False, "Everybody on this machine reads .env: chmod 600 .env")


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _content(settings: Settings) -> Iterator[Finding]:
    voice = load_voice(settings.root / "data")
    places = len(voice.museum.departments)
    yield Finding("content", True, f"{places} departments; docent lint looks at the topics")


def _model(settings: Settings) -> Iterator[Finding]:
    model = publish.current_model(settings.root)
    if model is None:
        words = "There is none for the content as it is. docent up trains one, or docent train."
        yield Finding("model", False, words)
    else:
        yield Finding("model", True, model.name.removesuffix(".tar.gz"))


def _database(settings: Settings) -> Iterator[Finding]:
    file = condition.file_of(settings.database_url)
    if file is not None and not file.exists():
        yield Finding("database", True, "none yet; docent up makes it")
        return
    database = Database(settings.database_url)
    try:
        yield _schema(database)
        yield from _queues(database)
    finally:
        database.close()


def _schema(database: Database) -> Finding:
    kind = "sqlite" if database.is_sqlite else "postgresql"
    found, newest = database.now(condition.schema), condition.newest_schema()
    if found == newest:
        return Finding("database", True, f"{kind}, schema {found}")
    if found is not None and found > newest:
        words = f"its schema is {found} and this Docent's is {newest}: a newer one has used it"
        return Finding("database", False, f"{words}. Start that one, or restore a backup.")
    words = (
        f"its schema is {found or 'empty'}, the newest is {newest}. docent migrate, or docent up"
    )
    return Finding("database", False, words)


def _queues(database: Database) -> Iterator[Finding]:
    for name, queue in database.now(condition.waiting).items():
        late = queue.seconds > LONGEST_WAIT_SECONDS
        words = f"{queue.rows} {name}"
        if late:
            words += f", the oldest for {queue.seconds:.0f} s. Is docent up running? See its log."
        yield Finding("queues", not late, words)
    if failed := database.now(condition.dead):
        words = f"{failed} messages to visitors failed for good within a day"
        yield Finding("queues", False, f"{words}; docs/operations.md says how to send them again.")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.root).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        yield Finding("disk", False, f"{words}. Make room: without it nothing is accepted.")
    else:
        yield Finding("disk", True, words)


def _channels(settings: Settings) -> Iterator[Finding]:
    from bot.server import CHANNELS

    made = [channel(settings) for channel in CHANNELS]
    database = Database(settings.database_url)
    try:
        yield from asyncio.run(look_at([each for each in made if each.is_enabled], database))
    finally:
        database.close()


def _server(settings: Settings) -> Iterator[Finding]:
    host = settings["HOST"] if settings["HOST"] in LOOPBACK else "127.0.0.1"
    address = f"http://{host}:{settings.port}/ready"
    try:
        answer = httpx.get(address, timeout=READY_SECONDS)
    except httpx.HTTPError:
        yield Finding("server", False, f"Nothing answers at {address}. Start it: docent up")
        return
    ready = answer.status_code == 200
    yield Finding("server", ready, "ready" if ready else f"not ready: {answer.text[:200]}")


LOOKS: dict[str, Look] = {
    "settings": _settings,
    "content": _content,
    "model": _model,
    "database": _database,
    "disk": _disk,
    "channels": _channels,
    "server": _server,
}
