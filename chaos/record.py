"""The log of a run, read from its database."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.store.tables import conversations, messages

IN_HAND = ("received", "answering", "queued", "sending")


def keep(engine: Any, file: Path) -> None:
    """Writes the log of a run beside its program's words: its database may go with it."""
    with engine.connect() as connection, file.open("w", encoding="utf-8") as lines:
        for row in connection.execute(sa.select(messages).order_by(messages.c.seq)):
            lines.write(json.dumps(dict(row._mapping), ensure_ascii=False, default=str) + "\n")


def in_hand(engine: Any) -> int:
    """How many messages have not ended yet."""
    query = sa.select(sa.func.count()).where(messages.c.state.in_(IN_HAND))
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def read(engine: Any) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Returns the messages by conversation, oldest first, and the conversations."""
    rows: dict[str, list[Any]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(sa.select(messages).order_by(messages.c.seq)):
            rows[row.conversation_id].append(row)
        talks = {row.id: row for row in connection.execute(sa.select(conversations))}
    return dict(rows), talks
