"""Several server processes on PostgreSQL and Redis, with visitors who go on writing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from redis_server import RedisServer
from standins.graph import GraphStandin
from standins.slack import SlackStandin

from bot.store.database import Database

from .house import House
from .program import arguments
from .waiting import START_SECONDS, until

QUESTIONS = ("Is the museum free?", "几点关门？", "Do you have 寄存 lockers?")
# A visitor who writes faster would be asked to slow down.
BETWEEN_SECONDS = 0.15


class Company(House):
    """A house that several servers keep."""

    def __init__(
        self, folder: Path, graph: GraphStandin, slack: SlackStandin, database: str, redis: str
    ) -> None:
        several = {"DATABASE_URL": database, "REDIS_URL": redis, "WORKERS": "2"}
        super().__init__(folder, graph, slack, **several)
        self.database = Database(database)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Reads the program's database beside it; `?` stands for a value, as on SQLite."""
        named = {f"v{index}": value for index, value in enumerate(values)}
        for name in named:
            query = query.replace("?", f":{name}", 1)
        return self.database.now(lambda c: c.execute(sa.text(query), named).mappings().all())

    def servers(self) -> list[int]:
        """The process ids of the servers."""
        return [pid for pid in self.program.pids()[1:] if "serve" in arguments(pid)]

    def server_of(self, port: int) -> int:
        """The server that accepted a connection from this port."""
        for pid in self.servers():
            for each in psutil.Process(pid).net_connections("tcp"):
                if each.raddr and each.raddr.port == port:
                    return pid
        raise AssertionError("no server has this connection")

    def was_sent(self, conversation: str) -> bool:
        """Whether an answer of this conversation is on its page."""
        sent = "SELECT 1 FROM messages WHERE conversation_id = ? AND state = 'sent'"
        return bool(self.rows(sent, conversation))

    def said(self, event: str) -> int:
        """How often the program has logged this."""
        return self.program.log().count(f'"event": "{event}"')

    def wait_said(self, event: str, times: int) -> None:
        """Waits until the program has logged this so often."""
        what = f"{event!r} {times} times"
        until(lambda: self.said(event) >= times, what, START_SECONDS)


class Visitors:
    """People who write one after the other until they are told to stop.

    Args:
        house: Where they write.
        name: What their ids begin with.
    """

    def __init__(self, house: Company, name: str) -> None:
        self._house = house
        self._name = name
        self._told_to_stop = threading.Event()
        self._thread = threading.Thread(target=self._write_on, daemon=True)
        self.refused: dict[str, str] = {}
        self.wrote: list[str] = []

    def __enter__(self) -> Visitors:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._told_to_stop.set()
        self._thread.join()

    def were_all_answered(self) -> Sequence[str]:
        """Waits for the last answer; fails where somebody was refused or answered twice."""
        assert not self.refused
        sent = self._house.graph.sent
        for psid in self.wrote:
            until(lambda psid=psid: sent(psid), f"an answer for {psid}")
            self._house.settled(psid)
            assert len(sent(psid)) == 1, [each.text for each in sent(psid)]
        return self.wrote

    def _write_on(self) -> None:
        while not self._told_to_stop.wait(BETWEEN_SECONDS):
            psid = f"{self._name}-{len(self.wrote)}"
            try:
                self._house.write(psid, QUESTIONS[len(self.wrote) % len(QUESTIONS)])
            except (AssertionError, OSError) as error:
                self.refused[psid] = repr(error)
            self.wrote.append(psid)


def stopped(server: RedisServer) -> None:
    """Ends a Redis that a test may have killed already."""
    with suppress(OSError):
        server.remove()
