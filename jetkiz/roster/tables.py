"""How the roster is kept: identity apart, facts dated, hand edits remembered."""

from sqlalchemy import (
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

school = Table(
    "school",
    metadata,
    Column("id", Key, primary_key=True),
    Column("sourced_id", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("region_kato", String, nullable=False, server_default=""),
    Column("address", Document, nullable=False),
)

school_class = Table(
    "school_class",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("sourced_id", String, nullable=False),
    Column("title", String, nullable=False),
    Column("grade", SmallInteger),
    Column("language", String(2)),
    Column("subject", String, nullable=False, server_default=""),
    Column("is_homeroom", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("school_id", "sourced_id"),
)

household = Table(
    "household",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("sourced_id", String, nullable=False),
    Column("language", String(2), nullable=False),
    Column("delivery_mode", String, nullable=False),
    Column("delivery_order", Integer, nullable=False, server_default="0"),
    Column("pick_up_km", Float),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("school_id", "sourced_id"),
)

household_identity = Table(
    "household_identity",
    metadata,
    Column("household_id", ForeignKey("household.id"), primary_key=True),
    Column("address", Document, nullable=False),
    Column("phone", String, nullable=False, server_default=""),
)

# What the post took: written by who sends packs, read by whoever asks whether one comes in time.
postal_experience = Table(
    "postal_experience",
    metadata,
    Column("school_id", ForeignKey("school.id"), primary_key=True),
    Column("place", String(6), primary_key=True),
    Column("out_days", SmallInteger),
    Column("out_packs", Integer, nullable=False),
    Column("back_days", SmallInteger),
    Column("back_packs", Integer, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
)

student = Table(
    "student",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("household_id", ForeignKey("household.id"), nullable=False),
    Column("class_id", ForeignKey("school_class.id")),
    Column("grade", SmallInteger, nullable=False),
    Column("language", String(2), nullable=False),
    Column("needs", String, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    Index(None, "school_id", "class_id"),
    Index(None, "household_id"),
)

student_identity = Table(
    "student_identity",
    metadata,
    Column("student_id", ForeignKey("student.id"), primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("sourced_id", String, nullable=False),
    Column("family_name", String, nullable=False),
    Column("given_name", String, nullable=False),
    Column("patronymic", String, nullable=False, server_default=""),
    UniqueConstraint("school_id", "sourced_id"),
)

guardian = Table(
    "guardian",
    metadata,
    Column("id", Key, primary_key=True),
    Column("household_id", ForeignKey("household.id"), nullable=False),
    Column("sourced_id", String, nullable=False),
    Column("family_name", String, nullable=False),
    Column("given_name", String, nullable=False),
    Column("patronymic", String, nullable=False, server_default=""),
    Column("relation", String, nullable=False, server_default=""),
    Column("phone", String, nullable=False, server_default=""),
    Column("language", String(2), nullable=False),
    UniqueConstraint("household_id", "sourced_id"),
)

teacher = Table(
    "teacher",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("sourced_id", String, nullable=False),
    Column("family_name", String, nullable=False),
    Column("given_name", String, nullable=False),
    Column("patronymic", String, nullable=False, server_default=""),
    Column("role", String, nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("school_id", "sourced_id"),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("class_id", ForeignKey("school_class.id"), primary_key=True),
    Column("student_id", ForeignKey("student.id"), primary_key=True),
    Column("active", Boolean, nullable=False),
)

teaching = Table(
    "teaching",
    metadata,
    Column("class_id", ForeignKey("school_class.id"), primary_key=True),
    Column("teacher_id", ForeignKey("teacher.id"), primary_key=True),
    Column("active", Boolean, nullable=False),
)

access_fact = Table(
    "access_fact",
    metadata,
    Column("id", Key, primary_key=True),
    Column("household_id", ForeignKey("household.id"), nullable=False),
    Column("student_id", ForeignKey("student.id")),
    Column("kind", String, nullable=False),
    Column("value", String, nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Index(None, "household_id"),
    Index(None, "student_id"),
)

hand_edit = Table(
    "hand_edit",
    metadata,
    Column("table_name", String, primary_key=True),
    Column("row_id", Key, primary_key=True),
    Column("column_name", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String, nullable=False),
    Column("summary", Document, nullable=False),
)
