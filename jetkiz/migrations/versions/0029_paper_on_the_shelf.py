"""How much paper and how many envelopes somebody counted.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_STOCK = "paper_stock"


def upgrade() -> None:
    """Nobody has counted anything so far."""
    op.create_table(
        _STOCK,
        sa.Column("school_id", Key, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "kind", name=op.f(f"pk_{_STOCK}")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f(f"fk_{_STOCK}_school_id_school")
        ),
    )


def downgrade() -> None:
    """Forget what was counted."""
    op.drop_table(_STOCK)
