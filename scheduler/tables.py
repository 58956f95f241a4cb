"""How plan runs, drafts before publishing, and decisions by hand are kept."""

from sqlalchemy import (
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

# A new run never edits an old one; only state, published_at and approved_by ever change.
plan_run = Table(
    "plan_run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("inputs_hash", String(64), nullable=False),
    Column("engine", String, nullable=False),
    Column("objective", Float, nullable=False),
    Column("bound", Float, nullable=False),
    Column("gap", Float, nullable=False),
    Column("report", Document, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("approved_by", String),
    UniqueConstraint("week", "version"),
    # One plan of a week is in force, whoever publishes at the same moment.
    Index(
        "uq_plan_run_week_published",
        "week",
        unique=True,
        sqlite_where=text("state = 'published'"),
        postgresql_where=text("state = 'published'"),
    ),
)

plan_run_template = Table(
    "plan_run_template",
    metadata,
    Column("run_id", ForeignKey("plan_run.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("lessons", Document, nullable=False),
    Column("channels", LargeBinary, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    Column("fallbacks", LargeBinary, nullable=False),
)

plan_run_line = Table(
    "plan_run_line",
    metadata,
    Column("run_id", ForeignKey("plan_run.id"), primary_key=True),
    Column("student_id", Key, primary_key=True, autoincrement=False),
    Column("template", Integer, nullable=False),
)

# Lesson 0 stands for every lesson: a number in the key is unique on both databases, NULL is not.
plan_override = Table(
    "plan_override",
    metadata,
    Column("id", Key, primary_key=True),
    Column("student_id", ForeignKey("student.id"), nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("channel", String, nullable=False),
    Column("by", String, nullable=False),
    Column("why", String, nullable=False),
    Column("until", Date),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("student_id", "lesson_id"),
    Index(None, "student_id"),
)

# A second way is taken once for each lesson of a student, whoever finds the failure and how often.
fallback_order = Table(
    "fallback_order",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("failed_attempt", SmallInteger, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("from_channel", String, nullable=False),
    Column("to_channel", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("reason", String),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("week", "student_id", "lesson_id"),
)

# What a family was reminded of: a child at most once a day, each number of a task once.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Key, primary_key=True),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("wording", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("student_id", "lesson_id", "number"),
    UniqueConstraint("student_id", "day"),
)
