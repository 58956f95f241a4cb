"""Which logs of what was aired were read: each file once, with who brought it and when."""

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

# The same file read by another profile says something else.
as_run_file = Table(
    "as_run_file",
    metadata,
    Column("id", Key, primary_key=True),
    Column("week", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("profile", String, nullable=False),
    Column("name", String, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("said", Document, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Column("read_by", String, nullable=False),
    UniqueConstraint("week", "sha256", "profile"),
)
