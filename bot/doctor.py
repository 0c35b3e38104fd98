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

from bot import passwords, symptoms
from bot.channels.checking import Finding, look_at
from bot.config import Settings
from bot.content import publish
from bot.content.voice import load_voice
from bot.errors import DocentError
from bot.store import condition
from bot.store.database import Database

# Less room than this for the database and its journal is too little for a busy day.
LEAST_FREE_BYTES = 1_000_000_000
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
    if words := passwords.hint(settings["DESK_PASSWORD"]):
        short = len(settings["DESK_PASSWORD"]) < passwords.SHORTEST
        yield Finding("settings", not short, words)
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


def _disk(settings: Settings) -> Iterator[Finding]:
    places = {settings.files_folder, settings.root / "var"}
    if (file := condition.file_of(settings.database_url)) is not None:
        places.add(file.parent)
    # By what is left: folders of one disk are named once.
    free = {shutil.disk_usage(_standing(place)).free: place for place in sorted(places)}
    for left, place in free.items():
        words = f"{left / 1e9:.1f} GB free in {place.name}"
        if left < LEAST_FREE_BYTES:
            yield Finding("disk", False, f"{words}. Make room: without it nothing is accepted.")
        else:
            yield Finding("disk", True, words)


def _standing(place: Path) -> Path:
    """Returns a folder, or what it would lie in."""
    return next(each for each in (place, *place.parents) if each.exists())


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
    address = f"http://{host}:{settings.port}"
    try:
        answer = httpx.get(f"{address}/ready", timeout=READY_SECONDS)
    except httpx.HTTPError:
        yield Finding("server", False, f"Nothing answers at {address}. Start it: docent up")
        return
    ready = answer.status_code == 200
    yield Finding("server", ready, "ready" if ready else f"not ready: {answer.text[:200]}")
    yield from symptoms.of_loaded_model(settings, address)


LOOKS: dict[str, Look] = {
    "settings": _settings,
    "content": _content,
    "model": _model,
    "database": symptoms.of_database,
    "redis": symptoms.of_redis,
    "disk": _disk,
    "channels": _channels,
    "server": _server,
}
