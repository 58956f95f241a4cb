"""The first tables.

Revision ID: 0001
Revises:
"""

from alembic import op

from jetkiz.storage.schema import all_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    all_tables().create_all(op.get_bind())
