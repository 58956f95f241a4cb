"""How accounts, the codes for their phones and the audit are kept."""

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

# The channels of the air that a broadcaster's sign-in is bound to; without a row it sees all.
account_channel = Table(
    "account_channel",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("channel", String(64), primary_key=True),
)

# As with a family's code, who reads this table learns no code.
staff_code = Table(
    "staff_code",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("typed_hash", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index(None, "account_id"),
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
