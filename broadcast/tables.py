"""How airings and the revisions of a timetable are kept.

A row of ``airing`` is one airing: its number and its ``code``, by which plans, guides, calendars
and logs name it, stay through every revision of the timetable.
"""

from sqlalchemy import (
    Column,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

_PUBLISHED = text("state = 'published'")

# A lesson has a first run on each of several channels, repeats, and airings that make up for one.
airing = Table(
    "airing",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("code", String, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("channel", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("status", String(9), nullable=False),
    Column("sequence", SmallInteger, nullable=False),
    Column("supersedes", String, nullable=False, server_default=""),
    Column("actual_start", UtcDateTime),
    Column("actual_minutes", SmallInteger),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("week", "code"),
    Index(None, "week", "channel"),
    Index(None, "week", "lesson_id"),
)

# A ministry's problem has megabytes, and a moved airing changes nothing of it.
timetable_input = Table(
    "timetable_input",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("problem", Text, nullable=False),
)

# A revision is never edited: only its state and the moment it was published ever change.
timetable = Table(
    "timetable",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("revision", SmallInteger, nullable=False),
    Column("parent", SmallInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("plan", Text, nullable=False),
    Column("report", Document, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String, nullable=False),
    Column("published_at", UtcDateTime),
    Column("published_by", String),
    UniqueConstraint("week", "revision"),
    # One timetable of a week is in force, whoever publishes at the same moment.
    Index(
        "uq_timetable_week_published",
        "week",
        unique=True,
        sqlite_where=_PUBLISHED,
        postgresql_where=_PUBLISHED,
    ),
)

timetable_confirmation = Table(
    "timetable_confirmation",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("revision", SmallInteger, nullable=False),
    Column("channel", String, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("confirmed_by", String, nullable=False),
    UniqueConstraint("week", "revision", "channel"),
)
