"""The table of files; their bytes lie on disk, by what they hash to (`bot.store.blobs`)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from bot.store.tables import BigId, Moment, metadata

files = Table(
    "files",
    metadata,
    Column("id", BigId, primary_key=True),
    # What makes the same file the same, however often it is told of.
    Column("key", sa.String(200), nullable=False, unique=True),
    # Its message. No foreign key: a note that is sent after all gives way to the reply.
    Column("message_seq", sa.BigInteger),
    Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    # in: from the visitor; out: to them.
    Column("direction", sa.String(4), nullable=False),
    # What its platform called it, until its bytes are seen: image, audio, voice, video or file.
    Column("kind", sa.String(16), nullable=False),
    Column("name", sa.String(120), nullable=False),
    Column("mime", sa.String(120)),
    Column("size", sa.BigInteger),
    # What it takes to fetch it from its platform.
    Column("reference", sa.JSON, nullable=False),
    Column("digest", sa.String(64)),
    # What Slack calls it, once an upload to the case's thread was begun.
    Column("slack_file", sa.String(40)),
    Column("state", sa.String(12), nullable=False),
    Column("reason", sa.Text),
    Column("attempts", sa.Integer, nullable=False, server_default="0"),
    Column("not_before", Moment),
    Column("lease_until", Moment),
    Column("at", Moment, nullable=False),
    Index(None, "state", "id"),
    Index(None, "case_id"),
    Index(None, "message_seq"),
    Index(None, "digest"),
)
