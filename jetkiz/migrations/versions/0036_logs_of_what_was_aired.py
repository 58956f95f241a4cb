"""Which logs of what was aired were read.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of the files of before: what they said stands in the airings."""
    op.create_table(
        "as_run_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("said", Document, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_as_run_file")),
        sa.UniqueConstraint(
            "week", "sha256", "profile", name=op.f("uq_as_run_file_week_sha256_profile")
        ),
    )


def downgrade() -> None:
    """Forget which files were read."""
    op.drop_table("as_run_file")
