"""Second ways of lessons: planned beside the first, and taken once when it fails.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD_KEY = ("curriculum_id", "channels", "reasons")
_NEW_KEY = (*_OLD_KEY, "fallbacks")


def upgrade() -> None:
    """Add the column to both kinds of templates, and the table of what was taken."""
    for name in ("plan_template", "plan_run_template"):
        _add_fallbacks(name)
    with op.batch_alter_table("plan_template") as batch:
        batch.drop_constraint(_name(_OLD_KEY), type_="unique")
        batch.create_unique_constraint(_name(_NEW_KEY), list(_NEW_KEY))
    _fallback_order()


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"uq_plan_template_{'_'.join(columns)}")


def _add_fallbacks(name: str) -> None:
    """Plans made before have no second ways: an empty row of bytes."""
    op.add_column(name, sa.Column("fallbacks", sa.LargeBinary(), nullable=True))
    changed = sa.table(name, sa.column("fallbacks", sa.LargeBinary()))
    op.execute(changed.update().values(fallbacks=b""))
    with op.batch_alter_table(name) as batch:
        batch.alter_column("fallbacks", existing_type=sa.LargeBinary(), nullable=False)


def _fallback_order() -> None:
    op.create_table(
        "fallback_order",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("failed_attempt", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("from_channel", sa.String(), nullable=False),
        sa.Column("to_channel", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback_order")),
        sa.UniqueConstraint(
            "week",
            "student_id",
            "lesson_id",
            name=op.f("uq_fallback_order_week_student_id_lesson_id"),
        ),
    )
