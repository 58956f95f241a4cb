"""How accounts and the audit are kept."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

account = Table(
    "account",
    metadata,
    Column("id", Key, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
    Column("role", String(16), nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("teacher_id", ForeignKey("teacher.id")),
    Column("language", String(2), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Rows are only ever added; each holds the hash of the one before, so a gap or a change shows.
audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(32), nullable=False),
    Column("school_id", Key),
    Column("student_id", Key),
    Column("detail", String, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Index(None, "student_id", "at"),
)
