"""Files of scans with their progress, and what a person decided about a page.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Pages of an earlier release keep their ends; their pictures lie where they lay."""
    op.create_table(
        "scan_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("school_id", Key, nullable=True),
        sa.Column("brought_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("is_turned_over", sa.Boolean(), nullable=False),
        sa.Column("refusal", Document, nullable=True),
        sa.Column("stored", sa.String(length=64), server_default="", nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_file")),
        sa.UniqueConstraint("key", name=op.f("uq_scan_file_key")),
    )
    op.create_index(op.f("ix_scan_file_state"), "scan_file", ["state"], unique=False)
    with op.batch_alter_table("scan_page") as batch:
        batch.add_column(sa.Column("file_id", Key, nullable=True))
        batch.add_column(sa.Column("school_id", Key, nullable=True))
        batch.add_column(_text("stored", 64))
        batch.add_column(sa.Column("codes", Document, nullable=True))
        batch.add_column(sa.Column("sharpness", sa.Float(), server_default="0", nullable=False))
        batch.add_column(_text("decided_by"))
        batch.add_column(sa.Column("decided_at", UtcDateTime(), nullable=True))
        batch.add_column(_text("before"))
        batch.create_foreign_key(
            op.f("fk_scan_page_file_id_scan_file"), "scan_file", ["file_id"], ["id"]
        )
    op.create_index(op.f("ix_scan_page_file_id"), "scan_page", ["file_id"], unique=False)


def _text(name: str, length: int | None = None) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=length), server_default="", nullable=False)


def downgrade() -> None:
    """Forget what was decided at the desk; what was filed stays filed."""
    op.drop_index(op.f("ix_scan_page_file_id"), "scan_page")
    with op.batch_alter_table("scan_page") as batch:
        batch.drop_constraint(op.f("fk_scan_page_file_id_scan_file"), type_="foreignkey")
        for name in ("before", "decided_at", "decided_by", "sharpness", "codes", "stored"):
            batch.drop_column(name)
        batch.drop_column("school_id")
        batch.drop_column("file_id")
    op.drop_table("scan_file")
