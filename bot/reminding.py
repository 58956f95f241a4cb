"""How a reminder reaches the phones of a child: at each phone's own hour, once, never in quiet."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from bot.chats.preferences import Preferences, read_all_preferences
from bot.handing_over import Receiver, receivers
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.tables import outbox as outbox_table
from bot.tables import telegram_chat, telegram_link
from bot.telegram.telegram_errors import OutboxState
from bot.words.reminders import LATER, reminder_card
from jetkiz.channel import Reminder
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.workplace import wall_clock

WAITING: Final = (OutboxState.QUEUED.value, OutboxState.RETRY.value)
EVENING: Final = 19


def reminder_hours(connection: Connection) -> dict[int, int]:
    """Return the earliest hour at which a phone of each student wants to be reminded."""
    link, chat = telegram_link.c, telegram_chat.c
    rows = connection.execute(
        select(link.student_id, link.chat)
        .join_from(telegram_link, telegram_chat, chat.id == link.chat)
        .where(~link.waits, chat.blocked_at.is_(None))
    ).all()
    wishes = read_all_preferences(connection, {row.chat for row in rows})
    hours: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if wishes[row.chat].reminders:
            hours[row.student_id].append(wishes[row.chat].reminder_hour)
    return {student: min(some) for student, some in hours.items()}


def remind(connection: Connection, reminders: Collection[Reminder], now: datetime) -> int:
    """Write reminders to the phones whose hour has come; the same one again is written once."""
    lessons = {one.id: one for one in read_lessons(connection, only={r.lesson for r in reminders})}
    count = 0
    for one in reminders:
        for receiver in receivers(connection, one.student):
            if is_time(receiver.wishes, now.astimezone(receiver.zone)):
                message = _message(receiver, one, lessons[one.lesson])
                count += outbox.put(connection, receiver.chat.bot, [message], wall_clock())
    return count


def is_time(wishes: Preferences, local: datetime) -> bool:
    """Whether a phone wants to be reminded now."""
    is_hour = wishes.reminder_hour <= local.hour <= EVENING + 1
    return wishes.reminders and is_hour and not wishes.is_quiet(local.time())


def _message(receiver: Receiver, one: Reminder, lesson: Lesson) -> Outgoing:
    chat = receiver.chat
    name = receiver.name_of(one.student)
    card = reminder_card(name, one.student, lesson, one.wording, translator(chat.language))
    return Outgoing(
        key=f"reminder:{one.student}:{one.lesson}:{one.number}:{chat.id}",
        chat_id=chat.chat_id,
        method="sendMessage",
        payload={"chat_id": chat.chat_id, **card.payload()},
        lane=Lane.REMINDER,
        subject=f"{one.student}:{one.lesson}",
        silent=chat.quiet,
    )


def forget_reminders(connection: Connection, done: Iterable[tuple[int, int]]) -> int:
    """Drop what waits to be sent about tasks that were handed in; return how many messages."""
    c = outbox_table.c
    subjects = [f"{student}:{lesson}" for student, lesson in done]
    late = (c.lane == int(Lane.REMINDER), c.subject.in_(subjects), c.state.in_(WAITING))
    dropped = update(outbox_table).where(*late).values(state=OutboxState.DROPPED.value)
    return connection.execute(dropped).rowcount


def later(choice: int, local: datetime, wishes: Preferences) -> datetime | None:
    """Return when "later" is: in an hour, this evening, tomorrow at the family's hour.

    None for a choice that there is not, and for an evening that has begun.
    """
    evening = local.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    tomorrow = evening.replace(hour=wishes.reminder_hour) + timedelta(days=1)
    choices = {1: local + timedelta(hours=1), 2: evening, 3: tomorrow}
    moment = choices.get(choice)
    return moment if moment and moment > local else None


def remind_later(
    connection: Connection,
    receiver: Receiver,
    place: tuple[int, Lesson],
    moment: datetime,
    wait: timedelta,
) -> None:
    """Remind one phone after a while that its people chose; of the same hour once."""
    student, lesson = place
    chat, wall = receiver.chat, wall_clock()
    t = translator(chat.language)
    card = reminder_card(receiver.name_of(student), student, lesson, LATER, t)
    message = Outgoing(
        key=f"later:{student}:{lesson.id}:{chat.id}:{moment:%Y%m%d%H}",
        chat_id=chat.chat_id,
        method="sendMessage",
        payload={"chat_id": chat.chat_id, **card.payload()},
        lane=Lane.REMINDER,
        subject=f"{student}:{lesson.id}",
        not_before=wall + wait,
        silent=chat.quiet,
    )
    outbox.put(connection, chat.bot, [message], wall)
