"""What a platform's window depends on, and the messages that wait for it to open again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row, kept
from bot.store.cases import OPEN_STATES
from bot.store.log import now
from bot.store.tables import UNSENT, conversations, messages
from bot.windows import Left, Window, left


def left_of(
    connection: Connection, conversation_id: str, window: Window, *, by_person: bool = False
) -> Left:
    """Returns what is left of a conversation's window at this moment."""
    acts, at = acts_of(connection, conversation_id), now()
    since = max(at - window.longest, min(acts.values(), default=at))
    sent = _sent_since(connection, conversation_id, since)
    return left(window, acts, sent, at, by_person=by_person)


def left_for(
    connection: Connection, row: Row[Any], window: Window, *, by_person: bool = False
) -> Left:
    """Returns the same for a message that was claimed with its conversation's acts."""
    acts, at = _acts(row.talk_acts, row.talk_last_in_at), now()
    every = [*window.after.values(), *window.by_person.values()]
    if all(allowance.messages is None for allowance in every):
        return left(window, acts, (), at, by_person=by_person)
    since = max(at - window.longest, min(acts.values(), default=at))
    sent = _sent_since(connection, row.conversation_id, since)
    return left(window, acts, sent, at, by_person=by_person)


def left_for_staff(
    connection: Connection, case: Row[Any] | None, known: Mapping[str, Window | None]
) -> Left | None:
    """Returns what is left of a case's window for words of staff.

    None where the case is closed or missing, or its channel never closes; `known` are the windows
    by channel.
    """
    window = None if case is None else known.get(case.channel)
    if case is None or window is None or case.state not in OPEN_STATES:
        return None
    return left_of(connection, case.conversation_id, window, by_person=True)


def acts_of(connection: Connection, conversation_id: str) -> Mapping[str, datetime]:
    """Returns when the visitor last did what opens windows, by kind."""
    row = connection.execute(
        sa.select(conversations.c.acts, conversations.c.last_in_at).where(
            conversations.c.id == conversation_id
        )
    ).one()
    return acts_in(row)


def acts_in(row: Row[Any]) -> Mapping[str, datetime]:
    """Returns the acts of a conversation that was read already."""
    return _acts(row.acts, row.last_in_at)


def _acts(acts: Mapping[str, str] | None, last_in_at: datetime | None) -> Mapping[str, datetime]:
    if acts:
        return {act: datetime.fromisoformat(at) for act, at in acts.items()}
    # A conversation from before this was written down.
    return {"message": last_in_at} if last_in_at else {}


def place_for(connection: Connection, row: Row[Any]) -> Mapping[str, str]:
    """Returns the same as `place_of` for a message claimed with the one that it answers."""
    if row.in_reply_to is None:
        return place_of(connection, row)
    return dict((row.asked_payload or {}).get("place") or {})


def place_of(connection: Connection, row: Row[Any]) -> Mapping[str, str]:
    """Returns where a message to a visitor belongs: beside the words that it answers.

    What answers nothing goes where the visitor wrote last.
    """
    query = sa.select(messages.c.payload).where(
        messages.c.conversation_id == row.conversation_id, messages.c.direction == "in"
    )
    if row.in_reply_to is not None:
        query = query.where(messages.c.seq == row.in_reply_to)
    payload = connection.execute(query.order_by(messages.c.seq.desc()).limit(1)).scalar()
    return dict((payload or {}).get("place") or {})


def hold(connection: Connection, row: Row[Any], reason: str) -> bool:
    """Lets a message wait until the visitor writes; tells whether it is the first that waits."""
    first = not connection.execute(
        sa.select(messages.c.seq)
        .where(messages.c.conversation_id == row.conversation_id, messages.c.state == "waiting")
        .limit(1)
    ).first()
    connection.execute(
        sa.update(messages)
        .where(messages.c.seq == row.seq)
        .values(state="waiting", lease_until=None, reason=reason)
    )
    return first


def release(connection: Connection, conversation_id: str) -> int:
    """Sends on what waited for the visitor to write; returns how many messages.

    A template that has not left yet is taken back: it would ask for what was just done.
    """
    unsent = kept.execute(connection, _UNSENT, {"talk": conversation_id}).all()
    asking = [row.seq for row in unsent if _asks(row)]
    waiting = [row.seq for row in unsent if row.state == "waiting"]
    if asking:
        connection.execute(
            sa.update(messages)
            .where(messages.c.seq.in_(asking), messages.c.state == "queued")
            .values(state="cancelled", reason="the visitor wrote", done_at=now())
        )
    if waiting:
        connection.execute(
            sa.update(messages)
            .where(messages.c.seq.in_(waiting), messages.c.state == "waiting")
            .values(state="queued", not_before=None, reason=None)
        )
    return len(waiting)


_UNSENT = sa.select(messages.c.seq, messages.c.state, messages.c.author, messages.c.payload).where(
    messages.c.conversation_id == sa.bindparam("talk"), UNSENT
)


def _asks(row: Row[Any]) -> bool:
    is_ours = row.state == "queued" and row.author == "system"
    return bool(is_ours and row.payload.get("template"))


def _sent_since(connection: Connection, conversation_id: str, since: datetime) -> list[datetime]:
    # What went out in the response to a webhook is not counted by the platform.
    rows = connection.execute(
        sa.select(messages.c.done_at, messages.c.payload).where(
            messages.c.conversation_id == conversation_id,
            messages.c.direction == "out",
            messages.c.state == "sent",
            messages.c.done_at >= since,
        )
    )
    return [row.done_at for row in rows if not row.payload.get("passive")]
