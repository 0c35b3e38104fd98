"""Conversations stand in one line to be answered, and know how much was written and said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WAITING = "direction = 'in' AND state IN ('received', 'answering')"


def upgrade() -> None:
    """Applies the step; whoever waits for an answer already stands in the line from now on."""
    for name, kind in (("due_at", sa.DateTime()), ("arrivals", sa.JSON()), ("answers", sa.JSON())):
        op.add_column("conversations", sa.Column(name, kind, nullable=True))
    waiting = f"SELECT conversation_id FROM messages WHERE {WAITING}"  # noqa: S608
    # `created_at` is in the past, so they are due; their own order is that of their beginning.
    op.execute(f"UPDATE conversations SET due_at = created_at WHERE id IN ({waiting})")  # noqa: S608
    _index("ix_conversations_due_at", "conversations", ["due_at"], "due_at IS NOT NULL")
    _index("ix_messages_unanswered", "messages", ["conversation_id", "seq"], WAITING)
    op.create_index("ix_cases_conversation_id", "cases", ["conversation_id"])


def _index(name: str, table: str, columns: list[str], only: str) -> None:
    where = sa.text(only)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_cases_conversation_id", "cases")
    op.drop_index("ix_messages_unanswered", "messages")
    op.drop_index("ix_conversations_due_at", "conversations")
    for name in ("due_at", "arrivals", "answers"):
        # A batch would make the table anew, which cases and messages refer to.
        op.drop_column("conversations", name)
