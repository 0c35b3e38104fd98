"""What Docent's own log says of the messages of a run, read beside the running program."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

OPEN = ("received", "answering", "queued", "sending")


class Ledger:
    """The log of one run.

    Args:
        url: The database's address, as the program has it.
    """

    def __init__(self, url: str) -> None:
        self._is_sqlite = url.startswith("sqlite:///")
        how: dict[str, Any] = {}
        if self._is_sqlite:
            # Never `bot.store.database`: it begins each transaction with the one write lock.
            url = f"sqlite:///file:{url.removeprefix('sqlite:///')}?mode=ro&uri=true"
            # Asked from several threads, one after the other.
            how = {"check_same_thread": False}
        self._lock = threading.Lock()
        self._engine = sa.create_engine(url, future=True, poolclass=StaticPool, connect_args=how)

    def close(self) -> None:
        """Closes the connection."""
        self._engine.dispose()

    def count(self, direction: str = "in", state: str = "answered") -> int:
        """Returns how many messages are in a state."""
        query = "SELECT count(*) FROM messages WHERE direction = :direction AND state = :state"
        return int(self._rows(query, direction=direction, state=state)[0][0])

    def open_messages(self) -> int:
        """Returns how many messages are still to be answered or to be sent."""
        states = ", ".join(f"'{state}'" for state in OPEN)
        return int(self._rows(f"SELECT count(*) FROM messages WHERE state IN ({states})")[0][0])

    def ends(self) -> dict[str, int]:
        """Returns how many messages of visitors ended how: `answered`, `relayed`, `received`."""
        query = """
            SELECT CASE WHEN state <> 'answered' THEN state
                        WHEN substr(reason, 1, 21) = 'answered with message'
                        THEN 'answered with another'
                        ELSE coalesce(reason, '?') END, count(*)
            FROM messages WHERE direction = 'in' GROUP BY 1
        """
        return {str(name): int(count) for name, count in self._rows(query)}

    def answers(self) -> Mapping[str, list[str]]:
        """Returns for each message of a visitor the platform's ids of its answers.

        Messages that were answered together share the answers of the one that is named.
        """
        query = """
            SELECT asked.platform_id, said.platform_id FROM messages AS asked
            JOIN messages AS said ON said.in_reply_to = asked.seq AND said.direction = 'out'
            WHERE asked.direction = 'in' AND said.state = 'sent' ORDER BY said.seq
        """
        found: dict[str, list[str]] = {}
        for asked, said in self._rows(query):
            found.setdefault(str(asked), []).append(str(said))
        return found

    def dead(self) -> dict[str, int]:
        """Returns how many messages to visitors will never be sent, by channel and reason."""
        query = """
            SELECT channel || ': ' || coalesce(reason, '?'), count(*) FROM messages
            WHERE direction = 'out' AND state = 'dead' GROUP BY 1
        """
        return {str(name): int(count) for name, count in self._rows(query)}

    def unclaimed_cases(self) -> list[str]:
        """Returns the open cases that nobody has."""
        query = "SELECT ref FROM cases WHERE open_key IS NOT NULL AND owner_id IS NULL"
        return [str(row[0]) for row in self._rows(query) if row[0]]

    def size_bytes(self) -> int:
        """Returns how large the database is."""
        query = "SELECT pg_database_size(current_database())"
        if self._is_sqlite:
            query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return int(self._rows(query)[0][0])

    def _rows(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        with self._lock, self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]
