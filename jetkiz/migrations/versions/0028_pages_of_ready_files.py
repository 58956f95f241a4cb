"""How many sides a teacher's own pages take.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No file that is here already has pages of its own."""
    pages: sa.Column[int] = sa.Column(
        "pages", sa.SmallInteger(), nullable=False, server_default="0"
    )
    op.add_column("lesson_file", pages)


def downgrade() -> None:
    """Count them no more."""
    with op.batch_alter_table("lesson_file") as batch:
        batch.drop_column("pages")
