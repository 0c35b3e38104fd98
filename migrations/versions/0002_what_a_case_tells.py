"""What a visitor told before a case opened, how urgent it is, and what stands half told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the step."""
    op.add_column("cases", sa.Column("details", sa.JSON(), nullable=True))
    op.add_column(
        "cases",
        sa.Column("priority", sa.String(length=8), server_default="normal", nullable=False),
    )
    op.add_column("conversations", sa.Column("unfinished", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Takes the step back."""
    op.drop_column("conversations", "unfinished")
    op.drop_column("cases", "priority")
    op.drop_column("cases", "details")
