"""How is kept who let an address pass, whom a school's lists name, what the counter refused."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

# Bound to the address as it was: a corrected one is looked at anew.
address_override = Table(
    "address_override",
    metadata,
    Column("id", Key, primary_key=True),
    Column("household_id", ForeignKey("household.id"), nullable=False),
    Column("flaw", String(20), nullable=False),
    Column("address", String(16), nullable=False),
    Column("by", String, nullable=False),
    Column("note", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("household_id", "flaw", "address"),
)

list_sender = Table(
    "list_sender",
    metadata,
    Column("school_id", ForeignKey("school.id"), primary_key=True),
    Column("bin", String(12), nullable=False),
    Column("contract", String, nullable=False),
    Column("office", String, nullable=False),
    Column("office_index", String(6), nullable=False),
    Column("payment", String(20), nullable=False),
    Column("category", String(20), nullable=False),
    Column("marks", String(40), nullable=False),
)

refused_item = Table(
    "refused_item",
    metadata,
    Column("pack_id", ForeignKey("pack.id"), primary_key=True),
    Column("list_id", ForeignKey("registry.id"), nullable=False),
    Column("by", String, nullable=False),
    Column("note", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
