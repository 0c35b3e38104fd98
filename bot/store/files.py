"""Files of cases: laid out to be fetched, claimed, held, and told what became of them.

States: `waiting` to be fetched, `fetching`, `held` here, `posted` in the case's Slack thread,
`sent` to the visitor, `refused` by a rule of ours, `failed`, `deleted` when their time was over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row, log
from bot.store.cases import CLOSED_STATES
from bot.store.file_table import files
from bot.store.queue import finish, retry
from bot.store.tables import cases, messages

__all__ = ["files"]

# A fetch and a scan of the largest file take less, or are over.
LEASE = timedelta(seconds=180)
# How soon a message is looked at again whose file is not here yet.
LOOK_AGAIN = timedelta(seconds=0.5)
UNFINISHED = ("waiting", "fetching")


def add(connection: Connection, **values: Any) -> int | None:
    """Lays out a file to be fetched; None where it is there already, by its `key`."""
    row = {"state": "waiting", "at": log.now(), **values}
    return log.insert_ignoring(connection, files, row)


def file(connection: Connection, file_id: int) -> Row[Any] | None:
    """Returns one file, or None."""
    return connection.execute(sa.select(files).where(files.c.id == file_id)).one_or_none()


def of_case(connection: Connection, case_id: int) -> Sequence[Row[Any]]:
    """Returns the files of a case, oldest first."""
    query = sa.select(files).where(files.c.case_id == case_id).order_by(files.c.id)
    return connection.execute(query).all()


def by_message(connection: Connection, conversation_id: str) -> dict[int, list[Row[Any]]]:
    """Returns the files of a conversation by the number of their message, oldest first."""
    query = sa.select(files).where(files.c.conversation_id == conversation_id)
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query.order_by(files.c.id)):
        found[row.message_seq].append(row)
    return found


def change(connection: Connection, file_id: int, **values: Any) -> None:
    """Sets columns of a file."""
    connection.execute(sa.update(files).where(files.c.id == file_id).values(**values))


def end(connection: Connection, file_id: int, state: str, **values: Any) -> None:
    """Ends the work on a file."""
    finish(connection, files, file_id, state, **values)


def claim(connection: Connection) -> Row[Any] | None:
    """Takes the oldest file that is to be fetched now, or None."""
    at = log.now()
    due = files.c.not_before.is_(None) | (files.c.not_before <= at)
    oldest = sa.select(files).where(files.c.state == "waiting", due).order_by(files.c.id)
    found = connection.execute(oldest.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is not None:
        change(connection, found.id, state="fetching", lease_until=at + LEASE)
    return found


def recover(connection: Connection, everything: bool) -> int:
    """Gives back what a dead worker was fetching; `everything` where there is no other process."""
    dead = files.c.state == "fetching"
    if not everything:
        dead &= files.c.lease_until < log.now()
    values = {"state": "waiting", "lease_until": None}
    return int(connection.execute(sa.update(files).where(dead).values(**values)).rowcount)


def carried_by(connection: Connection, message: Row[Any]) -> Row[Any] | None:
    """Returns the file that a message to a visitor carries, or None where it is words."""
    file_id = message.payload.get("file")
    return None if file_id is None else file(connection, file_id)


def is_ready(connection: Connection, message: Row[Any], carried: Row[Any]) -> bool:
    """Tells whether a claimed message's file may be sent now.

    Where it is still to come, the message is given back for a moment, and no try is counted; where
    it will never come, the message is cancelled.
    """
    if carried.state in UNFINISHED:
        soon = log.now() + LOOK_AGAIN
        finish(connection, messages, message.seq, "queued", not_before=soon)
    elif carried.digest is None:
        why = {"reason": carried.reason, "done_at": log.now()}
        finish(connection, messages, message.seq, "cancelled", **why)
    return carried.digest is not None


def ended(
    connection: Connection, message: Row[Any], state: str, reason: str | None = None
) -> None:
    """Notes on a message's file, if it has one, how sending it ended."""
    file_id = message.payload.get("file")
    if file_id is not None:
        change(connection, file_id, state=state, reason=reason)


def again(connection: Connection, file_id: int, seconds: float, reason: str) -> None:
    """Gives a file back, to be fetched again after so many seconds."""
    retry(connection, files, file_id, "waiting", seconds, reason)


def is_held(connection: Connection, digest: str) -> bool:
    """Tells whether these bytes belong to a file."""
    query = sa.select(files.c.id).where(files.c.digest == digest).limit(1)
    return connection.execute(query).first() is not None


def outdated(connection: Connection, days: int, most: int = 50) -> Sequence[Row[Any]]:
    """Returns files whose bytes are here and whose case was closed so many days ago."""
    before = log.now() - timedelta(days=days)
    query = (
        sa.select(files)
        .join(cases, files.c.case_id == cases.c.id)
        .where(files.c.digest.is_not(None), cases.c.state.in_(CLOSED_STATES))
        .where(cases.c.closed_at < before)
    )
    return connection.execute(query.order_by(files.c.id).limit(most)).all()


def let_go(connection: Connection, row: Row[Any], reason: str) -> bool:
    """Forgets where a file's bytes lie; tells whether nothing else needs these bytes."""
    change(connection, row.id, state="deleted", digest=None, reason=reason)
    return not is_held(connection, row.digest)
