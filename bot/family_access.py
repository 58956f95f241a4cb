"""How phones are cut from a student: link, consent and what waits to be sent end together.

Where a guardian has to agree and none does any more, the student's own phones get nothing either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.alarms import AlarmKind, raise_alarm
from bot.chats.consents import is_agreed, withdraw_consent
from bot.chats.links import Chat
from bot.holding_back import hold_back
from bot.sending import evidence
from bot.telling import News, tell
from bot.words import linking, talk
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import LinkRole, revoke_codes
from jetkiz.roster.register import read_names, read_students


@dataclass(frozen=True, slots=True)
class Cause:
    """By what phones are cut; what is said of it bears its ``key``, so that it is said once."""

    bot: int
    key: str
    at: datetime
    needs_consent: bool


def cut_phones(connection: Connection, student: int, chats: Iterable[Chat], cause: Cause) -> None:
    """End all that joins phones to a student; their owners are told by the caller."""
    was_agreed = is_agreed(connection, student)
    for chat in chats:
        withdraw_consent(connection, chat, student, cause.at)
        links.unlink(connection, chat, [student])
        hold_back(connection, chat, student, cause.at)
    if cause.needs_consent and was_agreed and not is_agreed(connection, student):
        _let_wait(connection, student, cause)
    if not links.all_phones(connection, student):
        evidence.learn_telegram(connection, student, evidence.NEVER, cause.at)


def _let_wait(connection: Connection, student: int, cause: Cause) -> None:
    """No guardian agrees any more: nothing comes to the student's own phones, blocked ones too."""
    chats = links.chats_of(connection, student, LinkRole.STUDENT)
    links.set_waiting(connection, student, waits=True, chats=chats)
    name = given_name(connection, student)
    for chat in chats:
        hold_back(connection, chat, student, cause.at)
        card = linking.consent_ended(name, translator(chat.language))
        _tell(connection, chat, student, News(f"consent:{cause.key}:{chat.id}", card), cause.at)
    key = f"withdrawn:{cause.key}:{student}"
    raise_alarm(connection, cause.bot, AlarmKind.WITHDRAWN, student, key, cause.at)


def cut_family(connection: Connection, student: int, now: datetime) -> tuple[int, int]:
    """End the student's links and codes; the phones are told. Return how many phones and codes."""
    codes = revoke_codes(connection, student, now)
    links.forget_own_phones(connection, student)
    chats = links.chats_of(connection, student)
    cause = Cause(0, f"{student}:{now.isoformat()}", now, needs_consent=False)
    cut_phones(connection, student, chats, cause)
    name = given_name(connection, student)
    for chat in chats:
        card = talk.no_longer(name, translator(chat.language))
        _tell(connection, chat, student, News(f"cut:{cause.key}:{chat.id}", card), now)
    return len(chats), codes


def given_name(connection: Connection, student: int) -> str:
    """Return the name by which a student is spoken of."""
    return read_names(connection, only=[student])[student].given


def _tell(connection: Connection, chat: Chat, student: int, news: News, now: datetime) -> None:
    person = next(iter(read_students(connection, only=[student])), None)
    tell(connection, chat, news, now, links.zone_of(connection, person))
