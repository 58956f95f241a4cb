"""How is kept which quiz stands on which sheet, what was read of it, and what a teacher decided."""

from sqlalchemy import Column, Float, ForeignKey, Index, SmallInteger, String, Table

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

# As it was printed: the school may change the questions while the sheet is on its way.
printed_quiz = Table(
    "printed_quiz",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("lesson_id", Key, nullable=False),
    Column("layout", SmallInteger, nullable=False),
    Column("options", Document, nullable=False),
    Column("right_options", Document, nullable=False),
)

quiz_sheet = Table(
    "quiz_sheet",
    metadata,
    Column("sheet_id", ForeignKey("sheet.id"), primary_key=True),
    Column("quiz_id", ForeignKey("printed_quiz.id"), nullable=False),
)

# A proposal until somebody decides: ``decided`` holds the answers that count.
quiz_reading = Table(
    "quiz_reading",
    metadata,
    Column("sheet_id", ForeignKey("sheet.id"), primary_key=True),
    Column("page_sha256", String(64), nullable=False),
    Column("answers", Document, nullable=False),
    Column("doubts", Document, nullable=False),
    Column("corners", Document, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("right_answers", SmallInteger, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Column("decided", Document),
    Column("by", String, nullable=False),
    Column("decided_at", UtcDateTime),
    Index(None, "decided_at"),
)
