"""What the desk keeps of a case: the one before, mood, idle claims, alarms and satisfaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {
    "mood": sa.String(length=12),
    "acted_at": sa.DateTime(),
    "alarms": sa.JSON(),
    "rating_asked_at": sa.DateTime(),
    "rating": sa.Integer(),
    "rating_words": sa.Text(),
}
CaseId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A reply that was delivered stops the clock of the first reply; of cases from before, only the
# time of the first one is known.
DELIVERED = """
INSERT INTO case_events (case_id, at, actor, what, detail)
SELECT id, first_reply_at, 'docent', 'delivered', '' FROM cases WHERE first_reply_at IS NOT NULL
"""


def upgrade() -> None:
    """Applies the step."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(
            sa.Column("previous_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
        )
        cases.create_foreign_key("fk_cases_previous_id", "cases", ["previous_id"], ["id"])
        for name, kind in COLUMNS.items():
            cases.add_column(sa.Column(name, kind, nullable=True))
    op.execute("UPDATE cases SET acted_at = claimed_at")
    op.execute(DELIVERED)


def downgrade() -> None:
    """Takes the step back."""
    op.execute("DELETE FROM case_events WHERE what = 'delivered'")
    with op.batch_alter_table("cases") as cases:
        cases.drop_constraint("fk_cases_previous_id", type_="foreignkey")
        for name in reversed(COLUMNS):
            cases.drop_column(name)
        cases.drop_column("previous_id")
