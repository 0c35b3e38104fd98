"""Who holds a row: each process has a number, and PostgreSQL knows which of them are alive.

A process takes an advisory lock of its number on a connection of its own. When it dies, however it
dies, PostgreSQL ends the connection and with it the lock: what it held is given back within
seconds, where its lease alone would keep it for a minute.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.tables import desk_events, desk_jobs, messages

# Our number; another with each start.
OWN = secrets.randbits(31)
# The first half of the locks' key; the number is the second.
_SPACE = 6201
_HELD = (
    (messages, ("answering", "sending")),
    (desk_jobs, ("working",)),
    (desk_events, ("working",)),
)
_ALIVE = sa.text(
    "SELECT CAST(CAST(objid AS bigint) AS integer) FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND CAST(classid AS bigint) = :space"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def show(connection: Connection) -> bool:
    """Shows all others that we are alive, for as long as this connection stands.

    False where a connection of ours that broke still stands over there: to be tried again.
    """
    own = {"space": _SPACE, "own": OWN}
    taken = connection.execute(sa.text("SELECT pg_try_advisory_lock(:space, :own)"), own)
    return bool(taken.scalar_one())


def orphaned(connection: Connection) -> frozenset[int]:
    """Returns the processes that hold rows and are not alive."""
    holders: set[int] = set()
    for table, states in _HELD:
        query = sa.select(table.c.held_by).where(table.c.state.in_(states)).distinct()
        holders.update(number for number in connection.execute(query).scalars() if number)
    if not holders:
        return frozenset()
    alive = connection.execute(_ALIVE, {"space": _SPACE}).scalars()
    return frozenset(holders - set(alive))
