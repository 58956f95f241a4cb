"""Lessons say whether an interpreter of sign language is in the picture.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No lesson of before is known to have one; the older program goes on writing lessons."""
    op.add_column(
        "lesson",
        sa.Column("sign_language", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Forget which lessons have one."""
    with op.batch_alter_table("lesson") as table:
        table.drop_column("sign_language")
