"""How the lessons of a print run are laid on paper.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All runs so far have one page to a side."""
    layout = sa.Column("layout", sa.String(8), server_default="single", nullable=False)
    op.add_column("print_run", layout)


def downgrade() -> None:
    """Forget how runs were laid."""
    with op.batch_alter_table("print_run") as table:
        table.drop_column("layout")
