"""What the tests of all rooms share: a fresh database, the museum's voice, a clock, the model."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from postgres import migrated_database
from sanic import Sanic
from sqlalchemy.engine import Row

from bot.config import ROOT
from bot.content.voice import Voice, load_voice
from bot.desk.casework import Casework
from bot.language import settle
from bot.limits import Limits
from bot.messages import Inbound
from bot.store import log
from bot.store.database import Database
from bot.store.tables import messages

Result = TypeVar("Result")

# Several servers in one process, each with its own routes and none in the others' way.
Sanic.test_mode = True

# A Tuesday and a Monday night in winter, when London's clock is UTC.
STAFFED = datetime(2026, 11, 24, 11, 0, tzinfo=timezone.utc)
NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)
LIMITS = {
    "messenger": Limits(length=2000),
    "web": Limits(length=4000, choices=6, label=40),
    "tiny": Limits(length=40, choices=2, label=8),
}


@dataclass
class Clock:
    """The moment that the store takes for now."""

    at: datetime = STAFFED

    def __call__(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        """Moves the clock on."""
        self.at += timedelta(**by)


class Book:
    """The conversation log as a test reads and writes it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers = count(1)

    def heard(
        self,
        text: str = "Is it free?",
        person: str = "7",
        channel: str = "messenger",
        language: str | None = None,
        **more: Any,
    ) -> int:
        """Accepts a visitor's message and returns its number."""
        platform_id = more.pop("platform_id", f"m.{next(self._numbers)}")
        inbound = Inbound(channel, person, platform_id, text, **more)
        seq = self.database.now(log.accept, inbound, language or settle(text, None), {})
        assert seq is not None
        return seq

    def said(self, text: str = "Yes.", person: str = "7", **values: Any) -> int:
        """Lays a message to a visitor who has written before."""
        channel = values.pop("channel", "messenger")
        row = {
            "conversation_id": f"{channel}:{person}",
            "channel": channel,
            "direction": "out",
            "author": "bot",
            "text": text,
            "state": "queued",
            **values,
        }
        return self.database.now(log.add_message, **row)

    def row(self, seq: int) -> Row[Any]:
        """Returns one message."""
        found = self.database.now(log.message, seq)
        assert found is not None
        return found

    def rows(self, table: sa.Table = messages, **where: Any) -> list[Row[Any]]:
        """Returns the rows of a table with these values, oldest first."""
        order = next(iter(table.primary_key.columns))
        query = sa.select(table).order_by(order)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(self.database.now(lambda c: c.execute(query).all()))

    def texts(self, **where: Any) -> list[str]:
        """Returns the texts of messages, oldest first."""
        return [row.text for row in self.rows(**where)]

    def talk(self, conversation_id: str = "messenger:7") -> Row[Any]:
        """Returns a conversation."""
        found = self.database.now(log.conversation, conversation_id)
        assert found is not None
        return found

    def change(self, seq: int, **values: Any) -> None:
        """Sets columns of a message."""
        self.database.now(log.change_message, seq, **values)

    def speaker(self, speaker: str, conversation_id: str = "messenger:7") -> None:
        """Says who speaks in a conversation."""
        self.database.now(log.change_conversation, conversation_id, speaker=speaker)


def listening() -> socket.socket:
    """Returns a socket on a free port; Sanic reads port 0 as its default, 8000."""
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    return opened


class Loop:
    """An event loop in a thread of its own, for servers that a test talks to from outside."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], seconds: float = 15.0) -> Result:
        """Runs a coroutine there and returns its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def close(self) -> None:
        """Ends the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file at the newest revision; each test works on a copy."""
    path = tmp_path_factory.mktemp("schema") / "docent.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Database]:
    """A database of this test alone; PostgreSQL where a test asks for it (tests/postgres.py)."""
    if getattr(request, "param", "sqlite") == "postgresql":
        opened = Database(migrated_database())
        yield opened
        opened.close()
        return
    shutil.copy(migrated, tmp_path / "docent.db")
    opened = Database(f"sqlite:///{tmp_path}/docent.db")
    # Nobody pulls the plug of a test: do not wait for the disk.
    sa.event.listen(opened.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    yield opened
    opened.close()


@pytest.fixture
def book(database: Database) -> Book:
    """The log of this test's database."""
    return Book(database)


@pytest.fixture(scope="session")
def voice() -> Voice:
    """The museum's facts and sentences as they are published."""
    return load_voice(ROOT / "data")


@pytest.fixture
def casework(voice: Voice) -> Casework:
    """The desk with Slack on and five seconds to take a reply back."""
    return Casework(voice, LIMITS, 5, True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still, on a Tuesday at eleven, when the desk is staffed."""
    frozen = Clock()
    for module in ("log", "queue", "cases", "sessions", "windows", "changes", "tokens", "echoes"):
        monkeypatch.setattr(f"bot.store.{module}.now", frozen)
    return frozen


@pytest.fixture(scope="session")
def action_server() -> Iterator[str]:
    """The real action server on a free port; the address of its webhook."""
    from actions.serve import make_app

    loop, app = Loop(), make_app("a-secret")

    async def start() -> Any:
        server = await app.create_server(sock=listening(), return_asyncio_server=True)
        await server.startup()
        return server

    server = loop.run(start())
    port = server.server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/webhook"
    loop.run(_closed(server))
    loop.close()


async def _closed(server: Any) -> None:
    await server.close()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the content as it is; trained where there is none."""
    from bot.content import publish

    with _rasas_own_warnings():
        return publish.current_model() or publish.train()


@pytest.fixture(scope="session")
def agent(model: Path) -> Any:
    """The model, loaded once, with the actions in this process."""
    from actions import local
    from bot.dialogue import load_agent

    with _rasas_own_warnings():
        return load_agent(model, local.answer)


@contextmanager
def _rasas_own_warnings() -> Iterator[None]:
    """Lets Rasa load its libraries: a dozen of them warn, and none is ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def until() -> Callable[..., Any]:
    """Waits in an async test for something to become true, and returns it."""

    async def wait(true: Callable[[], Any], seconds: float = 8.0) -> Any:
        end = asyncio.get_running_loop().time() + seconds
        while not (found := true()):
            assert asyncio.get_running_loop().time() < end, "waited in vain"
            await asyncio.sleep(0.01)
        return found

    return wait


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the scenarios first: a file of them takes a minute, and the last one is waited for."""
    items.sort(key=lambda item: "scenarios" not in item.path.parts)
