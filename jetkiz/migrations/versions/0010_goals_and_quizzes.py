"""The goal and the quiz of a lesson, what was asked in a chat, and how a quiz was answered.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_RESULT = "quiz_result"
_ASKED = "telegram_quiz_question"


def upgrade() -> None:
    """Older lessons have neither a goal nor a quiz."""
    op.add_column("lesson", sa.Column("goal", sa.String(), nullable=False, server_default=""))
    op.add_column("lesson", sa.Column("quiz", Document, nullable=True))
    op.create_table(
        _RESULT,
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("right_answers", sa.SmallInteger(), nullable=False),
        sa.Column("questions", sa.SmallInteger(), nullable=False),
        sa.Column("answers", Document, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_RESULT}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{_RESULT}_key")),
    )
    op.create_index(
        op.f(f"ix_{_RESULT}_student_id_lesson_id"), _RESULT, ["student_id", "lesson_id"]
    )
    _create_asked()


def _create_asked() -> None:
    once = ("chat", "student_id", "lesson_id", "attempt", "place")
    op.create_table(
        _ASKED,
        sa.Column("id", Key, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("poll_id", sa.String(), nullable=False, server_default=""),
        sa.Column("answer", Document, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_ASKED}")),
        sa.ForeignKeyConstraint(
            ["chat"], ["telegram_chat.id"], name=op.f(f"fk_{_ASKED}_chat_telegram_chat")
        ),
        sa.UniqueConstraint("key", name=op.f(f"uq_{_ASKED}_key")),
        sa.UniqueConstraint(*once, name=op.f(f"uq_{_ASKED}_{'_'.join(once)}")),
    )
    op.create_index(op.f(f"ix_{_ASKED}_poll_id"), _ASKED, ["poll_id"])


def downgrade() -> None:
    """Take it all away again."""
    op.drop_table(_ASKED)
    op.drop_table(_RESULT)
    op.drop_column("lesson", "quiz")
    op.drop_column("lesson", "goal")
