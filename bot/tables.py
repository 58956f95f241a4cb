"""How chats, links, outbox and inbox are kept.

Times of the outbox and the inbox are the machine's own: a network does not wait for the clock of
a rehearsal. What enters the ledger carries the clock of the workplace.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
)

from jetkiz.roster.link_codes import link_code
from jetkiz.storage.column_types import Document, UtcDateTime
from jetkiz.storage.metadata import Key, metadata

__all__ = [
    "bot_state",
    "dialogue_state",
    "drawn_picture",
    "link_code",
    "outbox",
    "outbox_attempt",
    "outbox_shared",
    "telegram_alarm",
    "telegram_chat",
    "telegram_consent",
    "telegram_file",
    "telegram_inbox",
    "telegram_link",
    "telegram_own_phone",
    "telegram_pace",
    "telegram_preferences",
    "telegram_question",
    "telegram_question_part",
    "telegram_quiz_question",
    "telegram_refusals",
]

bot_state = Table(
    "telegram_bot_state",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("next_update", BigInteger, nullable=False, server_default="0"),
    Column("frozen_since", UtcDateTime),
    Column("frozen_until", UtcDateTime),
    # Moments of the pace are seconds since 1970: they are counted with for each message.
    Column("booked_until", Double),
    Column("slowed_to", Double),
    Column("slowed_since", Double),
    Column("problem", String, nullable=False, server_default=""),
    # Whose bot it is: of one school, or of all that have none of their own.
    Column("school_id", Key),
    Column("username", String, nullable=False, server_default=""),
    # The settings do not name it any more: nobody can be reached through it.
    Column("is_retired", Boolean, nullable=False, server_default=false()),
    Column("fetched_at", UtcDateTime),
    Column("gap_since", UtcDateTime),
    Column("gap_until", UtcDateTime),
    Column("webhook_path", String, nullable=False, server_default=""),
    # Hashes of the secrets that hold; that of which Telegram knows stands first.
    Column("webhook_secrets", String, nullable=False, server_default=""),
)

telegram_pace = Table(
    "telegram_pace",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("booked_until", Double, nullable=False),
    Column("frozen_since", Double),
    Column("frozen_until", Double),
)

telegram_chat = Table(
    "telegram_chat",
    metadata,
    Column("id", Key, primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("language", String(2), nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("linked_at", UtcDateTime),
    Column("blocked_at", UtcDateTime),
    Column("wrong_codes", SmallInteger, nullable=False, server_default="0"),
    Column("wrong_since", UtcDateTime),
    UniqueConstraint("bot_id", "chat_id"),
)

telegram_link = Table(
    "telegram_link",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat", ForeignKey("telegram_chat.id"), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("role", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # True while a student's phone waits for a guardian's consent: nothing comes until then.
    Column("waits", Boolean, nullable=False, server_default=false()),
    # How this phone calls the child; empty means the given name of the register.
    Column("called", String, nullable=False, server_default=""),
    UniqueConstraint("chat", "student_id"),
    Index(None, "student_id"),
)

# Chats that were ever linked as a student's own: they never agree in a guardian's place.
telegram_own_phone = Table(
    "telegram_own_phone",
    metadata,
    Column("chat", ForeignKey("telegram_chat.id"), primary_key=True, autoincrement=False),
    Column("student_id", Key, primary_key=True, autoincrement=False),
    Index(None, "student_id"),
)

# What a family chose for its chat; a chat without a row has the defaults. Hours are minutes of the
# local day. Language and sound stand in the row of the chat.
telegram_preferences = Table(
    "telegram_preferences",
    metadata,
    Column("chat", ForeignKey("telegram_chat.id"), primary_key=True),
    Column("quiet_from", SmallInteger, nullable=False),
    Column("quiet_until", SmallInteger, nullable=False),
    Column("reminder_hour", SmallInteger, nullable=False),
    Column("reminders", Boolean, nullable=False),
    Column("media", String, nullable=False),
    Column("voice", Boolean, nullable=False),
    Column("larger_text", Boolean, nullable=False),
    Column("copies", Boolean, nullable=False),
    Column("together", Boolean, nullable=False),
    Column("marks", Boolean, nullable=False, server_default=false()),
)

# A guardian's consent, given by pressing a button. It stays after the link has ended.
telegram_consent = Table(
    "telegram_consent",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat", ForeignKey("telegram_chat.id"), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("text_version", String, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index(None, "student_id"),
)

# What a coordinator should look at; ``key`` names the act, so that it counts once.
telegram_alarm = Table(
    "telegram_alarm",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("student_id", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Index(None, "bot_id", "seen_at"),
)

# How many presses a day were refused, and why.
telegram_refusals = Table(
    "telegram_refusals",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("n", Integer, nullable=False),
)

# A question of a family to the teacher of a lesson. Each part is one message of the family.
telegram_question = Table(
    "telegram_question",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat", ForeignKey("telegram_chat.id"), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("album", String, nullable=False, server_default=""),
    Column("message_id", BigInteger, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answer", String, nullable=False, server_default=""),
    Column("answered_by", String, nullable=False, server_default=""),
    Column("answered_at", UtcDateTime),
    Index(None, "bot_id", "answered_at"),
    Index(None, "chat"),
)

telegram_question_part = Table(
    "telegram_question_part",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("question", ForeignKey("telegram_question.id"), nullable=False),
    Column("words", String, nullable=False),
    Column("sha256", String(64), nullable=False, server_default=""),
    Column("media_type", String, nullable=False, server_default=""),
    Index(None, "question"),
)

outbox = Table(
    "telegram_outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("method", String, nullable=False),
    Column("payload", Document, nullable=False),
    Column("consignment", String, nullable=False),
    Column("edits", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("claimed_by", String, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("not_before", UtcDateTime, nullable=False),
    # True while it waits on purpose, as for the end of quiet hours; else it was due when written.
    Column("is_held", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcDateTime, nullable=False),
    Column("message_id", BigInteger),
    Column("last_error", String, nullable=False),
    # In the order in which they leave; what is held for the end of the night stands apart. That
    # only what is held, reminders, and what holds words are indexed the migrations say.
    Index(None, "bot_id", "state", "is_held", "lane", "id"),
    Index("ix_telegram_outbox_held", "bot_id", "state", "is_held", "not_before"),
    Index(None, "bot_id", "chat_id", "state"),
    Index(None, "bot_id", "message_id"),
    Index(None, "consignment"),
    Index("ix_telegram_outbox_words", "bot_id", "created_at"),
    Index("ix_telegram_outbox_reminders", "state", "subject"),
)

# A message for several children bears the name of one consignment; the others are named here.
outbox_shared = Table(
    "telegram_outbox_shared",
    metadata,
    Column("message", String, primary_key=True),
    Column("consignment", String, primary_key=True),
    Index(None, "consignment"),
)

outbox_attempt = Table(
    "telegram_outbox_attempt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("outbox_id", ForeignKey("telegram_outbox.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("event", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "outbox_id"),
)

telegram_inbox = Table(
    "telegram_inbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("raw", Document, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("tries", SmallInteger, nullable=False),
    Column("error", String, nullable=False),
    Column("is_dead", Boolean, nullable=False),
    UniqueConstraint("bot_id", "update_id"),
    # What waits is little beside all that ever came; it is found by its age, and chat by chat.
    # That only this is indexed the migration says: here it would load 2.4 MB into each sender.
    Index("ix_telegram_inbox_waiting", "bot_id", "id"),
    Index("ix_telegram_inbox_waiting_chat", "bot_id", "chat_id", "id"),
    Index("ix_telegram_inbox_words", "bot_id", "received_at"),
)

dialogue_state = Table(
    "telegram_dialogue_state",
    metadata,
    Column("chat", ForeignKey("telegram_chat.id"), primary_key=True),
    Column("state", String, nullable=False),
    Column("facts", Document, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

telegram_file = Table(
    "telegram_file",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("file_id", String, nullable=False),
)

# Formulas, pictures and pages of lessons as they are sent. An empty hash: it cannot be drawn.
drawn_picture = Table(
    "drawn_picture",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("place", SmallInteger, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
)

telegram_quiz_question = Table(
    "telegram_quiz_question",
    metadata,
    Column("id", Key, primary_key=True),
    Column("chat", ForeignKey("telegram_chat.id"), nullable=False),
    Column("student_id", Key, nullable=False),
    Column("lesson_id", Key, nullable=False),
    Column("attempt", SmallInteger, nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("poll_id", String, nullable=False, server_default=""),
    Column("answer", Document),
    # What the quiz was when it was asked: an answer to another one is none.
    Column("quiz_hash", String(64), nullable=False, server_default=""),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("chat", "student_id", "lesson_id", "attempt", "place"),
    Index(None, "poll_id"),
)
