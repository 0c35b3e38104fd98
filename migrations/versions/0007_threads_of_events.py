"""Which thread a Slack event belongs to: those of one thread are handled in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the step; what waits from before belongs to no thread, and is handled as it came."""
    with op.batch_alter_table("desk_events") as events:
        events.add_column(sa.Column("thread", sa.String(length=80), nullable=True))
        events.create_index("ix_desk_events_thread_id", ["thread", "id"])


def downgrade() -> None:
    """Takes the step back."""
    with op.batch_alter_table("desk_events") as events:
        events.drop_index("ix_desk_events_thread_id")
        events.drop_column("thread")
