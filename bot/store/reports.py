"""Reports that a visitor began and left in the middle: found again when nothing more comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.log import BOT, CLOSED
from bot.store.tables import conversations, messages


def left_alone(connection: Connection, since: datetime) -> Sequence[Row[Any]]:
    """Returns conversations with a report half told whose visitor has been silent since then."""
    return connection.execute(
        sa.select(conversations).where(
            conversations.c.unfinished.is_not(None),
            conversations.c.last_in_at < since,
            conversations.c.speaker.in_((BOT, CLOSED)),
        )
    ).all()


def last_words(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Returns the newest message of a visitor that was answered; None while one waits."""
    newest = connection.execute(
        sa.select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.direction == "in")
        .order_by(messages.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return newest if newest is not None and newest.state == "answered" else None
