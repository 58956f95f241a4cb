"""Where a teacher's mark and words are printed: in a pack or on a slip.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_PLACE = "feedback_place"


def upgrade() -> None:
    """What was printed on slips so far is known by its batch."""
    op.create_table(
        _PLACE,
        sa.Column("feedback_id", Key, autoincrement=False, nullable=False),
        sa.Column("consignment", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f(f"pk_{_PLACE}")),
    )
    op.create_index(op.f(f"ix_{_PLACE}_place"), _PLACE, ["place"])


def downgrade() -> None:
    """Print every mark on a slip again."""
    op.drop_table(_PLACE)
