"""Who let an address pass, whom lists name as sender, and what the counter refused.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was let pass or refused so far, and no school has named its office."""
    _overrides()
    op.create_table(
        "list_sender",
        sa.Column("school_id", Key, nullable=False),
        sa.Column("bin", sa.String(12), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("office_index", sa.String(6), nullable=False),
        sa.Column("payment", sa.String(20), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("marks", sa.String(40), nullable=False),
        _refers("list_sender", "school"),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_list_sender")),
    )
    op.create_table(
        "refused_item",
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("list_id", Key, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("refused_item", "pack"),
        _refers("refused_item", "registry", "list"),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_refused_item")),
    )


def _overrides() -> None:
    unique = ("household_id", "flaw", "address")
    op.create_table(
        "address_override",
        sa.Column("id", Key, nullable=False),
        sa.Column("household_id", Key, nullable=False),
        sa.Column("flaw", sa.String(20), nullable=False),
        sa.Column("address", sa.String(16), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("address_override", "household"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_override")),
        sa.UniqueConstraint(*unique, name=op.f("uq_address_override_" + "_".join(unique))),
    )


def _refers(table: str, to: str, column: str = "") -> sa.ForeignKeyConstraint:
    name = f"{column or to}_id"
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))


def downgrade() -> None:
    """Forget it."""
    for table in ("refused_item", "list_sender", "address_override"):
        op.drop_table(table)
