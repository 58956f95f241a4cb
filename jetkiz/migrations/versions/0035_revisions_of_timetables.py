"""A lesson has several airings, and every revision of a timetable is kept.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_STATUSES = ("planned", "published", "aired", "missed", "cancelled")
_PUBLISHED = sa.text("state = 'published'")
_AIRING = sa.table(
    "airing",
    sa.column("id", sa.Integer),
    sa.column("code", sa.String),
    sa.column("status", sa.String),
)


def upgrade() -> None:
    """An airing of before is the first run of its lesson and is named by its number."""
    with op.batch_alter_table("airing") as batch:
        batch.drop_constraint(op.f("uq_airing_week_lesson_id"), type_="unique")
        batch.add_column(sa.Column("code", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("kind", sa.String(8), server_default="first", nullable=False))
        batch.add_column(sa.Column("supersedes", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("actual_minutes", sa.SmallInteger()))
        batch.alter_column("revision", new_column_name="sequence")
        batch.alter_column(
            "status",
            existing_type=sa.SmallInteger(),
            type_=sa.String(9),
            postgresql_using="status::text",
        )
    c = _AIRING.c
    words = sa.case({str(n): word for n, word in enumerate(_STATUSES)}, value=c.status)
    op.execute(sa.update(_AIRING).values(code=sa.cast(c.id, sa.String), status=words))
    with op.batch_alter_table("airing") as batch:
        batch.alter_column("code", existing_type=sa.String(), server_default=None)
        batch.alter_column("kind", existing_type=sa.String(8), server_default=None)
        batch.create_unique_constraint(op.f("uq_airing_week_code"), ["week", "code"])
    op.create_index(op.f("ix_airing_week_lesson_id"), "airing", ["week", "lesson_id"])
    _create_revisions()


def _create_revisions() -> None:
    op.create_table(
        "timetable_input",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_timetable_input")),
    )
    op.create_table(
        "timetable",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("parent", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("report", Document, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("published_by", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable")),
        sa.UniqueConstraint("week", "revision", name=op.f("uq_timetable_week_revision")),
    )
    op.create_index(
        "uq_timetable_week_published",
        "timetable",
        ["week"],
        unique=True,
        sqlite_where=_PUBLISHED,
        postgresql_where=_PUBLISHED,
    )
    op.create_table(
        "timetable_confirmation",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_confirmation")),
        sa.UniqueConstraint(
            "week",
            "revision",
            "channel",
            name=op.f("uq_timetable_confirmation_week_revision_channel"),
        ),
    )


def downgrade() -> None:
    """Keep one airing of each lesson, as the older program can; revisions are forgotten."""
    for name in ("timetable_confirmation", "timetable", "timetable_input"):
        op.drop_table(name)
    op.drop_index(op.f("ix_airing_week_lesson_id"), "airing")
    op.execute(
        "DELETE FROM airing WHERE kind <> 'first' OR id NOT IN "
        "(SELECT min(id) FROM airing WHERE kind = 'first' GROUP BY week, lesson_id)"
    )
    c = _AIRING.c
    numbers = {word: str(n) for n, word in enumerate(_STATUSES)} | {"short": "3", "moved": "4"}
    op.execute(sa.update(_AIRING).values(status=sa.case(numbers, value=c.status)))
    with op.batch_alter_table("airing") as batch:
        batch.drop_constraint(op.f("uq_airing_week_code"), type_="unique")
        for name in ("actual_minutes", "supersedes", "kind", "code"):
            batch.drop_column(name)
        batch.alter_column("sequence", new_column_name="revision")
        batch.alter_column(
            "status",
            existing_type=sa.String(9),
            type_=sa.SmallInteger(),
            postgresql_using="status::smallint",
        )
        batch.create_unique_constraint(op.f("uq_airing_week_lesson_id"), ["week", "lesson_id"])
