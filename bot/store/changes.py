"""What happens to messages later: edits, reactions, receipts, and conversations that move."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.messages import Edited, Moved, Reacted, Receipt, conversation_id
from bot.store import Connection, Row
from bot.store.log import now
from bot.store.tables import cases, choices, conversations, messages

# A late "delivered" does not undo "read": platforms tell in any order.
RANKS = {"sent": 1, "delivered": 2, "read": 3}


def find(connection: Connection, channel: str, person_id: str, message_id: str) -> Row[Any] | None:
    """Returns a message by what its platform calls it, or None."""
    mine = messages.c.conversation_id == conversation_id(channel, person_id)
    named = (messages.c.message_id == message_id) | (messages.c.platform_id == message_id)
    query = sa.select(messages).where(mine, named).order_by(messages.c.seq.desc()).limit(1)
    return connection.execute(query).one_or_none()


def edit(connection: Connection, edited: Edited) -> Row[Any] | None:
    """Keeps what a visitor's message says now beside what it said when it was answered.

    Returns the message with all its versions, or None where it is not known or nothing is new.
    """
    row = find(connection, edited.channel, edited.person_id, edited.message_id)
    if row is None or row.direction != "in":
        return None
    versions = list(row.versions or [])
    last = versions[-1]["text"] if versions else row.text
    if last == edited.text:
        return None
    at = (edited.at or now()).isoformat()
    _change(connection, row.seq, versions=[*versions, {"at": at, "text": edited.text}])
    return connection.execute(sa.select(messages).where(messages.c.seq == row.seq)).one()


def react(connection: Connection, reacted: Reacted) -> Row[Any] | None:
    """Notes a visitor's emoji on a message; returns the message, or None where it is not known."""
    row = find(connection, reacted.channel, reacted.person_id, reacted.message_id)
    if row is not None:
        _change(connection, row.seq, payload={**row.payload, "reaction": reacted.emoji[:16]})
    return row


def receipt(connection: Connection, told: Receipt) -> list[Row[Any]]:
    """Notes what a platform says of messages of ours; returns those it changes something for.

    A failure is no receipt: the message is dead, unless the platform said before that it arrived.
    """
    changed = []
    for row in _meant(connection, told):
        if told.status == "failed":
            if row.state == "sent" and RANKS.get(row.receipt or "sent", 1) < RANKS["delivered"]:
                _change(connection, row.seq, state="dead", reason=told.reason)
                changed.append(row)
        elif RANKS.get(told.status, 0) > RANKS.get(row.receipt or "", 0):
            _change(connection, row.seq, receipt=told.status)
            changed.append(row)
    return changed


def move(connection: Connection, moved: Moved) -> None:
    """Gives a conversation its new id, with all that belongs to it."""
    old = conversation_id(moved.channel, moved.person_id)
    new = conversation_id(moved.channel, moved.to)
    present = connection.execute(
        sa.select(conversations).where(conversations.c.id == old)
    ).one_or_none()
    if present is None or old == new:
        return
    if not _exists(connection, new):
        row = {**present._mapping, "id": new, "person_id": moved.to}
        connection.execute(sa.insert(conversations).values(**row))
    for table in (messages, choices, cases):
        theirs = table.c.conversation_id == old
        connection.execute(sa.update(table).where(theirs).values(conversation_id=new))
    connection.execute(sa.update(cases).where(cases.c.open_key == old).values(open_key=new))
    connection.execute(sa.delete(conversations).where(conversations.c.id == old))


def _meant(connection: Connection, told: Receipt) -> list[Row[Any]]:
    query = sa.select(messages).where(
        messages.c.channel == told.channel,
        messages.c.direction == "out",
        messages.c.state.in_(("sent", "dead")),
    )
    if told.platform_id:
        return list(connection.execute(query.where(messages.c.platform_id == told.platform_id)))
    mine = messages.c.conversation_id == conversation_id(told.channel, told.person_id)
    unread = sa.func.coalesce(messages.c.receipt, "") != told.status
    return list(connection.execute(query.where(mine, unread, messages.c.done_at <= told.up_to)))


def _exists(connection: Connection, key: str) -> bool:
    found = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == key))
    return found.first() is not None


def _change(connection: Connection, seq: int, **values: Any) -> None:
    connection.execute(sa.update(messages).where(messages.c.seq == seq).values(**values))
