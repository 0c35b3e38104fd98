"""A world in which processes die: what they left in the log, and what the platform took."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import claims
import sqlalchemy as sa
from conftest import LIMITS, Book
from dying import Died, Mortal
from sqlalchemy.util import LRUCache

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.dialogue import Turn
from bot.inbox import Inbox
from bot.messages import Inbound, Outbound, Reply
from bot.outbox import Outbox
from bot.store import queue
from bot.store.database import Database
from bot.translate import NoTranslator
from bot.windows import Window

# One visitor writes in each way; the answer to each text can be told from every other.
WRITTEN = [
    ("ada", "Is it free?"),
    ("mei", "几点开门？"),
    ("ada", "And on Sundays 星期天?"),
]
COMPILED = LRUCache(500)


def answer_to(text: str) -> str:
    return f"On {text!r}: yes 是的"


class Echo:
    """A dialogue that answers each text in its own words, and remembers what it was asked."""

    async def run(
        self, conversation_id: str, text: str, language: str, memory: Any, *_: Any, **__: Any
    ) -> Turn:
        remembered = [*(memory or []), {"event": "user", "text": text}]
        return Turn(remembered, [Reply(answer_to(text))])

    async def read(self, text: str) -> dict[str, Any]:
        return {"decision": "answer", "intent": {"name": f"faq/{text}"}}


class Platform:
    """Takes everything and always tells; the process may die before it hears."""

    limits = LIMITS["web"]
    window: Window | None = None

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []

    def template(self) -> str:
        return ""

    async def deliver(self, person_id: str, message: Outbound) -> str:
        self.taken.append((person_id, message.text, f"p.{len(self.taken)}"))
        return self.taken[-1][2]


class World:
    """What outlives a process: the database, the platform, and what it has not heard 200 for."""

    def __init__(self, url: str, casework: Casework, voice: Voice) -> None:
        self.url, self.casework, self.voice = url, casework, voice
        self.platform = Platform()
        self.posts = [
            Inbound("web", person, f"m.{number}", text)
            for number, (person, text) in enumerate(WRITTEN)
        ]
        self.acknowledged = 0
        self.steps = 0

    def live(self, steps: int | None) -> bool:
        """Lets one process do all that there is to do; False where it died on the way."""
        with self._process() as database:
            mortal = asyncio.run(self._until_death(database, steps))
        self.steps = mortal.taken
        return not mortal.is_dead

    async def _until_death(self, database: Database, steps: int | None) -> Mortal:
        """Works until everything is done, or stops in mid-air where the process dies."""
        loop, working = asyncio.get_running_loop(), asyncio.create_task(self._work(database))
        mortal = Mortal(database, steps, partial(loop.call_soon_threadsafe, working.cancel))
        with suppress(Died, asyncio.CancelledError):
            await working
        return mortal

    @contextmanager
    def _process(self) -> Iterator[Database]:
        database = Database(self.url)
        # Hundreds of processes say the same: what one has compiled serves all.
        database.engine._compiled_cache = COMPILED
        if database.is_sqlite:
            # Nobody pulls the plug of a test: do not wait for the disk.
            quick = "PRAGMA synchronous=OFF"
            sa.event.listen(database.engine, "connect", lambda c, _: c.execute(quick))
        try:
            yield database
        finally:
            database.close()

    def inbox(self, database: Database) -> Inbox:
        """Makes the inbox of one process."""
        echo: Any = Echo
        words = (self.casework, self.voice, LIMITS, NoTranslator())
        return Inbox(database, echo, *words, lambda: None)

    def outbox(self, database: Database) -> Outbox:
        """Makes the outbox of one process."""
        nobody: Any = lambda *_: None  # noqa: E731
        senders: Any = {"web": self.platform}
        return Outbox(database, senders, nobody, nobody, nobody, lambda: None)

    async def post(self, inbox: Inbox) -> None:
        """Posts what was not acknowledged yet, one message after the other."""
        while self.acknowledged < len(self.posts):
            await inbox.accept([self.posts[self.acknowledged]])
            self.acknowledged += 1

    async def _work(self, database: Database) -> None:
        inbox, outbox = self.inbox(database), self.outbox(database)
        await database.run(queue.recover, everything=database.is_sqlite)
        await self.post(inbox)
        while (asked := await claims.one(inbox)) is not None:
            await inbox.answer(asked)
        while (leaving := await claims.one(outbox)) is not None:
            await outbox.deliver(leaving)

    # -- what must hold -----------------------------------------------------------------------

    def check(self) -> None:
        """Holds the log and the platform against what was written."""
        with self._process() as database:
            book = Book(database)
            heard, said = book.rows(direction="in"), book.rows(direction="out")
            memories = {p: book.talk(f"web:{p}").memory for p, _ in WRITTEN}
        assert [row.text for row in heard] == [text for _, text in WRITTEN]
        assert {(row.state, row.reason) for row in heard} == {("answered", "answered")}
        assert sorted(row.in_reply_to for row in said) == [row.seq for row in heard]
        assert {row.state for row in said} == {"sent"}
        for person in ("ada", "mei"):
            texts = [text for name, text in WRITTEN if name == person]
            assert [event["text"] for event in memories[person]] == texts
            self._check_read(person, texts, said)

    def _check_read(self, person: str, texts: list[str], said: list[Any]) -> None:
        read = [text for name, text, _ in self.platform.taken if name == person]
        once = [text for at, text in enumerate(read) if at == 0 or read[at - 1] != text]
        assert once == [answer_to(text) for text in texts], "in order, and nothing left out"
        flagged = {row.text for row in said if row.maybe_twice}
        assert {text for text in read if read.count(text) > 1} <= flagged
        ids = {name for _, _, name in self.platform.taken}
        assert {row.platform_id for row in said} <= ids
