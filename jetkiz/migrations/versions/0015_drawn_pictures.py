"""Pictures of lessons that were drawn once.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is remembered as drawn."""
    op.create_table(
        "drawn_picture",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "place", name=op.f("pk_drawn_picture")),
    )


def downgrade() -> None:
    """Draw everything anew."""
    op.drop_table("drawn_picture")
