"""Models as they were published, and which process holds a row: what several servers share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HELD = ("messages", "desk_jobs", "desk_events")


def upgrade() -> None:
    """Applies the step; nobody is known to hold what was claimed before it."""
    for table in HELD:
        op.add_column(table, sa.Column("held_by", sa.Integer(), nullable=True))
    op.create_table(
        "publications",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("refused", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
    )
    op.create_table(
        "publication_chunks",
        sa.Column("publication_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.id"],
            name="fk_publication_chunks_publication_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "number", name="pk_publication_chunks"),
    )


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("publication_chunks")
    op.drop_table("publications")
    for table in HELD:
        with op.batch_alter_table(table) as held:
            held.drop_column("held_by")
