"""Where a page of homework stands in its album, how many sheets it holds, and what is hard to read.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("hints", sa.String(), ""),
    ("sheets", sa.SmallInteger(), "1"),
    ("album", sa.String(), ""),
    ("place", sa.BigInteger(), "0"),
)


def upgrade() -> None:
    """Older pages stand as they came, one sheet each."""
    for name, kind, default in _COLUMNS:
        column = sa.Column(name, kind, nullable=False, server_default=default)
        op.add_column("return_page", column)


def downgrade() -> None:
    """Take it all away again."""
    for name, _, _ in reversed(_COLUMNS):
        op.drop_column("return_page", name)
