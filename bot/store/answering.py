"""How long a visitor waited: from the acceptance of their words to the first word of an answer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store import kept
from bot.store.log import now
from bot.store.tables import messages

_asked, _earlier = messages.alias("asked"), messages.alias("earlier")
# Built once: building it costs more than running it. It reads what lies between the two.
_WAITED = sa.select(_asked.c.at).where(
    _asked.c.seq == sa.bindparam("question"),
    ~sa.exists().where(
        _earlier.c.conversation_id == _asked.c.conversation_id,
        _earlier.c.seq > _asked.c.seq,
        _earlier.c.seq < sa.bindparam("answer"),
        _earlier.c.in_reply_to == _asked.c.seq,
        # Hidden from SQLite, which would rather look through all that was sent meanwhile to
        # anybody: sqlite.org/optoverview.html
        sa.text("earlier.state || '' = 'sent'"),
    ),
)


def waited(connection: Connection, row: Row[Any]) -> float | None:
    """Returns how many seconds the visitor waited for a message of ours that was just sent.

    None where it answers nothing, or is not the first to answer it.
    """
    if row.in_reply_to is None:
        return None
    values = {"question": row.in_reply_to, "answer": row.seq}
    asked = kept.execute(connection, _WAITED, values).scalar_one_or_none()
    return None if asked is None else max(0.0, (now() - asked).total_seconds())
