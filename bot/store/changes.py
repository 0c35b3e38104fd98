"""What happens to messages later: edits, reactions, receipts, and conversations that move."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from bot.messages import Edited, Moved, Reacted, Receipt, conversation_id
from bot.store import Connection, Row
from bot.store.cases import close, open_case_of
from bot.store.file_table import files
from bot.store.log import WITH_PERSON, now
from bot.store.tables import cases, choices, conversations, messages

# A late "delivered" does not undo "read": platforms tell in any order.
RANKS = {"sent": 1, "delivered": 2, "read": 3}
# How far a platform's clock may be behind ours where it tells of all messages up to a moment.
CLOCKS_DIFFER = timedelta(seconds=2)
# How often a visitor may change one message; further changes are not kept.
MOST_VERSIONS = 50


def find(connection: Connection, channel: str, person_id: str, message_id: str) -> Row[Any] | None:
    """Returns a message by what its platform calls it, or None; nobody else changes it now."""
    mine = messages.c.conversation_id == conversation_id(channel, person_id)
    named = (messages.c.message_id == message_id) | (messages.c.platform_id == message_id)
    query = sa.select(messages).where(mine, named).order_by(messages.c.seq.desc()).limit(1)
    return connection.execute(query.with_for_update()).one_or_none()


def edit(connection: Connection, edited: Edited) -> Row[Any] | None:
    """Keeps what a visitor's message says now beside what it said when it was answered.

    Returns the message with all its versions, or None where it is not known or what it says now
    is nothing new. An edit that comes after a later one is kept in its place.
    """
    row = find(connection, edited.channel, edited.person_id, edited.message_id)
    if row is None or row.direction != "in":
        return None
    versions = list(row.versions or [])
    at = (edited.at or now()).astimezone(timezone.utc)
    later = [each for each in versions if datetime.fromisoformat(each["at"]) > at]
    before = versions[: len(versions) - len(later)]
    said = before[-1]["text"] if before else row.text
    if said == edited.text or len(versions) >= MOST_VERSIONS:
        return None
    changed = [*before, {"at": at.isoformat(), "text": edited.text}, *later]
    _change(connection, row.seq, versions=changed)
    if later:
        return None
    return connection.execute(sa.select(messages).where(messages.c.seq == row.seq)).one()


def react(connection: Connection, reacted: Reacted) -> Row[Any] | None:
    """Notes a visitor's emoji on a message; returns the message, or None where it is not known."""
    row = find(connection, reacted.channel, reacted.person_id, reacted.message_id)
    if row is not None:
        _change(connection, row.seq, payload={**row.payload, "reaction": reacted.emoji[:16]})
    return row


def receipt(connection: Connection, told: Receipt) -> list[Row[Any]]:
    """Notes what a platform says of messages of ours; returns those it changes something for.

    A failure is no receipt: the message is dead, unless the platform said before that it arrived;
    and one that arrives after all is not dead any more.
    """
    changed = []
    for row in _meant(connection, told):
        values = _failed(row, told) if told.status == "failed" else _arrived(row, told)
        if values:
            _change(connection, row.seq, **values)
            changed.append(row)
    return changed


def move(connection: Connection, moved: Moved) -> Row[Any] | None:
    """Gives a conversation its new id, with all that belongs to it.

    Where the new one exists and has an open case too, the older case is closed and returned.
    """
    old = conversation_id(moved.channel, moved.person_id)
    new = conversation_id(moved.channel, moved.to)
    present = _conversation(connection, old)
    if present is None or old == new:
        return None
    there = _conversation(connection, new)
    closed = None if there is None else _one_case(connection, old, new)
    if there is None:
        row = {**present._mapping, "id": new, "person_id": moved.to}
        connection.execute(sa.insert(conversations).values(**row))
    else:
        joined = _joined(present, there)
        connection.execute(
            sa.update(conversations).where(conversations.c.id == new).values(**joined)
        )
    for table in (messages, choices, cases, files):
        theirs = table.c.conversation_id == old
        connection.execute(sa.update(table).where(theirs).values(conversation_id=new))
    connection.execute(sa.update(cases).where(cases.c.open_key == old).values(open_key=new))
    connection.execute(sa.delete(conversations).where(conversations.c.id == old))
    return closed


def _failed(row: Row[Any], told: Receipt) -> dict[str, Any]:
    arrived = RANKS.get(row.receipt or "", 0) >= RANKS["delivered"]
    dead = {"state": "dead", "reason": told.reason, "done_at": now()}
    return {} if row.state != "sent" or arrived else dead


def _arrived(row: Row[Any], told: Receipt) -> dict[str, Any]:
    rank = RANKS.get(told.status, 0)
    if rank <= RANKS.get(row.receipt or "", 0):
        return {}
    if row.state == "sent":
        return {"receipt": told.status}
    # "sent" only repeats that the platform took it; what it tells of the visitor is news.
    alive = {"receipt": told.status, "state": "sent", "reason": None}
    return alive if rank >= RANKS["delivered"] else {}


def _meant(connection: Connection, told: Receipt) -> list[Row[Any]]:
    ours = (messages.c.channel == told.channel, messages.c.direction == "out")
    query = sa.select(messages).where(*ours).order_by(messages.c.seq).with_for_update()
    if told.platform_id:
        named = messages.c.platform_id == told.platform_id
        known = messages.c.state.in_(("sent", "dead"))
        return list(connection.execute(query.where(named, known)))
    if told.up_to is None:
        return []
    mine = messages.c.conversation_id == conversation_id(told.channel, told.person_id)
    lower = [status for status, rank in RANKS.items() if rank < RANKS.get(told.status, 0)]
    news = sa.func.coalesce(messages.c.receipt, "sent").in_(lower)
    until = messages.c.done_at <= told.up_to + CLOCKS_DIFFER
    return list(connection.execute(query.where(mine, messages.c.state == "sent", news, until)))


def _conversation(connection: Connection, key: str) -> Row[Any] | None:
    query = sa.select(conversations).where(conversations.c.id == key)
    return connection.execute(query.with_for_update()).one_or_none()


def _one_case(connection: Connection, old: str, new: str) -> Row[Any] | None:
    """Sees to it that one of two conversations that become one has an open case at most."""
    left, kept = open_case_of(connection, old), open_case_of(connection, new)
    if left is None or kept is None:
        return None
    close(connection, left.id, "resolved")
    return left


def _joined(old: Row[Any], new: Row[Any]) -> dict[str, Any]:
    """Returns what the conversation that stays takes over: what it does not know itself."""
    acts = {**(old.acts or {})}
    for act, at in (new.acts or {}).items():
        acts[act] = max(at, acts.get(act, at), key=datetime.fromisoformat)
    # Whoever was being looked after by a person still is.
    busy = [talk.speaker for talk in (new, old) if talk.speaker in WITH_PERSON]
    heard = [talk.last_in_at for talk in (new, old) if talk.last_in_at is not None]
    due = [talk.due_at for talk in (new, old) if talk.due_at is not None]
    return {
        "acts": acts or None,
        "speaker": busy[0] if busy else new.speaker,
        "last_in_at": max(heard, default=None),
        "due_at": min(due, default=None),
        "name": new.name or old.name,
        "language": new.language or old.language,
        "memory": new.memory if new.memory is not None else old.memory,
        "unfinished": new.unfinished or old.unfinished,
    }


def _change(connection: Connection, seq: int, **values: Any) -> None:
    connection.execute(sa.update(messages).where(messages.c.seq == seq).values(**values))
