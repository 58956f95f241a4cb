"""Which quiz stands on which sheet, what was read of it, and what a teacher decided.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_QUIZ = "printed_quiz"
_SHEET = "quiz_sheet"
_READING = "quiz_reading"


def upgrade() -> None:
    """No quiz was printed to be read so far."""
    op.create_table(
        _QUIZ,
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("layout", sa.SmallInteger(), nullable=False),
        sa.Column("options", Document, nullable=False),
        sa.Column("right_options", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_QUIZ}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{_QUIZ}_key")),
    )
    op.create_table(
        _SHEET,
        sa.Column("sheet_id", Key, nullable=False),
        sa.Column("quiz_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f(f"pk_{_SHEET}")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.id"], name=op.f(f"fk_{_SHEET}_sheet_id_sheet")
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], [f"{_QUIZ}.id"], name=op.f(f"fk_{_SHEET}_quiz_id_{_QUIZ}")
        ),
    )
    _create_readings()


def _create_readings() -> None:
    op.create_table(
        _READING,
        sa.Column("sheet_id", Key, nullable=False),
        sa.Column("page_sha256", sa.String(64), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("doubts", Document, nullable=False),
        sa.Column("corners", Document, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("right_answers", sa.SmallInteger(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("decided", Document, nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f(f"pk_{_READING}")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.id"], name=op.f(f"fk_{_READING}_sheet_id_sheet")
        ),
    )
    op.create_index(op.f(f"ix_{_READING}_decided_at"), _READING, ["decided_at"])


def downgrade() -> None:
    """Forget them: sheets that come back are for the teacher's eye alone."""
    for table in (_READING, _SHEET, _QUIZ):
        op.drop_table(table)
