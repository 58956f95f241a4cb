"""How lessons, their files and their tasks are kept."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
)

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

lesson = Table(
    "lesson",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", String, nullable=False),
    Column("language", String(2), nullable=False),
    Column("week", String(8), nullable=False),
    Column("day", Date, nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("subject", String, nullable=False),
    Column("title", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("needs_picture", Boolean, nullable=False),
    Column("weight", Float, nullable=False),
    Column("text", String, nullable=False),
    Column("licence", Document, nullable=False),
    Column("task_text", String),
    Column("task_due", Date),
    Column("task_pages", SmallInteger),
    Column("task_marks", String),
    Column("content_hash", String(64), nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("goal", String, nullable=False, server_default=""),
    Column("quiz", Document),
    Column("sign_language", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("code", "language"),
    Index(None, "week"),
)

lesson_grade = Table(
    "lesson_grade",
    metadata,
    Column("lesson_id", ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True),
    Column("grade", SmallInteger, primary_key=True),
)

lesson_file = Table(
    "lesson_file",
    metadata,
    Column("lesson_id", ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("pages", SmallInteger, nullable=False, server_default="0"),
)
