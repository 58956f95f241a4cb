"""What a coordinator should look at: phones that a family does not know, and what was refused."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from bot.tables import telegram_alarm, telegram_refusals
from jetkiz.storage.bulk_load import insert_new


class AlarmKind(StrEnum):
    """What happened."""

    FOREIGN_PHONE = "foreign_phone"  # a family does not know a phone that was linked
    WITHDRAWN = "withdrawn"  # a guardian took the consent back
    SELF_CONSENT = "self_consent"  # a student's own phone sent a guardian's code


class Refused(StrEnum):
    """Why something that came led to nothing."""

    UNKNOWN = "unknown"  # not a button of ours, or of another version
    FOREIGN = "foreign"  # about a child or a lesson that is not this chat's
    FORBIDDEN = "forbidden"  # this phone may not do that
    FORGED = "forged"  # brought to the webhook by somebody who is not Telegram
    OVERSIZED = "oversized"  # larger than any message
    MALFORMED = "malformed"  # no update of Telegram at all
    CODE = "code"  # a link code that opens nothing


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a coordinator should look at."""

    id: int
    kind: AlarmKind
    student: int
    at: datetime


def raise_alarm(
    connection: Connection, bot: int, kind: AlarmKind, student: int, key: str, now: datetime
) -> bool:
    """Keep an alarm; the same key twice is one."""
    row = {"key": key, "bot_id": bot, "kind": kind.value, "student_id": student, "at": now}
    return insert_new(connection, telegram_alarm, [row], ["key"]) == 1


def open_alarms(connection: Connection, bot: int) -> list[Alarm]:
    """Return the alarms that nobody has seen to, oldest first."""
    c = telegram_alarm.c
    rows = connection.execute(
        select(telegram_alarm).where(c.bot_id == bot, c.seen_at.is_(None)).order_by(c.id)
    )
    return [Alarm(row.id, AlarmKind(row.kind), row.student_id, row.at) for row in rows]


def see_alarm(connection: Connection, number: int, now: datetime) -> bool:
    """Note that somebody saw to an alarm; False when that was noted before."""
    c = telegram_alarm.c
    seen = update(telegram_alarm).where(c.id == number, c.seen_at.is_(None))
    return connection.execute(seen.values(seen_at=now)).rowcount == 1


def count_refused(connection: Connection, bot: int, why: Refused, day: date, many: int = 1) -> None:
    """Count what was refused once more."""
    row = {"bot_id": bot, "day": day, "reason": why.value, "n": 0}
    insert_new(connection, telegram_refusals, [row], ["bot_id", "day", "reason"])
    c = telegram_refusals.c
    mine = (c.bot_id == bot, c.day == day, c.reason == why.value)
    connection.execute(update(telegram_refusals).where(*mine).values(n=c.n + many))


def refused_since(connection: Connection, bot: int, day: date) -> dict[Refused, int]:
    """Return how much was refused from a day on, by reason."""
    c = telegram_refusals.c
    rows = connection.execute(
        select(c.reason, func.sum(c.n).label("n"))
        .where(c.bot_id == bot, c.day >= day)
        .group_by(c.reason)
    )
    return {Refused(row.reason): int(row.n) for row in rows}
