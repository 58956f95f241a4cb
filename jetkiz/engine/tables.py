"""How workers, leases and the slots of the clock are kept; jobs lie in the engine's own tables."""

from sqlalchemy import Column, Index, Integer, SmallInteger, String, Table, UniqueConstraint

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

# One row a worker name; boot_id changes with each start, so that two live processes are told apart.
worker = Table(
    "worker",
    metadata,
    Column("worker_id", String, primary_key=True),
    Column("boot_id", String, nullable=False),
    Column("host", String, nullable=False),
    Column("process", Integer, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# A row for each slot of a daily or weekly schedule: whether it ran can be asked years later.
tick = Table(
    "tick",
    metadata,
    Column("id", Key, primary_key=True),
    Column("schedule", String, nullable=False),
    Column("slot_utc", UtcDateTime, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
    UniqueConstraint("schedule", "slot_utc"),
    Index(None, "slot_utc"),
)

# Only the last slot of a schedule that runs every few minutes: half a million rows a year say
# nothing that this one does not.
pulse = Table(
    "pulse",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("slot_utc", UtcDateTime, nullable=False),
    Column("beats", Key, nullable=False),
)
