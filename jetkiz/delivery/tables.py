"""How the ledger is kept: a row for each student-week, shared templates, receipts as truth."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from jetkiz.delivery.known import Known
from jetkiz.storage.column_types import Document, UtcDateTime, WeekNumber
from jetkiz.storage.metadata import Key, metadata

curriculum = Table(
    "curriculum",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("lessons_hash", String(64), nullable=False),
    UniqueConstraint("week", "lessons_hash"),
)

curriculum_slot = Table(
    "curriculum_slot",
    metadata,
    Column("curriculum_id", ForeignKey("curriculum.id"), primary_key=True),
    Column("slot", SmallInteger, primary_key=True),
    Column("lesson_id", Key, nullable=False),
    Index(None, "lesson_id"),
)

# What student-weeks of one run share. There are few: whatever they can say stands here, not there.
plan_template = Table(
    "plan_template",
    metadata,
    Column("id", Key, primary_key=True),
    Column("curriculum_id", ForeignKey("curriculum.id"), nullable=False),
    Column("run_id", Integer, nullable=False),
    Column("channels", LargeBinary, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    Column("fallbacks", LargeBinary, nullable=False),
    UniqueConstraint(
        "run_id",
        "curriculum_id",
        "channels",
        "reasons",
        "fallbacks",
        name="uq_plan_template_content",
    ),
)

# There are millions of rows, so none is wider than it must be: half the width of keys is enough for
# two billion students; wide columns stand first, where nothing has to be left free before them.
# What is known is never indexed and the pages keep room: receipts then update in place. The room is
# left by the migration; named here it would load PostgreSQL's dialect, 4 MB, on every SQLite.
student_week = Table(
    "student_week",
    metadata,
    Column("student_id", Integer, nullable=False),
    Column("school_id", Integer, nullable=False),
    Column("template_id", Integer, ForeignKey("plan_template.id"), nullable=False),
    Column("week", WeekNumber, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("known", Known),
    PrimaryKeyConstraint("week", "student_id", "attempt"),
    # Without the template: equal keys share their place in the index.
    Index(None, "week", "school_id"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("week", String(8), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("slots", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("channel", String, nullable=False),
    Column("reason", String),
    Column("source", String, nullable=False),
    Column("consignment", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index(None, "week", "student_id"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("week", String(8), nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("last_error", String, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("handed_at", UtcDateTime),
    Index(None, "state", "not_before"),
)

consignment = Table(
    "consignment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("batch_id", ForeignKey("batch.id"), nullable=False),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("week", String(8), nullable=False),
    Column("due", Date, nullable=False),
    Column("at", String(5), nullable=False),
    Column("household_id", Key),
    Column("student_id", Key),
    Column("lesson_id", Key),
    Column("payload", Document, nullable=False),
    Index(None, "batch_id"),
    Index(None, "week", "channel"),
)

consignment_content = Table(
    "consignment_content",
    metadata,
    Column("consignment_id", ForeignKey("consignment.id"), primary_key=True),
    Column("student_id", Key, primary_key=True),
    Column("attempt", SmallInteger, primary_key=True),
    Column("lessons", Document, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("batch_id", ForeignKey("batch.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String, nullable=False, server_default="started"),
    Column("detail", String, nullable=False, server_default=""),
    UniqueConstraint("batch_id", "number"),
)
