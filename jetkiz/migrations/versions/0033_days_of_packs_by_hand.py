"""Packs that go by hand say so: their days do not count as measured by packs in the post.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_DATES = sa.table(
    "pack_dates",
    sa.column("basis", sa.String),
    sa.column("out_days", sa.Integer),
    sa.column("back_days", sa.Integer),
)


def upgrade() -> None:
    """No letter is there and back on the day it is posted: no days both ways were by hand."""
    _rename("measured", "hand")


def downgrade() -> None:
    """Write packs by hand down as the older program did."""
    _rename("hand", "measured")


def _rename(old: str, new: str) -> None:
    c = _DATES.c
    found = (c.basis == old, c.out_days == 0, c.back_days == 0)
    op.execute(sa.update(_DATES).where(*found).values(basis=new))
