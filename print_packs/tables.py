"""How print runs, packs, sheets, lists for the post office and scanned pages are kept."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

print_run = Table(
    "print_run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("week", String(8), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("channel", String, nullable=False),
    Column("printed_on", Date, nullable=False),
    Column("is_ready", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # None: made before it was kept; its file job.json says it in the language it was made in.
    Column("notes", Document),
    Column("layout", String(8), server_default="single", nullable=False),
    UniqueConstraint("week", "number"),
)

# A consignment that fills several envelopes has a row for each: from the second on, what stands in
# the column of that name is the consignment with its part behind it (``pack_name``).
pack = Table(
    "pack",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", ForeignKey("print_run.id"), nullable=False),
    Column("consignment", String, nullable=False, unique=True),
    Column("week", String(8), nullable=False),
    Column("household_id", Key, nullable=False),
    Column("channel", String, nullable=False),
    Column("print_id", String(16), nullable=False, unique=True),
    Column("part", SmallInteger, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("grams", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("stack", String(40), server_default="", nullable=False),
    Column("first_page", Integer, server_default="0", nullable=False),
    Column("held_back", String, server_default="", nullable=False),
    Column("state", String, nullable=False),
    Column("contents", Document, nullable=False),
    Column("postal", Document, nullable=False, server_default="{}"),
    Index(None, "week", "household_id"),
    Index(None, "run_id"),
)

# A second copy of a pack or of one of its pages (0 stands for all) has a number of its own.
reprint = Table(
    "reprint",
    metadata,
    Column("id", Key, primary_key=True),
    Column("pack_id", ForeignKey("pack.id"), nullable=False),
    Column("print_id", String(16), nullable=False, unique=True),
    Column("page", SmallInteger, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index(None, "pack_id"),
)

# The serial is drawn at random: after a database is restored from a backup, a counter
# would give the number of a sheet that already lies in a family's home to another child.
sheet = Table(
    "sheet",
    metadata,
    Column("id", Key, primary_key=True),
    Column("serial", BigInteger, nullable=False, unique=True),
    Column("pack_id", ForeignKey("pack.id"), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("page", SmallInteger, nullable=False),
    Column("pages", SmallInteger, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    UniqueConstraint("pack_id", "student_id", "lesson_id", "page"),
    Index(None, "student_id", "lesson_id"),
)

registry = Table(
    "registry",
    metadata,
    Column("id", Key, primary_key=True),
    Column("run_id", ForeignKey("print_run.id"), nullable=False),
    Column("week", String(8), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("packs", Document, nullable=False),
    Column("confirmed_at", UtcDateTime),
    UniqueConstraint("week", "number"),
)

# A file of scans as it was brought; ``stored`` names what was uploaded, for as long as it is kept.
scan_file = Table(
    "scan_file",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("school_id", Key),
    Column("brought_by", String, nullable=False),
    Column("state", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("is_turned_over", Boolean, nullable=False),
    Column("refusal", Document),
    Column("stored", String(64), nullable=False, server_default=""),
    Column("came_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "state"),
)

# ``stored`` names the picture while a person may still have to see it; a filed page lies with the
# work. ``codes`` are the places of the codes that were read, by serial and corner.
scan_page = Table(
    "scan_page",
    metadata,
    Column("id", Key, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("result", String, nullable=False),
    Column("serial", BigInteger),
    Column("turn", SmallInteger, nullable=False),
    Column("media_type", String, nullable=False),
    Column("scanned_at", UtcDateTime, nullable=False),
    Column("file_id", ForeignKey("scan_file.id")),
    Column("school_id", Key),
    Column("stored", String(64), nullable=False, server_default=""),
    Column("sharpness", Float, nullable=False, server_default="0"),
    Column("decided_by", String, nullable=False, server_default=""),
    Column("decided_at", UtcDateTime),
    Column("before", String, nullable=False, server_default=""),
    Index(None, "file_id"),
    Index(None, "serial"),
    Index(None, "result"),
)

# A sheet is filed once, whatever the number of pictures that show it.
filed_sheet = Table(
    "filed_sheet",
    metadata,
    Column("sheet_id", ForeignKey("sheet.id"), primary_key=True),
    Column("scan_id", ForeignKey("scan_page.id"), nullable=False),
    Index(None, "scan_id"),
)

# The days on the way are allotted with a pack: made again, it must say the same day.
pack_dates = Table(
    "pack_dates",
    metadata,
    Column("pack_id", ForeignKey("pack.id"), primary_key=True),
    Column("out_days", SmallInteger, nullable=False),
    Column("back_days", SmallInteger, nullable=False),
    Column("basis", String, nullable=False),
    Column("posted_on", Date),
    Column("post_on", Date),
    Column("arrives_by", Date),
    Column("send_by", Date),
    Column("overdue_from", Date),
    Column("in_time", Boolean, nullable=False),
    Index(None, "overdue_from"),
)

# What the post or a person says of a pack: kept word for word, also where it moves nothing.
pack_event = Table(
    "pack_event",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("pack_id", ForeignKey("pack.id"), nullable=False),
    Column("number", String, nullable=False),
    Column("code", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source", String, nullable=False),
    Column("said", String, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index(None, "pack_id"),
)

# Kazpost gives a new number for each call: what was asked is known before, and only once.
kazpost_number = Table(
    "kazpost_number",
    metadata,
    Column("id", Key, primary_key=True),
    Column("pack_id", ForeignKey("pack.id"), nullable=False, unique=True),
    Column("order_num", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("number", String, nullable=False),
    Column("label", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Index(None, "number"),
)

kazpost_poll = Table(
    "kazpost_poll",
    metadata,
    Column("number", String, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
)

# Where a teacher's mark and words are printed: in a pack, by its name, or on the slips of a batch.
# Whoever writes the row first prints them; nobody prints them twice.
feedback_place = Table(
    "feedback_place",
    metadata,
    Column("feedback_id", Key, primary_key=True, autoincrement=False),
    Column("consignment", String, nullable=False),
    Column("place", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "place"),
)

# What somebody counted on the shelf; what was printed since is taken off when it is read.
paper_stock = Table(
    "paper_stock",
    metadata,
    Column("school_id", ForeignKey("school.id"), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
)
