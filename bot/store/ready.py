"""What the desk needs to know to offer ready answers: the question, and what was offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row
from bot.store.tables import desk_jobs, messages


def unanswered(connection: Connection, conversation_id: str, most: int) -> Sequence[Row[Any]]:
    """Returns what a visitor wrote since staff last answered, newest first; at least one, if any.

    What holds no words is left out.
    """
    mine = messages.c.conversation_id == conversation_id
    said = (mine, messages.c.direction == "in", messages.c.text != "")
    reply = sa.select(sa.func.max(messages.c.seq)).where(
        mine, messages.c.direction == "out", messages.c.author == "staff"
    )
    since = connection.execute(reply).scalar_one() or 0
    newest = sa.select(messages).where(*said).order_by(messages.c.seq.desc())
    rows = connection.execute(newest.limit(most)).all()
    return [row for row in rows if row.seq > since] or rows[:1]


def offered(connection: Connection, case_id: int, kind: str, key: str) -> dict[str, Any] | None:
    """Returns what a post offered, by its key, or None."""
    found = connection.execute(
        sa.select(desk_jobs.c.payload)
        .where(desk_jobs.c.case_id == case_id, desk_jobs.c.kind == kind)
        .order_by(desk_jobs.c.id.desc())
    ).scalars()
    return next((dict(payload) for payload in found if payload.get("key") == key), None)


def just_said(
    connection: Connection, case_id: int, person_id: str, text: str, since: datetime
) -> Row[Any] | None:
    """Returns the reply with which somebody said the same a moment ago, or None.

    Of a reply that was cut to its channel the first part is compared.
    """
    rows = connection.execute(
        sa.select(messages)
        .where(
            messages.c.case_id == case_id,
            messages.c.direction == "out",
            messages.c.author_id == person_id,
            messages.c.at >= since,
            messages.c.state != "cancelled",
        )
        .order_by(messages.c.seq.desc())
    )
    return next((row for row in rows if row.text and text.startswith(row.text)), None)
