"""Whether a guardian agreed that lessons come by Telegram: by a button, with its date and text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from bot.chats.links import Chat
from bot.tables import telegram_consent, telegram_link
from jetkiz.roster.link_codes import LinkRole

# Changes whenever the words that a guardian agrees to change their meaning.
TEXT_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class Consent:
    """That a guardian agreed, for which child, to which text, and until when."""

    chat: int
    student: int
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None = None


def give_consent(connection: Connection, chat: Chat, student: int, now: datetime) -> bool:
    """Record a guardian's consent; False when it stands already."""
    if has_consented(connection, chat, student):
        return False
    values = {
        "chat": chat.id,
        "student_id": student,
        "text_version": TEXT_VERSION,
        "given_at": now,
    }
    connection.execute(telegram_consent.insert().values(values))
    return True


def withdraw_consent(connection: Connection, chat: Chat, student: int, now: datetime) -> bool:
    """Record that a guardian takes the consent back; False when none stands."""
    c = telegram_consent.c
    standing = (c.chat == chat.id, c.student_id == student, c.withdrawn_at.is_(None))
    result = connection.execute(update(telegram_consent).where(*standing).values(withdrawn_at=now))
    return result.rowcount > 0


def has_consented(connection: Connection, chat: Chat, student: int) -> bool:
    """Whether the consent of this chat stands for this child."""
    c = telegram_consent.c
    standing = (c.chat == chat.id, c.student_id == student, c.withdrawn_at.is_(None))
    return connection.scalar(select(c.id).where(*standing).limit(1)) is not None


def is_agreed(connection: Connection, student: int) -> bool:
    """Whether a guardian's phone is linked: none is linked unless its guardian agreed.

    A consent ends with the link of its phone.
    """
    c = telegram_link.c
    guardians = (c.student_id == student, c.role == LinkRole.GUARDIAN.value, ~c.waits)
    return connection.scalar(select(c.id).where(*guardians).limit(1)) is not None


def consents_of(connection: Connection, chat: Chat) -> list[Consent]:
    """Return what was agreed in a chat, the oldest first."""
    c = telegram_consent.c
    rows = connection.execute(select(telegram_consent).where(c.chat == chat.id).order_by(c.id))
    return [
        Consent(row.chat, row.student_id, row.text_version, row.given_at, row.withdrawn_at)
        for row in rows
    ]
