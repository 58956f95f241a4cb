"""How returns, their pages, the teacher's feedback and answered quizzes are kept."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

homework_return = Table(
    "homework_return",
    metadata,
    Column("id", Key, primary_key=True),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("handed_in_at", UtcDateTime),
    Column("is_late", Boolean, nullable=False),
    # When somebody last worked on it without a page coming or going: a note, another order.
    Column("touched_at", UtcDateTime),
    UniqueConstraint("student_id", "lesson_id", "version"),
    Index(None, "state", "handed_in_at"),
)

return_page = Table(
    "return_page",
    metadata,
    Column("id", Key, primary_key=True),
    Column("return_id", ForeignKey("homework_return.id"), nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("number", SmallInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media_type", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("note", String, nullable=False, server_default=""),
    Column("hints", String, nullable=False, server_default=""),
    Column("sheets", SmallInteger, nullable=False, server_default="1"),
    Column("album", String, nullable=False, server_default=""),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("removed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "return_id"),
)

quiz_result = Table(
    "quiz_result",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("right_answers", SmallInteger, nullable=False),
    Column("questions", SmallInteger, nullable=False),
    Column("answers", Document, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "student_id", "lesson_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("return_id", ForeignKey("homework_return.id"), nullable=False),
    Column("mark", String, nullable=False),
    Column("words", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "return_id"),
)

# What a teacher said or drew instead of writing it.
feedback_file = Table(
    "feedback_file",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feedback_id", ForeignKey("feedback.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media_type", String, nullable=False),
    UniqueConstraint("feedback_id", "sha256"),
)
