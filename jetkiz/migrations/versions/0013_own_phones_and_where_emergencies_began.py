"""Which chats were a student's own phone, and in which chat an emergency message was written.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.metadata import Key

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "telegram_own_phone"


def upgrade() -> None:
    """Phones that are linked as a student's own have always been that."""
    op.create_table(
        _TABLE,
        sa.Column("chat", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["telegram_chat.id"], name=op.f(f"fk_{_TABLE}_chat")),
        sa.PrimaryKeyConstraint("chat", "student_id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_student_id"), _TABLE, ["student_id"])
    op.execute(
        "INSERT INTO telegram_own_phone (chat, student_id)"
        " SELECT chat, student_id FROM telegram_link WHERE role = 'student'"
    )
    op.add_column("telegram_emergency", sa.Column("proposed_chat", Key))


def downgrade() -> None:
    """Take it all away again."""
    op.drop_column("telegram_emergency", "proposed_chat")
    op.drop_index(op.f(f"ix_{_TABLE}_student_id"), _TABLE)
    op.drop_table(_TABLE)
