"""Messages for several children, and reminders of tasks.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TASK = ("student_id", "lesson_id", "number")


def upgrade() -> None:
    """Nothing was shared and nobody reminded yet."""
    op.create_table(
        "telegram_outbox_shared",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("consignment", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message", "consignment", name=op.f("pk_telegram_outbox_shared")),
    )
    op.create_index(
        op.f("ix_telegram_outbox_shared_consignment"), "telegram_outbox_shared", ["consignment"]
    )
    op.create_table(
        "reminder",
        sa.Column("id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "student_id",
            "lesson_id",
            "number",
            name=op.f("uq_reminder_student_id_lesson_id_number"),
        ),
        sa.UniqueConstraint("student_id", "day", name=op.f("uq_reminder_student_id_day")),
    )


def downgrade() -> None:
    """Forget which children shared a message and who was reminded."""
    op.drop_table("reminder")
    op.drop_table("telegram_outbox_shared")
