"""What a person is told of a print run, kept so that each reader has it in their language.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier runs it stands in their file job.json alone, in the language of the school."""
    with op.batch_alter_table("print_run") as batch:
        batch.add_column(sa.Column("notes", Document, nullable=True))


def downgrade() -> None:
    """Forget it; the files of the runs still say it."""
    with op.batch_alter_table("print_run") as batch:
        batch.drop_column("notes")
