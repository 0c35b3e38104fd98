"""The conversation log: who said what, when, in which language, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.messages import Inbound
from bot.store import Connection, Row
from bot.store.tables import cases, choices, conversations, messages

# Who speaks to the visitor; only `bot` and `closed` let Rasa answer.
BOT, QUEUED, HUMAN, CLOSED = "bot", "queued", "human", "closed"
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
    connection: Connection, inbound: Inbound, language: str | None, payload: dict[str, Any]
) -> int | None:
    """Writes one visitor message; returns its number, or None if it was here before."""
    at = now()
    insert_ignoring(
        connection,
        conversations,
        {
            "id": inbound.conversation_id,
            "channel": inbound.channel,
            "person_id": inbound.person_id,
            "name": inbound.name,
            "speaker": BOT,
            "created_at": at,
        },
    )
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
            "state": "received",
            "at": at,
        },
    )
    if seq is not None:
        connection.execute(
            sa.update(conversations)
            .where(conversations.c.id == inbound.conversation_id)
            .values(
                language=language,
                last_in_at=at,
                acts=_acts(connection, inbound, at),
                name=sa.func.coalesce(inbound.name, conversations.c.name),
            )
        )
    return seq


def _acts(connection: Connection, inbound: Inbound, at: datetime) -> dict[str, str]:
    """Returns when the visitor did what opens windows; a message that comes late opens less."""
    known: dict[str, str] = (
        connection.execute(
            sa.select(conversations.c.acts)
            .where(conversations.c.id == inbound.conversation_id)
            # Not a full lock: the foreign key of each message that comes in holds the row as well.
            .with_for_update(key_share=True)
        ).scalar_one_or_none()
        or {}
    )
    done = min(inbound.sent_at or at, at)
    if inbound.act in known:
        done = max(done, datetime.fromisoformat(known[inbound.act]))
    return {**known, inbound.act: done.isoformat()}


def conversation(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Returns the conversation, or None."""
    return connection.execute(
        sa.select(conversations).where(conversations.c.id == conversation_id)
    ).one_or_none()


def locked_conversation(connection: Connection, conversation_id: str) -> Row[Any]:
    """Returns the conversation and holds it until the transaction ends."""
    return connection.execute(
        sa.select(conversations).where(conversations.c.id == conversation_id).with_for_update()
    ).one()


def change_conversation(connection: Connection, conversation_id: str, **values: Any) -> None:
    """Sets columns of a conversation."""
    connection.execute(
        sa.update(conversations).where(conversations.c.id == conversation_id).values(**values)
    )


def pinned_language(connection: Connection, conversation_id: str) -> str | None:
    """Returns the language of the conversation so far, or None before its first message."""
    return connection.execute(
        sa.select(conversations.c.language).where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()


def add_message(connection: Connection, **values: Any) -> int:
    """Writes a message that did not come from a visitor; returns its number."""
    row = {"at": now(), "payload": {}, **values}
    result = connection.execute(sa.insert(messages).values(**row))
    return int(result.inserted_primary_key[0])


def change_message(connection: Connection, seq: int, **values: Any) -> None:
    """Sets columns of a message."""
    connection.execute(sa.update(messages).where(messages.c.seq == seq).values(**values))


def message(connection: Connection, seq: int) -> Row[Any] | None:
    """Returns one message, or None."""
    return connection.execute(sa.select(messages).where(messages.c.seq == seq)).one_or_none()


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


def has_answered(
    connection: Connection, conversation_id: str, times: int, since: datetime
) -> bool:
    """Tells whether the bot has spoken so often since a moment and since the last case closed."""
    closed = sa.select(sa.func.max(cases.c.closed_at)).where(
        cases.c.conversation_id == conversation_id
    )
    spoken = (
        sa.select(messages.c.at)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.direction == "out",
            messages.c.author == "bot",
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
        .offset(times - 1)
    )
    first = connection.execute(spoken).scalar_one_or_none()
    if first is None or first < since:
        return False
    last = connection.execute(closed).scalar_one()
    return last is None or first > last


def has_said(connection: Connection, conversation_id: str) -> bool:
    """Tells whether this visitor was ever told anything."""
    found = connection.execute(
        sa.select(messages.c.seq)
        .where(messages.c.conversation_id == conversation_id, messages.c.direction == "out")
        .limit(1)
    )
    return found.first() is not None


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


def understood(
    connection: Connection,
    seq: int,
    topic: str | None,
    confidence: float,
    decision: str,
    ranking: list[dict[str, Any]],
) -> None:
    """Notes on a visitor's message what Docent made of it; the same call twice changes nothing."""
    change_message(
        connection, seq, topic=topic, confidence=confidence, decision=decision, ranking=ranking
    )


def add_choice(connection: Connection, **values: Any) -> None:
    """Remembers what a button means, under its opaque id."""
    connection.execute(sa.insert(choices).values(created_at=now(), **values))


def choice(connection: Connection, conversation_id: str, choice_id: str) -> Row[Any] | None:
    """Returns what a pressed button means; None for an id that this person was never given."""
    return connection.execute(
        sa.select(choices).where(
            choices.c.id == choice_id, choices.c.conversation_id == conversation_id
        )
    ).one_or_none()
