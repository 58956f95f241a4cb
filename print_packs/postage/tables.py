"""How is kept what packs really weighed, and who checked the rules of the post."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

weighed_pack = Table(
    "weighed_pack",
    metadata,
    Column("pack_id", ForeignKey("pack.id"), primary_key=True),
    Column("stock", String(20), nullable=False),
    Column("grams", Integer, nullable=False),
    Column("model_g", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "stock"),
)

# Bound to the very bytes of the file: rules that were changed are checked anew.
postal_sign_off = Table(
    "postal_sign_off",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("by", String, nullable=False),
    Column("note", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("name", "sha256"),
)
