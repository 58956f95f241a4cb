"""Whose bot it is, when it last heard Telegram, and its webhook.

Revision ID: 0007
Revises: 0006
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLE = "telegram_bot_state"


def upgrade() -> None:
    """Add what is kept of each bot; the bot of an older school stays that of all."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("school_id", Key, nullable=True),
        sa.Column("username", sa.String(), nullable=False, server_default=""),
        sa.Column("is_retired", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.Column("gap_since", UtcDateTime(), nullable=True),
        sa.Column("gap_until", UtcDateTime(), nullable=True),
        sa.Column("webhook_path", sa.String(), nullable=False, server_default=""),
        sa.Column("webhook_secrets", sa.String(), nullable=False, server_default=""),
    )
    for column in columns:
        op.add_column(_TABLE, column)
