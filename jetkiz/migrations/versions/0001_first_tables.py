"""The first tables, as they were when the history of the tables began.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, those that others point to first."""
    for create in (
        _airing,
        _audit,
        _batch,
        _curriculum,
        _hand_edit,
        _homework_return,
        _import_run,
        _lease,
        _lesson,
        _link_address,
        _link_code,
        _plan_run,
        _print_run,
        _pulse,
        _receipt,
        _scan_page,
        _school,
        _telegram_bot_state,
        _telegram_chat,
        _telegram_file,
        _telegram_inbox,
        _telegram_outbox,
        _tick,
        _worker,
        _attempt,
        _consignment,
        _curriculum_slot,
        _feedback,
        _household,
        _lesson_file,
        _lesson_grade,
        _pack,
        _plan_run_line,
        _plan_run_template,
        _plan_template,
        _registry,
        _return_page,
        _school_class,
        _teacher,
        _telegram_dialogue_state,
        _telegram_link,
        _telegram_outbox_attempt,
        _account,
        _consignment_content,
        _guardian,
        _household_identity,
        _sheet,
        _student,
        _student_week,
        _teaching,
        _access_fact,
        _enrolment,
        _filed_sheet,
        _plan_override,
        _session,
        _student_identity,
    ):
        create()


def _airing() -> None:
    op.create_table(
        "airing",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("actual_start", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing")),
        sa.UniqueConstraint("week", "lesson_id", name=op.f("uq_airing_week_lesson_id")),
    )
    op.create_index(op.f("ix_airing_week_channel"), "airing", ["week", "channel"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("school_id", Key, nullable=True),
        sa.Column("student_id", Key, nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    op.create_index(op.f("ix_audit_student_id_at"), "audit", ["student_id", "at"], unique=False)


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_batch_key")),
    )
    op.create_index(
        op.f("ix_batch_state_not_before"), "batch", ["state", "not_before"], unique=False
    )


def _curriculum() -> None:
    op.create_table(
        "curriculum",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("lessons_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum")),
        sa.UniqueConstraint("week", "lessons_hash", name=op.f("uq_curriculum_week_lessons_hash")),
    )


def _hand_edit() -> None:
    op.create_table(
        "hand_edit",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", Key, nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_id", "column_name", name=op.f("pk_hand_edit")),
    )


def _homework_return() -> None:
    op.create_table(
        "homework_return",
        sa.Column("id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homework_return")),
        sa.UniqueConstraint(
            "student_id",
            "lesson_id",
            "version",
            name=op.f("uq_homework_return_student_id_lesson_id_version"),
        ),
    )
    op.create_index(
        op.f("ix_homework_return_state_handed_in_at"),
        "homework_return",
        ["state", "handed_in_at"],
        unique=False,
    )


def _import_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("summary", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _lesson() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("needs_picture", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("licence", Document, nullable=False),
        sa.Column("task_text", sa.String(), nullable=True),
        sa.Column("task_due", sa.Date(), nullable=True),
        sa.Column("task_pages", sa.SmallInteger(), nullable=True),
        sa.Column("task_marks", sa.String(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("code", "language", name=op.f("uq_lesson_code_language")),
    )
    op.create_index(op.f("ix_lesson_week"), "lesson", ["week"], unique=False)


def _link_address() -> None:
    op.create_table(
        "link_address",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_link_address")),
    )


def _link_code() -> None:
    op.create_table(
        "link_code",
        sa.Column("id", Key, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("typed_hash", sa.String(length=64), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("uses_left", sa.SmallInteger(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_link_code_code_hash")),
        sa.UniqueConstraint("typed_hash", name=op.f("uq_link_code_typed_hash")),
    )
    op.create_index(op.f("ix_link_code_student_id"), "link_code", ["student_id"], unique=False)


def _plan_run() -> None:
    op.create_table(
        "plan_run",
        sa.Column("id", Key, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("objective", sa.Float(), nullable=False),
        sa.Column("bound", sa.Float(), nullable=False),
        sa.Column("gap", sa.Float(), nullable=False),
        sa.Column("report", Document, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
        sa.UniqueConstraint("week", "version", name=op.f("uq_plan_run_week_version")),
    )
    published = sa.text("state = 'published'")
    op.create_index(
        "uq_plan_run_week_published",
        "plan_run",
        ["week"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )


def _print_run() -> None:
    op.create_table(
        "print_run",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
        sa.UniqueConstraint("key", name=op.f("uq_print_run_key")),
        sa.UniqueConstraint("week", "number", name=op.f("uq_print_run_week_number")),
    )


def _pulse() -> None:
    op.create_table(
        "pulse",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("slot_utc", UtcDateTime(), nullable=False),
        sa.Column("beats", Key, nullable=False),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_pulse")),
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("slots", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("consignment", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("key", name=op.f("uq_receipt_key")),
    )
    op.create_index(
        op.f("ix_receipt_week_student_id"), "receipt", ["week", "student_id"], unique=False
    )


def _scan_page() -> None:
    op.create_table(
        "scan_page",
        sa.Column("id", Key, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("scanned_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_page")),
        sa.UniqueConstraint("sha256", name=op.f("uq_scan_page_sha256")),
    )
    op.create_index(op.f("ix_scan_page_result"), "scan_page", ["result"], unique=False)
    op.create_index(op.f("ix_scan_page_serial"), "scan_page", ["serial"], unique=False)


def _school() -> None:
    op.create_table(
        "school",
        sa.Column("id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("region_kato", sa.String(), server_default="", nullable=False),
        sa.Column("address", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("sourced_id", name=op.f("uq_school_sourced_id")),
    )


def _telegram_bot_state() -> None:
    op.create_table(
        "telegram_bot_state",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_update", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("frozen_until", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_telegram_bot_state")),
    )


def _telegram_chat() -> None:
    op.create_table(
        "telegram_chat",
        sa.Column("id", Key, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=True),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.Column("wrong_codes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("wrong_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_chat")),
        sa.UniqueConstraint("bot_id", "chat_id", name=op.f("uq_telegram_chat_bot_id_chat_id")),
    )


def _telegram_file() -> None:
    op.create_table(
        "telegram_file",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "sha256", "kind", name=op.f("pk_telegram_file")),
    )


def _telegram_inbox() -> None:
    op.create_table(
        "telegram_inbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("raw", Document, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("is_dead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_telegram_inbox_bot_id_update_id")),
    )
    op.create_index(
        op.f("ix_telegram_inbox_bot_id_done_at"),
        "telegram_inbox",
        ["bot_id", "done_at"],
        unique=False,
    )


def _telegram_outbox() -> None:
    op.create_table(
        "telegram_outbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("consignment", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_telegram_outbox_key")),
    )
    op.create_index(
        op.f("ix_telegram_outbox_bot_id_chat_id_state"),
        "telegram_outbox",
        ["bot_id", "chat_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_telegram_outbox_bot_id_state_lane_id"),
        "telegram_outbox",
        ["bot_id", "state", "lane", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_telegram_outbox_consignment"), "telegram_outbox", ["consignment"], unique=False
    )


def _tick() -> None:
    op.create_table(
        "tick",
        sa.Column("id", Key, nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("slot_utc", UtcDateTime(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick")),
        sa.UniqueConstraint("schedule", "slot_utc", name=op.f("uq_tick_schedule_slot_utc")),
    )
    op.create_index(op.f("ix_tick_slot_utc"), "tick", ["slot_utc"], unique=False)


def _worker() -> None:
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_worker")),
    )


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", Key, nullable=False),
        sa.Column("batch_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), server_default="started", nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_attempt_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_attempt_batch_id_number")),
    )


def _consignment() -> None:
    op.create_table(
        "consignment",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("batch_id", Key, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("household_id", Key, nullable=True),
        sa.Column("student_id", Key, nullable=True),
        sa.Column("lesson_id", Key, nullable=True),
        sa.Column("payload", Document, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_consignment_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignment")),
        sa.UniqueConstraint("key", name=op.f("uq_consignment_key")),
    )
    op.create_index(op.f("ix_consignment_batch_id"), "consignment", ["batch_id"], unique=False)
    op.create_index(
        op.f("ix_consignment_week_channel"), "consignment", ["week", "channel"], unique=False
    )


def _curriculum_slot() -> None:
    op.create_table(
        "curriculum_slot",
        sa.Column("curriculum_id", Key, nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curriculum.id"], name=op.f("fk_curriculum_slot_curriculum_id")
        ),
        sa.PrimaryKeyConstraint("curriculum_id", "slot", name=op.f("pk_curriculum_slot")),
    )
    op.create_index(
        op.f("ix_curriculum_slot_lesson_id"), "curriculum_slot", ["lesson_id"], unique=False
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("return_id", Key, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["homework_return.id"], name=op.f("fk_feedback_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_key")),
    )
    op.create_index(op.f("ix_feedback_return_id"), "feedback", ["return_id"], unique=False)


def _household() -> None:
    op.create_table(
        "household",
        sa.Column("id", Key, nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("delivery_mode", sa.String(), nullable=False),
        sa.Column("delivery_order", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pick_up_km", sa.Float(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_household_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint(
            "school_id", "sourced_id", name=op.f("uq_household_school_id_sourced_id")
        ),
    )


def _lesson_file() -> None:
    op.create_table(
        "lesson_file",
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_file_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", "name", name=op.f("pk_lesson_file")),
    )


def _lesson_grade() -> None:
    op.create_table(
        "lesson_grade",
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_grade_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", "grade", name=op.f("pk_lesson_grade")),
    )


def _pack() -> None:
    op.create_table(
        "pack",
        sa.Column("id", Key, nullable=False),
        sa.Column("run_id", Key, nullable=False),
        sa.Column("consignment", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("household_id", Key, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("print_id", sa.String(length=16), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contents", Document, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_pack_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("consignment", name=op.f("uq_pack_consignment")),
        sa.UniqueConstraint("print_id", name=op.f("uq_pack_print_id")),
    )
    op.create_index(op.f("ix_pack_run_id"), "pack", ["run_id"], unique=False)
    op.create_index(
        op.f("ix_pack_week_household_id"), "pack", ["week", "household_id"], unique=False
    )


def _plan_run_line() -> None:
    op.create_table(
        "plan_run_line",
        sa.Column("run_id", Key, nullable=False),
        sa.Column("student_id", Key, autoincrement=False, nullable=False),
        sa.Column("template", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_plan_run_line_run_id")),
        sa.PrimaryKeyConstraint("run_id", "student_id", name=op.f("pk_plan_run_line")),
    )


def _plan_run_template() -> None:
    op.create_table(
        "plan_run_template",
        sa.Column("run_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lessons", Document, nullable=False),
        sa.Column("channels", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["plan_run.id"], name=op.f("fk_plan_run_template_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_plan_run_template")),
    )


def _plan_template() -> None:
    op.create_table(
        "plan_template",
        sa.Column("id", Key, nullable=False),
        sa.Column("curriculum_id", Key, nullable=False),
        sa.Column("channels", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curriculum.id"], name=op.f("fk_plan_template_curriculum_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
        sa.UniqueConstraint(
            "curriculum_id",
            "channels",
            "reasons",
            name=op.f("uq_plan_template_curriculum_id_channels_reasons"),
        ),
    )


def _registry() -> None:
    op.create_table(
        "registry",
        sa.Column("id", Key, nullable=False),
        sa.Column("run_id", Key, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("packs", Document, nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_registry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry")),
        sa.UniqueConstraint("week", "number", name=op.f("uq_registry_week_number")),
    )


def _return_page() -> None:
    op.create_table(
        "return_page",
        sa.Column("id", Key, nullable=False),
        sa.Column("return_id", Key, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["homework_return.id"], name=op.f("fk_return_page_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_page")),
        sa.UniqueConstraint("key", name=op.f("uq_return_page_key")),
    )
    op.create_index(op.f("ix_return_page_return_id"), "return_page", ["return_id"], unique=False)


def _school_class() -> None:
    op.create_table(
        "school_class",
        sa.Column("id", Key, nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("is_homeroom", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_class_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_class")),
        sa.UniqueConstraint(
            "school_id", "sourced_id", name=op.f("uq_school_class_school_id_sourced_id")
        ),
    )


def _teacher() -> None:
    op.create_table(
        "teacher",
        sa.Column("id", Key, nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), server_default="", nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_teacher_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher")),
        sa.UniqueConstraint(
            "school_id", "sourced_id", name=op.f("uq_teacher_school_id_sourced_id")
        ),
    )


def _telegram_dialogue_state() -> None:
    op.create_table(
        "telegram_dialogue_state",
        sa.Column("chat", Key, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("facts", Document, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["telegram_chat.id"], name=op.f("fk_telegram_dialogue_state_chat")
        ),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_telegram_dialogue_state")),
    )


def _telegram_link() -> None:
    op.create_table(
        "telegram_link",
        sa.Column("id", Key, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat"], ["telegram_chat.id"], name=op.f("fk_telegram_link_chat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_link")),
        sa.UniqueConstraint("chat", "student_id", name=op.f("uq_telegram_link_chat_student_id")),
    )
    op.create_index(
        op.f("ix_telegram_link_student_id"), "telegram_link", ["student_id"], unique=False
    )


def _telegram_outbox_attempt() -> None:
    op.create_table(
        "telegram_outbox_attempt",
        sa.Column("id", Key, nullable=False),
        sa.Column("outbox_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["telegram_outbox.id"], name=op.f("fk_telegram_outbox_attempt_outbox_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_outbox_attempt")),
    )
    op.create_index(
        op.f("ix_telegram_outbox_attempt_outbox_id"),
        "telegram_outbox_attempt",
        ["outbox_id"],
        unique=False,
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", Key, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("teacher_id", Key, nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_account_school_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_account_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )


def _consignment_content() -> None:
    op.create_table(
        "consignment_content",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("lessons", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
            name=op.f("fk_consignment_content_consignment_id"),
        ),
        sa.PrimaryKeyConstraint(
            "consignment_id", "student_id", "attempt", name=op.f("pk_consignment_content")
        ),
    )


def _guardian() -> None:
    op.create_table(
        "guardian",
        sa.Column("id", Key, nullable=False),
        sa.Column("household_id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), server_default="", nullable=False),
        sa.Column("relation", sa.String(), server_default="", nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_guardian_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        sa.UniqueConstraint(
            "household_id", "sourced_id", name=op.f("uq_guardian_household_id_sourced_id")
        ),
    )


def _household_identity() -> None:
    op.create_table(
        "household_identity",
        sa.Column("household_id", Key, nullable=False),
        sa.Column("address", Document, nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_identity_household_id")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_identity")),
    )


def _sheet() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", Key, nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("page", sa.SmallInteger(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_sheet_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint(
            "pack_id",
            "student_id",
            "lesson_id",
            "page",
            name=op.f("uq_sheet_pack_id_student_id_lesson_id_page"),
        ),
        sa.UniqueConstraint("serial", name=op.f("uq_sheet_serial")),
    )
    op.create_index(
        op.f("ix_sheet_student_id_lesson_id"), "sheet", ["student_id", "lesson_id"], unique=False
    )


def _student() -> None:
    op.create_table(
        "student",
        sa.Column("id", Key, nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("household_id", Key, nullable=False),
        sa.Column("class_id", Key, nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("needs", sa.String(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["school_class.id"], name=op.f("fk_student_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_student_household_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_student_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student")),
    )
    op.create_index(op.f("ix_student_household_id"), "student", ["household_id"], unique=False)
    op.create_index(
        op.f("ix_student_school_id_class_id"), "student", ["school_id", "class_id"], unique=False
    )


def _student_week() -> None:
    op.create_table(
        "student_week",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("run_id", Key, nullable=False),
        sa.Column("template_id", Key, nullable=False),
        sa.Column("dispatched", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("delivered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("marked", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["plan_template.id"], name=op.f("fk_student_week_template_id")
        ),
        sa.PrimaryKeyConstraint("week", "student_id", "attempt", name=op.f("pk_student_week")),
    )
    op.create_index(
        op.f("ix_student_week_week_school_id_template_id"),
        "student_week",
        ["week", "school_id", "template_id"],
        unique=False,
    )


def _teaching() -> None:
    op.create_table(
        "teaching",
        sa.Column("class_id", Key, nullable=False),
        sa.Column("teacher_id", Key, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["school_class.id"], name=op.f("fk_teaching_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teaching_teacher_id")
        ),
        sa.PrimaryKeyConstraint("class_id", "teacher_id", name=op.f("pk_teaching")),
    )


def _access_fact() -> None:
    op.create_table(
        "access_fact",
        sa.Column("id", Key, nullable=False),
        sa.Column("household_id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_access_fact_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_access_fact_student_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_fact")),
        sa.UniqueConstraint("key", name=op.f("uq_access_fact_key")),
    )
    op.create_index(
        op.f("ix_access_fact_household_id"), "access_fact", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_access_fact_student_id"), "access_fact", ["student_id"], unique=False)


def _enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("class_id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["school_class.id"], name=op.f("fk_enrolment_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_enrolment_student_id")
        ),
        sa.PrimaryKeyConstraint("class_id", "student_id", name=op.f("pk_enrolment")),
    )


def _filed_sheet() -> None:
    op.create_table(
        "filed_sheet",
        sa.Column("sheet_id", Key, nullable=False),
        sa.Column("scan_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan_page.id"], name=op.f("fk_filed_sheet_scan_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_filed_sheet_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_filed_sheet")),
    )
    op.create_index(op.f("ix_filed_sheet_scan_id"), "filed_sheet", ["scan_id"], unique=False)


def _plan_override() -> None:
    op.create_table(
        "plan_override",
        sa.Column("id", Key, nullable=False),
        sa.Column("student_id", Key, nullable=False),
        sa.Column("lesson_id", Key, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_plan_override_student_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_override")),
        sa.UniqueConstraint(
            "student_id", "lesson_id", name=op.f("uq_plan_override_student_id_lesson_id")
        ),
    )
    op.create_index(
        op.f("ix_plan_override_student_id"), "plan_override", ["student_id"], unique=False
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)


def _student_identity() -> None:
    op.create_table(
        "student_identity",
        sa.Column("student_id", Key, nullable=False),
        sa.Column("school_id", Key, nullable=False),
        sa.Column("sourced_id", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_student_identity_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_student_identity_student_id")
        ),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_student_identity")),
        sa.UniqueConstraint(
            "school_id", "sourced_id", name=op.f("uq_student_identity_school_id_sourced_id")
        ),
    )
