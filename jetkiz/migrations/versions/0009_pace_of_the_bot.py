"""The pace of a bot in the database: its places, its silence, its climb, and each chat's.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what all senders of a bot share; an old bot has given no place away."""
    op.add_column("telegram_bot_state", sa.Column("frozen_since", UtcDateTime(), nullable=True))
    for name in ("booked_until", "slowed_to", "slowed_since"):
        op.add_column("telegram_bot_state", sa.Column(name, sa.Double(), nullable=True))
    op.create_table(
        "telegram_pace",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked_until", sa.Double(), nullable=False),
        sa.Column("frozen_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_telegram_pace")),
    )
