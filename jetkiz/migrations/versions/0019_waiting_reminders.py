"""Reminders that wait are found without reading all that was ever sent.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The fourth lane is that of reminders."""
    lane = sa.text("lane = 4")
    op.create_index(
        "ix_telegram_outbox_reminders",
        "telegram_outbox",
        ["state", "subject"],
        sqlite_where=lane,
        postgresql_where=lane,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_telegram_outbox_reminders", "telegram_outbox")
