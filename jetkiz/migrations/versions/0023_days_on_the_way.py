"""Days of the post, what is said of packs on their way, and numbers that Kazpost gave.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what was posted before has no dates."""
    _make_ways()
    op.create_table(
        "pack_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name="fk_pack_event_pack_id_pack"),
        sa.PrimaryKeyConstraint("id", name="pk_pack_event"),
        sa.UniqueConstraint("key", name="uq_pack_event_key"),
    )
    op.create_index("ix_pack_event_pack_id", "pack_event", ["pack_id"])
    _make_numbers()


def _make_ways() -> None:
    op.create_table(
        "postal_experience",
        sa.Column("school_id", Key, nullable=False),
        sa.Column("place", sa.String(6), nullable=False),
        sa.Column("out_days", sa.SmallInteger()),
        sa.Column("out_packs", sa.Integer(), nullable=False),
        sa.Column("back_days", sa.SmallInteger()),
        sa.Column("back_packs", sa.Integer(), nullable=False),
        sa.Column("measured_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name="fk_postal_experience_school_id_school"
        ),
        sa.PrimaryKeyConstraint("school_id", "place", name="pk_postal_experience"),
    )
    op.create_table(
        "pack_dates",
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("out_days", sa.SmallInteger(), nullable=False),
        sa.Column("back_days", sa.SmallInteger(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("posted_on", sa.Date()),
        sa.Column("post_on", sa.Date()),
        sa.Column("arrives_by", sa.Date()),
        sa.Column("send_by", sa.Date()),
        sa.Column("overdue_from", sa.Date()),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name="fk_pack_dates_pack_id_pack"),
        sa.PrimaryKeyConstraint("pack_id", name="pk_pack_dates"),
    )
    op.create_index("ix_pack_dates_overdue_from", "pack_dates", ["overdue_from"])


def _make_numbers() -> None:
    op.create_table(
        "kazpost_number",
        sa.Column("id", Key, nullable=False),
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("order_num", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name="fk_kazpost_number_pack_id_pack"),
        sa.PrimaryKeyConstraint("id", name="pk_kazpost_number"),
        sa.UniqueConstraint("pack_id", name="uq_kazpost_number_pack_id"),
        sa.UniqueConstraint("order_num", name="uq_kazpost_number_order_num"),
    )
    op.create_index("ix_kazpost_number_number", "kazpost_number", ["number"])
    op.create_table(
        "kazpost_poll",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_kazpost_poll"),
    )


def downgrade() -> None:
    """Forget them."""
    for name in ("kazpost_poll", "kazpost_number", "pack_event", "pack_dates"):
        op.drop_table(name)
    op.drop_table("postal_experience")
