"""Where the codes lay on a scanned page is kept no longer: whoever needs it looks at the picture.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing reads the places any more."""
    with op.batch_alter_table("scan_page") as batch:
        batch.drop_column("codes")


def downgrade() -> None:
    """Pages that were scanned meanwhile have no places."""
    with op.batch_alter_table("scan_page") as batch:
        batch.add_column(sa.Column("codes", Document, nullable=True))
