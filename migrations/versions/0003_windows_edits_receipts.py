"""What opens a platform's window, edits and receipts, the platform's order, shared tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAMED = "ix_messages_conversation_id_message_id"


def upgrade() -> None:
    """Applies the step."""
    op.add_column("conversations", sa.Column("acts", sa.JSON(), nullable=True))
    op.add_column("messages", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("message_id", sa.String(length=200), nullable=True))
    op.add_column("messages", sa.Column("versions", sa.JSON(), nullable=True))
    op.add_column("messages", sa.Column("receipt", sa.String(length=12), nullable=True))
    op.create_index(
        "ix_messages_conversation_id_message_id", "messages", ["conversation_id", "message_id"]
    )
    op.create_table(
        "platform_tokens",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_platform_tokens"),
    )


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("platform_tokens")
    op.drop_index(NAMED, "messages")
    for column in ("receipt", "versions", "message_id", "position"):
        op.drop_column("messages", column)
    op.drop_column("conversations", "acts")
