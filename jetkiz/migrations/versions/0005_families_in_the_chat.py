"""What a family chose for its chat, and what it asks teachers.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MINUTES = ("quiet_from", "quiet_until", "reminder_hour")
_SWITCHES = ("voice", "larger_text", "copies", "together")


def upgrade() -> None:
    """Nobody chose anything yet: the new tables are empty."""
    op.create_table(
        "telegram_preferences",
        sa.Column("chat", Key, nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in _MINUTES),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in _SWITCHES),
        *_keys("telegram_preferences", "chat", "telegram_chat", primary="chat"),
    )
    _create_questions()
    op.create_table(
        "telegram_question_part",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("question", Key, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("media_type", sa.String(), nullable=False, server_default=""),
        *_keys("telegram_question_part", "question", "telegram_question", unique="key"),
    )
    op.create_index(
        op.f("ix_telegram_question_part_question"), "telegram_question_part", ["question"]
    )


def _keys(
    table: str, column: str, target: str, primary: str = "id", unique: str = ""
) -> list[sa.Constraint]:
    named = op.f(f"fk_{table}_{column}_{target}")
    found: list[sa.Constraint] = [
        sa.PrimaryKeyConstraint(primary, name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=named),
    ]
    if unique:
        found.append(sa.UniqueConstraint(unique, name=op.f(f"uq_{table}_{unique}")))
    return found


def _create_questions() -> None:
    op.create_table(
        "telegram_question",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("album", sa.String(), nullable=False, server_default=""),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False, server_default=""),
        sa.Column("answered_by", sa.String(), nullable=False, server_default=""),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        *_keys("telegram_question", "chat", "telegram_chat", unique="key"),
    )
    op.create_index(
        op.f("ix_telegram_question_bot_id_answered_at"),
        "telegram_question",
        ["bot_id", "answered_at"],
    )
    op.create_index(op.f("ix_telegram_question_chat"), "telegram_question", ["chat"])


def downgrade() -> None:
    """Forget what families chose and asked."""
    op.drop_table("telegram_question_part")
    op.drop_table("telegram_question")
    op.drop_table("telegram_preferences")
