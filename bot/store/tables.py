"""The tables of the one conversation log; migrations/ holds the same as steps."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

# 64 bits on PostgreSQL; SQLite counts up by itself only on a column of exactly INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time: aware in Python, stored as UTC without a zone on every database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turns an aware time into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turns the stored time into aware UTC."""
        return None if value is None else value.replace(tzinfo=timezone.utc)


conversations = Table(
    "conversations",
    metadata,
    Column("id", sa.String(255), primary_key=True),
    Column("channel", sa.String(32), nullable=False),
    Column("person_id", sa.String(200), nullable=False),
    Column("name", sa.String(200)),
    Column("language", sa.String(8)),
    Column("speaker", sa.String(8), nullable=False),
    Column("memory", sa.JSON),
    # The case that opens if the visitor falls silent in the middle of a report.
    Column("unfinished", sa.JSON(none_as_null=True)),
    # When the visitor last did what opens the platform's window: kind of act -> ISO time.
    Column("acts", sa.JSON(none_as_null=True)),
    Column("created_at", Moment, nullable=False),
    Column("last_in_at", Moment),
    # When its place in the line of `bot.store.claiming` comes; None while nothing waits.
    Column("due_at", Moment),
    # How fast the visitor writes and how much the bot said, as `bot.pacing` counts it.
    Column("arrivals", sa.JSON(none_as_null=True)),
    Column("answers", sa.JSON(none_as_null=True)),
    Index(
        "ix_conversations_due_at",
        "due_at",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    ),
)

# What of a visitor is to be answered; an index holds these rows alone.
UNANSWERED = sa.text("direction = 'in' AND state IN ('received', 'answering')")

# What of ours has not reached the visitor yet, likewise.
UNSENT = sa.text("direction = 'out' AND state IN ('queued', 'sending', 'waiting')")

cases = Table(
    "cases",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("ref", sa.String(16), unique=True),
    Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    # Equal to conversation_id while the case is open: one open case for a conversation, held by
    # the database itself however many processes ask for it.
    Column("open_key", sa.String(255), unique=True),
    Column("state", sa.String(16), nullable=False),
    Column("reason", sa.String(32), nullable=False),
    Column("question", sa.Text, nullable=False),
    Column("translation", sa.JSON),
    Column("understood", sa.JSON),
    # What the visitor was asked before the case opened: label -> their own words.
    Column("details", sa.JSON(none_as_null=True)),
    # normal or urgent.
    Column("priority", sa.String(8), nullable=False, server_default="normal"),
    Column("department", sa.String(40), nullable=False),
    Column("owner_id", sa.String(80)),
    Column("owner", sa.String(200)),
    Column("language", sa.String(8), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("first_reply_at", Moment),
    Column("closed_at", Moment),
    # The nearest promise that still runs.
    Column("due_at", Moment),
    # The visitor's case before this one.
    Column("previous_id", sa.ForeignKey("cases.id")),
    # How the visitor sounds: angry, upset, neutral or pleased.
    Column("mood", sa.String(12)),
    # When its owner last did something in it: an idle claim ends.
    Column("acted_at", Moment),
    # The keys of the reminders and escalations that were told.
    Column("alarms", sa.JSON(none_as_null=True)),
    # How content the visitor was: when they were asked, 1 to 5, and in their own words.
    Column("rating_asked_at", Moment),
    Column("rating", sa.Integer),
    Column("rating_words", sa.Text),
    Column("slack_channel", sa.String(40)),
    Column("slack_ts", sa.String(40)),
    Index(None, "state", "opened_at"),
    Index(None, "slack_ts"),
    Index(None, "conversation_id"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", sa.String(200), nullable=False),
    Column("what", sa.String(32), nullable=False),
    Column("detail", sa.Text, nullable=False, server_default=""),
    Index(None, "case_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("seq", BigId, primary_key=True),
    Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    Column("channel", sa.String(32), nullable=False),
    Column("direction", sa.String(4), nullable=False),
    Column("author", sa.String(8), nullable=False),
    Column("author_id", sa.String(80)),
    Column("author_name", sa.String(200)),
    Column("text", sa.Text, nullable=False),
    Column("language", sa.String(8)),
    Column("translation", sa.JSON),
    Column("payload", sa.JSON, nullable=False),
    Column("platform_id", sa.String(200)),
    # What the platform calls the message where that is not the delivery's platform_id.
    Column("message_id", sa.String(200)),
    # The platform's own order of the messages of a conversation, where it tells one.
    Column("position", sa.BigInteger),
    # What a visitor changed the message to later, the text None where it was taken back:
    # [{"at", "text"}], oldest first.
    Column("versions", sa.JSON(none_as_null=True)),
    # What the platform told of a message of ours: sent, delivered or read.
    Column("receipt", sa.String(12)),
    Column("state", sa.String(12), nullable=False),
    Column("reason", sa.Text),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    # The process that holds it (bot.store.holding).
    Column("held_by", sa.Integer),
    Column("maybe_twice", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("in_reply_to", sa.BigInteger),
    Column("case_id", ForeignKey("cases.id")),
    Column("slack_ts", sa.String(40)),
    Column("at", Moment, nullable=False),
    Column("done_at", Moment),
    # Written by the action that logs the turn.
    Column("topic", sa.String(64)),
    Column("confidence", sa.Float),
    Column("decision", sa.String(16)),
    Column("ranking", sa.JSON),
    UniqueConstraint("channel", "direction", "platform_id"),
    UniqueConstraint("slack_ts"),
    Index(None, "conversation_id", "seq"),
    Index(None, "conversation_id", "message_id"),
    Index(
        "ix_messages_unanswered",
        "conversation_id",
        "seq",
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    ),
    Index(None, "state", "seq"),
    # What waits to be sent; bot/store/leaving.py reads through these.
    *(
        Index(name, *columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
        for name, columns, only in (
            ("ix_messages_fresh", ("channel", "seq"), "state = 'queued' AND not_before IS NULL"),
            (
                "ix_messages_later",
                ("channel", "not_before"),
                "state = 'queued' AND not_before IS NOT NULL",
            ),
            (
                "ix_messages_unsent",
                ("conversation_id", "seq"),
                str(UNSENT),
            ),
        )
    ),
    Index(None, "case_id"),
)

choices = Table(
    "choices",
    metadata,
    Column("id", sa.String(40), primary_key=True),
    Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    Column("value", sa.String(200), nullable=False),
    Column("label", sa.String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
)

platform_tokens = Table(
    "platform_tokens",
    metadata,
    Column("name", sa.String(40), primary_key=True),
    Column("value", sa.Text, nullable=False),
    Column("until", Moment, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", sa.String(64), primary_key=True),
    Column("person_id", sa.String(40), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)

desk_jobs = Table(
    "desk_jobs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("case_id", sa.ForeignKey("cases.id")),
    Column("kind", sa.String(24), nullable=False),
    Column("payload", sa.JSON, nullable=False),
    Column("state", sa.String(12), nullable=False),
    Column("reason", sa.Text),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("held_by", sa.Integer),
    Column("at", Moment, nullable=False),
    Index(None, "state", "id"),
    Index(None, "case_id", "id"),
)

desk_events = Table(
    "desk_events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", sa.String(200), nullable=False, unique=True),
    Column("kind", sa.String(32), nullable=False),
    # Events of one thread are handled in order, those of none at once.
    Column("thread", sa.String(80)),
    Column("payload", sa.JSON, nullable=False),
    Column("state", sa.String(12), nullable=False),
    Column("reason", sa.Text),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("held_by", sa.Integer),
    Column("at", Moment, nullable=False),
    Index(None, "state", "id"),
    Index(None, "thread", "id"),
)

translations = Table(
    "translations",
    metadata,
    Column("id", BigId, primary_key=True),
    # Of the text as it is compared: see bot.store.translations.
    Column("source_hash", sa.String(64), nullable=False),
    Column("source_language", sa.String(8), nullable=False),
    Column("target_language", sa.String(8), nullable=False),
    # With numbered blanks for what changes from visitor to visitor.
    Column("original", sa.Text, nullable=False),
    Column("text", sa.Text, nullable=False),
    Column("engine", sa.String(40), nullable=False),
    # Who worded it, where that was a person.
    Column("corrected_by", sa.String(200)),
    Column("uses", sa.Integer, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
    UniqueConstraint("source_hash", "source_language", "target_language"),
    Index(None, "at"),
)
