"""Indexes that hold only what waits to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_messages_fresh": (["channel", "seq"], "state = 'queued' AND not_before IS NULL"),
    "ix_messages_later": (
        ["channel", "not_before"],
        "state = 'queued' AND not_before IS NOT NULL",
    ),
    "ix_messages_unsent": (
        ["conversation_id", "seq"],
        "direction = 'out' AND state IN ('queued', 'sending', 'waiting')",
    ),
}


def upgrade() -> None:
    """Applies the step."""
    for name, (columns, only) in INDEXES.items():
        where = sa.text(only)
        op.create_index(name, "messages", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Takes the step back."""
    for name in INDEXES:
        op.drop_index(name, "messages")
