"""Whether a guardian's chat also gets the mark.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No chat gets marks that has not asked for them."""
    marks: sa.Column[bool] = sa.Column(
        "marks", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("telegram_preferences", marks)


def downgrade() -> None:
    """Send no marks any more."""
    with op.batch_alter_table("telegram_preferences") as batch:
        batch.drop_column("marks")
