"""How airings are kept: one row an airing, whose number stays through every revision."""

from sqlalchemy import Column, Index, SmallInteger, String, Table, UniqueConstraint

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

airing = Table(
    "airing",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("channel", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("revision", SmallInteger, nullable=False),
    Column("actual_start", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("week", "lesson_id"),
    Index(None, "week", "channel"),
)
