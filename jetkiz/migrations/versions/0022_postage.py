"""Postal numbers, weights of packs, checked rules, and as what each pack is posted.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No office has issued numbers, nothing was weighed; old packs say nothing of their postage."""
    _numbers()
    op.create_table(
        "weighed_pack",
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("stock", sa.String(20), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("model_g", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("weighed_pack", "pack"),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_weighed_pack")),
    )
    op.create_index(op.f("ix_weighed_pack_stock"), "weighed_pack", ["stock"])
    op.create_table(
        "postal_sign_off",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postal_sign_off")),
        sa.UniqueConstraint("name", "sha256", name=op.f("uq_postal_sign_off_name_sha256")),
    )
    postal: sa.Column[dict[str, str]] = sa.Column(
        "postal", Document, nullable=False, server_default="{}"
    )
    op.add_column("pack", postal)


def _numbers() -> None:
    op.create_table(
        "s10_range",
        sa.Column("id", Key, nullable=False),
        sa.Column("prefix", sa.String(2), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(12), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("school_id", Key, nullable=True),
        sa.Column("is_specimen", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("s10_range", "school"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_s10_range")),
    )
    _index("s10_range", "prefix", "country", "first")
    unique = ("prefix", "country", "serial")
    op.create_table(
        "s10_number",
        sa.Column("id", Key, nullable=False),
        sa.Column("prefix", sa.String(2), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("range_id", Key, nullable=True),
        sa.Column("pack_id", Key, nullable=True),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _refers("s10_number", "s10_range", "range"),
        _refers("s10_number", "pack"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_s10_number")),
        sa.UniqueConstraint(*unique, name=op.f("uq_s10_number_" + "_".join(unique))),
    )
    _index("s10_number", "pack_id")
    _index("s10_number", "range_id", "serial")
    op.create_table(
        "s10_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("number_id", Key, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _refers("s10_event", "s10_number", "number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_s10_event")),
    )
    _index("s10_event", "number_id")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _refers(table: str, to: str, column: str = "") -> sa.ForeignKeyConstraint:
    name = f"{column or to}_id"
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("pack") as batch:
        batch.drop_column("postal")
    for table in ("s10_event", "s10_number", "s10_range", "postal_sign_off", "weighed_pack"):
        op.drop_table(table)
