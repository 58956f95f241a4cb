"""How postal numbers are kept: what an office issued, and what became of each number."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

s10_range = Table(
    "s10_range",
    metadata,
    Column("id", Key, primary_key=True),
    Column("prefix", String(2), nullable=False),
    Column("country", String(2), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("use", String(12), nullable=False),
    Column("office", String, nullable=False),
    Column("school_id", ForeignKey("school.id")),
    Column("is_specimen", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "prefix", "country", "first"),
)

# A number that has a row is used for ever: the standard forbids it for twelve months and advises
# twenty-four, and nobody can tell which of two families a number meant.
s10_number = Table(
    "s10_number",
    metadata,
    Column("id", Key, primary_key=True),
    Column("prefix", String(2), nullable=False),
    Column("country", String(2), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("range_id", ForeignKey("s10_range.id")),
    Column("pack_id", ForeignKey("pack.id")),
    Column("way", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    UniqueConstraint("prefix", "country", "serial"),
    Index(None, "pack_id"),
    Index(None, "range_id", "serial"),
)

s10_event = Table(
    "s10_event",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number_id", ForeignKey("s10_number.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("by", String, nullable=False),
    Column("note", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "number_id"),
)
