"""Which quiz was asked, and when homework that lies open was last touched.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of questions asked before nothing is known, and nothing was touched but by its pages."""
    column = sa.Column("quiz_hash", sa.String(64), nullable=False, server_default="")
    op.add_column("telegram_quiz_question", column)
    op.add_column("homework_return", sa.Column("touched_at", UtcDateTime()))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("homework_return", "touched_at")
    op.drop_column("telegram_quiz_question", "quiz_hash")
