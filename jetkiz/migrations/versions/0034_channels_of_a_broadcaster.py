"""Which channels of the air a broadcaster's sign-in is bound to.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.metadata import Key

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No sign-in is bound yet."""
    op.create_table(
        "account_channel",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_channel_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "channel", name=op.f("pk_account_channel")),
    )


def downgrade() -> None:
    """Forget it: every broadcaster sees all channels."""
    op.drop_table("account_channel")
