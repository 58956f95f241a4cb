"""Which messages wait on purpose, and since when a chat is silent.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits now may wait for the end of quiet hours: it is left in peace."""
    op.add_column(
        "telegram_outbox",
        sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    outbox = sa.table("telegram_outbox", sa.column("is_held"), sa.column("state"))
    op.execute(outbox.update().where(outbox.c.state == "queued").values(is_held=sa.true()))
    op.add_column("telegram_pace", sa.Column("frozen_since", sa.Double(), nullable=True))


def downgrade() -> None:
    """Tell no longer what waits on purpose."""
    with op.batch_alter_table("telegram_pace") as batch:
        batch.drop_column("frozen_since")
    with op.batch_alter_table("telegram_outbox") as batch:
        batch.drop_column("is_held")
