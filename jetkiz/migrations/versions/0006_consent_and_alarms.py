"""Consent of guardians, phones that wait for it, how a phone calls a child, alarms.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Links made before go on: their families agreed by staying linked, and nothing waits."""
    waits: sa.Column[bool] = sa.Column(
        "waits", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("telegram_link", waits)
    called: sa.Column[str] = sa.Column("called", sa.String(), nullable=False, server_default="")
    op.add_column("telegram_link", called)
    op.create_table(
        "telegram_consent",
        sa.Column("id", Key, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_consent")),
        sa.ForeignKeyConstraint(
            ["chat"], ["telegram_chat.id"], name=op.f("fk_telegram_consent_chat_telegram_chat")
        ),
    )
    op.create_index(op.f("ix_telegram_consent_student_id"), "telegram_consent", ["student_id"])
    _create_alarms()


def _create_alarms() -> None:
    op.create_table(
        "telegram_alarm",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_alarm")),
        sa.UniqueConstraint("key", name=op.f("uq_telegram_alarm_key")),
    )
    op.create_index(
        op.f("ix_telegram_alarm_bot_id_seen_at"), "telegram_alarm", ["bot_id", "seen_at"]
    )
    op.create_table(
        "telegram_refusals",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "day", "reason", name=op.f("pk_telegram_refusals")),
    )


def downgrade() -> None:
    """Forget consents and alarms; a phone that waits is unlinked, or it would get lessons."""
    op.drop_table("telegram_refusals")
    op.drop_table("telegram_alarm")
    op.drop_table("telegram_consent")
    link = sa.table("telegram_link", sa.column("waits", sa.Boolean()))
    op.execute(link.delete().where(link.c.waits))
    with op.batch_alter_table("telegram_link") as batch:
        batch.drop_column("called")
        batch.drop_column("waits")
