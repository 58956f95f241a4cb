"""Student-weeks half as big: narrow columns, what is known in few bytes, the run in the template.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.bulk_load import bulk_load

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RUNGS = ("dispatched", "failed", "delivered", "acknowledged", "returned", "marked")
_CONTENT = ("curriculum_id", "channels", "reasons", "fallbacks")
_OLD_KEY = f"uq_plan_template_{'_'.join(_CONTENT)}"
_INDEX = "ix_student_week_week_school_id"
_ROWS = 20_000

# Each template and run, and the template that the rows of that run now have.
_Templates = dict[tuple[int, int], int]


def upgrade() -> None:
    """Write every row anew: the order of columns cannot be changed otherwise."""
    templates = _give_templates_to_runs()
    before = _set_aside()
    after = _create()
    connection = op.get_bind()
    options = {"stream_results": True, "yield_per": _ROWS}
    with connection.execute(sa.select(before), execution_options=options) as rows:
        for part in rows.mappings().partitions():
            bulk_load(connection, after, [_changed(dict(row), templates) for row in part])
    op.drop_table(before.name)
    op.create_index(op.f(_INDEX), "student_week", ["week", "school_id"])


def _give_templates_to_runs() -> _Templates:
    """Let a template belong to one run; what several runs shared is copied."""
    op.add_column("plan_template", sa.Column("run_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("plan_template") as batch:
        batch.drop_constraint(op.f(_OLD_KEY), type_="unique")
    connection = op.get_bind()
    template, week = (_table(name) for name in ("plan_template", "student_week"))
    pairs = connection.execute(
        sa.select(week.c.template_id, week.c.run_id)
        .distinct()
        .order_by(week.c.template_id, week.c.run_id)
    ).all()
    found: _Templates = {}
    owned: set[int] = set()
    for number, run in pairs:
        found[number, run] = _copy(template, number, run) if number in owned else number
        if number not in owned:
            connection.execute(template.update().where(template.c.id == number).values(run_id=run))
        owned.add(number)
    # What no row names any more belonged to plans that were taken back.
    connection.execute(template.delete().where(template.c.run_id.is_(None)))
    with op.batch_alter_table("plan_template") as batch:
        batch.alter_column("run_id", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(op.f("uq_plan_template_content"), ["run_id", *_CONTENT])
    return found


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _copy(template: sa.Table, number: int, run: int) -> int:
    connection, c = op.get_bind(), template.c
    shared = sa.select(*(c[name] for name in _CONTENT)).where(c.id == number)
    row = connection.execute(shared).mappings().one()
    made = connection.execute(template.insert().values(**row, run_id=run)).inserted_primary_key
    return int(made[0]) if made else number


def _set_aside() -> sa.Table:
    op.drop_index(op.f(_INDEX), table_name="student_week")
    if op.get_bind().dialect.name == "postgresql":
        # Its name is wanted for the new table; on SQLite each table has names of its own.
        op.drop_constraint("pk_student_week", "student_week")
    op.rename_table("student_week", "student_week_before")
    return _table("student_week_before")


def _create() -> sa.Table:
    return op.create_table(
        "student_week",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["template_id"], ["plan_template.id"], name=op.f("fk_student_week_template_id")
        ),
        sa.PrimaryKeyConstraint("week", "student_id", "attempt", name=op.f("pk_student_week")),
        postgresql_with={"fillfactor": 70},
    )


def _changed(row: dict[str, Any], templates: _Templates) -> dict[str, Any]:
    """Put the bitmaps behind a byte that says which there are; a week becomes 2605."""
    bitmaps = [row[name] for name in _RUNGS]
    width = (max(bitmaps).bit_length() + 7) // 8
    head = sum(1 << rung for rung, bits in enumerate(bitmaps) if bits)
    body = b"".join(bits.to_bytes(width, "little") for bits in bitmaps if bits)
    year, _, number = row["week"].partition("-W")
    return {
        "student_id": row["student_id"],
        "school_id": row["school_id"],
        "template_id": templates[row["template_id"], row["run_id"]],
        "week": (int(year) - 2000) * 100 + int(number),
        "attempt": row["attempt"],
        "known": bytes([head]) + body if head else None,
    }
