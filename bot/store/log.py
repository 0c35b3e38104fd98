"""The conversation log: who said what, when, in which language, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.messages import Inbound
from bot.store import Connection, Row, kept
from bot.store.tables import cases, choices, conversations, messages

# Who speaks to the visitor; only `bot` and `closed` let Rasa answer.
BOT, QUEUED, HUMAN, CLOSED = "bot", "queued", "human", "closed"
# Who speaks where a person has the conversation, or is to have it.
WITH_PERSON = (QUEUED, HUMAN)
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# SQLAlchemy compiles an insert with a conflict clause anew each time, which costs more than the
# insert (docs.sqlalchemy.org/en/14/core/connections.html#sql-caching): kept by its columns.
_IGNORING: dict[tuple[str, str, tuple[str, ...]], Any] = {}


def now() -> datetime:
    """Returns the present moment, aware, in UTC."""
    return datetime.now(timezone.utc)


def insert_ignoring(connection: Connection, table: sa.Table, row: dict[str, Any]) -> int | None:
    """Inserts a row; returns its number, or None where a row with the same unique key stands.

    A table whose key is a text gives 0 for a new row.
    """
    known = (connection.dialect.name, table.name, tuple(row))
    statement = _IGNORING.get(known)
    if statement is None:
        insert = INSERTS[connection.dialect.name](table).on_conflict_do_nothing()
        statement = insert.compile(connection.engine, column_keys=list(row))
        _IGNORING[known] = statement
    result = connection.execute(statement, row)
    if not result.rowcount:
        return None
    [key] = result.inserted_primary_key
    return key if isinstance(key, int) else 0


def accept(
    connection: Connection,
    inbound: Inbound,
    language: str | None,
    payload: dict[str, Any],
    known: Row[Any] | None = None,
    *,
    ended: str | None = None,
    **talk: Any,
) -> int | None:
    """Writes one visitor message; returns its number, or None if it was here before.

    Args:
        connection: An open transaction.
        inbound: The message.
        language: In which language its conversation is now.
        payload: What of it is no words.
        known: What `known` returned, where it was asked before.
        ended: Why it is not to be answered, where it is not.
        talk: Further columns of the conversation to set.
    """
    at = now()
    if known is None:
        known = _begun(connection, inbound, at)
    seq = insert_ignoring(
        connection,
        messages,
        {
            "conversation_id": inbound.conversation_id,
            "channel": inbound.channel,
            "direction": "in",
            "author": "visitor",
            "author_name": inbound.name,
            "text": inbound.text,
            "language": language,
            "payload": payload,
            "platform_id": inbound.platform_id,
            "message_id": inbound.message_id,
            "position": inbound.position,
            "state": "received" if ended is None else "answered",
            "reason": ended,
            "at": at,
        },
    )
    if seq is None:
        return None
    talk |= {"language": language, "last_in_at": at, "acts": _acts(known, inbound, at)}
    if inbound.name:
        talk["name"] = inbound.name
    if ended is None and (known is None or known.due_at is None):
        # From now on the conversation stands in the line.
        talk["due_at"] = at
    change_conversation(connection, inbound.conversation_id, **talk)
    return seq


def known(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Returns what one more message of a conversation depends on, held until the end.

    None before its first message.
    """
    return kept.execute(connection, _KNOWN, {"talk": conversation_id}).one_or_none()


_KNOWN = (
    sa.select(
        conversations.c.language,
        conversations.c.speaker,
        conversations.c.arrivals,
        conversations.c.acts,
        conversations.c.due_at,
    )
    .where(conversations.c.id == sa.bindparam("talk"))
    # Not a full lock: the foreign key of each message that comes in holds the row as well.
    .with_for_update(key_share=True)
)


def _begun(connection: Connection, inbound: Inbound, at: datetime) -> Row[Any] | None:
    """Writes the conversation; returns what is known of it where it was there before."""
    row = {
        "id": inbound.conversation_id,
        "channel": inbound.channel,
        "person_id": inbound.person_id,
        "name": inbound.name,
        "speaker": BOT,
        "created_at": at,
    }
    if insert_ignoring(connection, conversations, row) is not None:
        return None
    return known(connection, inbound.conversation_id)


def _acts(before: Row[Any] | None, inbound: Inbound, at: datetime) -> dict[str, str]:
    """Returns when the visitor did what opens windows; a message that comes late opens less."""
    acts: dict[str, str] = (before and before.acts) or {}
    done = min(inbound.sent_at or at, at)
    if inbound.act in acts:
        done = max(done, datetime.fromisoformat(acts[inbound.act]))
    return {**acts, inbound.act: done.isoformat()}


def conversation(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Returns the conversation, or None."""
    return kept.execute(connection, _CONVERSATION, {"wanted": conversation_id}).one_or_none()


def locked_conversation(connection: Connection, conversation_id: str) -> Row[Any]:
    """Returns the conversation and holds it until the transaction ends."""
    return kept.execute(connection, _HELD_CONVERSATION, {"wanted": conversation_id}).one()


def change_conversation(connection: Connection, conversation_id: str, **values: Any) -> None:
    """Sets columns of a conversation."""
    kept.update(connection, conversations, conversation_id, values)


def pinned_language(connection: Connection, conversation_id: str) -> str | None:
    """Returns the language of the conversation so far, or None before its first message."""
    return connection.execute(
        sa.select(conversations.c.language).where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()


def add_message(connection: Connection, **values: Any) -> int:
    """Writes a message that did not come from a visitor; returns its number."""
    return int(kept.insert(connection, messages, {"at": now(), "payload": {}, **values}))


def change_message(connection: Connection, seq: int, **values: Any) -> None:
    """Sets columns of a message."""
    kept.update(connection, messages, seq, values)


def message(connection: Connection, seq: int) -> Row[Any] | None:
    """Returns one message, or None."""
    return kept.execute(connection, _MESSAGE, {"wanted": seq}).one_or_none()


_MESSAGE = sa.select(messages).where(messages.c.seq == sa.bindparam("wanted"))
_CONVERSATION = sa.select(conversations).where(conversations.c.id == sa.bindparam("wanted"))
_HELD_CONVERSATION = _CONVERSATION.with_for_update()


def by_slack_ts(connection: Connection, slack_ts: str | None) -> Row[Any] | None:
    """Returns the message that a Slack message became, or None."""
    if slack_ts is None:
        return None
    return connection.execute(
        sa.select(messages).where(messages.c.slack_ts == slack_ts)
    ).one_or_none()


def cancel_queued(connection: Connection, seq: int, reason: str) -> bool:
    """Takes a message back that has not left yet; False where it has."""
    result = connection.execute(
        sa.update(messages)
        .where(messages.c.seq == seq, messages.c.state.in_(("queued", "waiting")))
        .values(state="cancelled", reason=reason, done_at=now())
    )
    return bool(result.rowcount)


def rest_of_reply(connection: Connection, row: Row[Any]) -> list[int]:
    """Returns the further parts of a waiting reply that was cut to its channel.

    They were laid in the same moment, so they wait until the same moment.
    """
    if row.not_before is None:
        return []
    return list(
        connection.execute(
            sa.select(messages.c.seq).where(
                messages.c.conversation_id == row.conversation_id,
                messages.c.seq > row.seq,
                messages.c.author_id == row.author_id,
                messages.c.not_before == row.not_before,
                messages.c.slack_ts.is_(None),
            )
        ).scalars()
    )


def forget_note(connection: Connection, seq: int) -> None:
    """Removes a note whose author decided to send it; the reply takes its place in the log."""
    connection.execute(
        sa.delete(messages).where(messages.c.seq == seq, messages.c.direction == "note")
    )


def has_said(connection: Connection, conversation_id: str) -> bool:
    """Tells whether this visitor was ever told anything."""
    return kept.execute(connection, _SAID, {"talk": conversation_id}).first() is not None


_SAID = (
    sa.select(messages.c.seq)
    .where(messages.c.conversation_id == sa.bindparam("talk"), messages.c.direction == "out")
    .limit(1)
)


def is_thinking(connection: Connection, conversation_id: str) -> bool:
    """Tells whether a message of this visitor is being answered by the bot right now."""
    found = connection.execute(
        sa.select(messages.c.seq)
        .join(conversations, messages.c.conversation_id == conversations.c.id)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.direction == "in",
            messages.c.state.in_(("received", "answering")),
            conversations.c.speaker.in_((BOT, CLOSED)),
        )
        .limit(1)
    )
    return found.first() is not None


def history(
    connection: Connection, conversation_id: str, after: int = 0, limit: int = 100_000
) -> Sequence[Row[Any]]:
    """Returns messages of a conversation, oldest first, with the reference of their case."""
    return connection.execute(
        sa.select(messages, cases.c.ref.label("case_ref"))
        .select_from(messages.outerjoin(cases, messages.c.case_id == cases.c.id))
        .where(messages.c.conversation_id == conversation_id, messages.c.seq > after)
        .order_by(messages.c.seq)
        .limit(limit)
    ).all()


def last_before(connection: Connection, conversation_id: str, seq: int, count: int) -> list[int]:
    """Returns the numbers of the last messages before one, oldest first."""
    newest_first = (
        sa.select(messages.c.seq)
        .where(messages.c.conversation_id == conversation_id, messages.c.seq < seq)
        .order_by(messages.c.seq.desc())
        .limit(count)
    )
    return sorted(connection.execute(newest_first).scalars())


def add_choice(connection: Connection, **values: Any) -> None:
    """Remembers what a button means, under its opaque id."""
    kept.insert(connection, choices, {"created_at": now(), **values})


def choice(connection: Connection, conversation_id: str, choice_id: str) -> Row[Any] | None:
    """Returns what a pressed button means; None for an id that this person was never given."""
    return connection.execute(
        sa.select(choices).where(
            choices.c.id == choice_id, choices.c.conversation_id == conversation_id
        )
    ).one_or_none()
