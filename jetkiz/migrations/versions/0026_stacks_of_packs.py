"""In which file of its run a pack lies, why it was held back, and which copies were made.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A pack that was printed before lies in a file of its own, and none was held back."""
    with op.batch_alter_table("pack") as batch:
        batch.add_column(sa.Column("stack", sa.String(40), server_default="", nullable=False))
        batch.add_column(sa.Column("first_page", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("held_back", sa.String(), server_default="", nullable=False))
    op.create_table(
        "reprint",
        sa.Column("id", Key, nullable=False),
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("print_id", sa.String(16), nullable=False),
        sa.Column("page", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_reprint_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprint")),
        sa.UniqueConstraint("print_id", name=op.f("uq_reprint_print_id")),
    )
    op.create_index(op.f("ix_reprint_pack_id"), "reprint", ["pack_id"])


def downgrade() -> None:
    """Forget it; the files of the packs stay."""
    op.drop_table("reprint")
    with op.batch_alter_table("pack") as batch:
        for name in ("held_back", "first_page", "stack"):
            batch.drop_column(name)
