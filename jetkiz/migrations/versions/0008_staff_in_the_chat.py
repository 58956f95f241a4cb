"""Staff in the chat: their codes and links, what teachers say aloud, and emergency messages.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add four tables; what stands in the others stays as it is."""
    _staff_code()
    _staff_link()
    _feedback_file()
    _emergency()


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _staff_code() -> None:
    op.create_table(
        "staff_code",
        sa.Column("id", Key, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("typed_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        _key("staff_code"),
        _refers("staff_code", "account_id", "account"),
        _once("staff_code", "code_hash"),
        _once("staff_code", "typed_hash"),
    )
    op.create_index(op.f("ix_staff_code_account_id"), "staff_code", ["account_id"])


def _staff_link() -> None:
    op.create_table(
        "telegram_staff_link",
        sa.Column("id", Key, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("account", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("office_from", sa.SmallInteger(), nullable=False),
        sa.Column("office_to", sa.SmallInteger(), nullable=False),
        _key("telegram_staff_link"),
        _refers("telegram_staff_link", "chat", "telegram_chat"),
        _refers("telegram_staff_link", "account", "account"),
        _once("telegram_staff_link", "chat", "account"),
    )
    op.create_index(op.f("ix_telegram_staff_link_account"), "telegram_staff_link", ["account"])


def _feedback_file() -> None:
    op.create_table(
        "feedback_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("feedback_id", Key, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        _key("feedback_file"),
        _refers("feedback_file", "feedback_id", "feedback"),
        _once("feedback_file", "feedback_id", "sha256"),
    )


def _emergency() -> None:
    table = "telegram_emergency"
    op.create_table(
        table,
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("class_id", Key, nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("proposed_by", Key, nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", Key, nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        _key(table),
        _refers(table, "school_id", "school"),
        _refers(table, "class_id", "school_class"),
        _refers(table, "proposed_by", "account"),
        _refers(table, "confirmed_by", "account"),
        _once(table, "key"),
    )
