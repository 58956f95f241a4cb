"""How sessions are kept."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import metadata

# The cookie's value is nowhere in the database: who reads this table cannot sign in.
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)
