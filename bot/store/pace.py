"""How much waits of all visitors."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.tables import messages

_RECEIVED = sa.text("state = 'received'")


def waiting(connection: Connection, most: int) -> int:
    """Returns how many messages of visitors wait; counts no further than `most`."""
    some = sa.select(sa.literal(1)).select_from(messages).where(_RECEIVED).limit(most).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())
