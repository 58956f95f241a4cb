"""How the chats of teachers and coordinators, and their emergency messages, are kept."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from jetkiz.storage.column_types import UtcDateTime
from jetkiz.storage.metadata import Key, metadata

telegram_staff_link = Table(
    "telegram_staff_link",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat", ForeignKey("telegram_chat.id"), nullable=False),
    Column("account", ForeignKey("account.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("office_from", SmallInteger, nullable=False),
    Column("office_to", SmallInteger, nullable=False),
    UniqueConstraint("chat", "account"),
    Index(None, "account"),
)

telegram_emergency = Table(
    "telegram_emergency",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("school_id", ForeignKey("school.id"), nullable=False),
    Column("class_id", ForeignKey("school_class.id")),
    Column("grade", SmallInteger),
    Column("words", String, nullable=False),
    Column("proposed_by", ForeignKey("account.id"), nullable=False),
    # None for a message that was written in the console.
    Column("proposed_chat", Key),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("confirmed_by", ForeignKey("account.id")),
    Column("confirmed_at", UtcDateTime),
)
