"""How a reminder reaches the phones of a child: at each phone's own hour, once, never in quiet."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, literal_column, select, update

from bot.chats.links import find_chat
from bot.chats.preferences import Preferences, read_all_preferences, read_preferences
from bot.handing_over import Receiver, receivers
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.tables import outbox as outbox_table
from bot.tables import telegram_chat, telegram_link
from bot.telegram.telegram_errors import WAITING, OutboxState
from bot.words.reminders import LATER, reminder_card
from jetkiz.channel import Reminder
from jetkiz.i18n import translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.tables import student as student_table
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import wall_clock

EVENING: Final = 19
# Written out, as in the index of reminders: a parameter might keep it from being used.
_IS_REMINDER: Final = outbox_table.c.lane == literal_column(f"{int(Lane.REMINDER)}")


def reminder_hours(connection: Connection) -> dict[int, int]:
    """Return the earliest hour at which a phone of each student wants to be reminded."""
    link, chat = telegram_link.c, telegram_chat.c
    rows = connection.execute(
        select(link.student_id, link.chat)
        .join_from(telegram_link, telegram_chat, chat.id == link.chat)
        .join(student_table, student_table.c.id == link.student_id)
        .where(~link.waits, chat.blocked_at.is_(None), student_table.c.active)
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


def keep_late_reminders(connection: Connection, bot: int, zone: ZoneInfo, now: datetime) -> int:
    """Let no reminder come late, as after hours without Telegram; return how many were kept.

    One of ours is dropped: another day there is another. What the family itself put off comes
    when its quiet hours are over.
    """
    c, wall = outbox_table.c, wall_clock()
    due = (_IS_REMINDER, c.subject != "", c.state.in_(WAITING))
    rows = connection.execute(
        select(c.id, c.key, c.chat_id).where(c.bot_id == bot, *due, c.not_before <= wall)
    ).all()
    kept = 0
    for row in rows:
        chat = find_chat(connection, bot, row.chat_id)
        wishes = read_preferences(connection, chat) if chat else Preferences()
        morning = wishes.not_before(now, zone)
        if row.key.startswith("reminder:") and not is_time(wishes, now.astimezone(zone)):
            values: dict[str, object] = {"state": OutboxState.DROPPED.value}
        elif morning > now:
            # Only what is queued is ever let go from a hold; one that failed before begins anew.
            values = {
                "state": OutboxState.QUEUED.value,
                "not_before": wall + (morning - now),
                "is_held": True,
            }
        else:
            continue
        # A sender may have taken it meanwhile: what is under way is left to it.
        still = update(outbox_table).where(c.id == row.id, c.state.in_(WAITING))
        kept += connection.execute(still.values(values)).rowcount
    return kept


def waiting_reminders(connection: Connection) -> set[tuple[int, int]]:
    """Return of which tasks, by student and lesson, a reminder waits to be sent."""
    c = outbox_table.c
    waits = (_IS_REMINDER, c.subject != "", c.state.in_(WAITING))
    pairs = (one.split(":") for one in connection.scalars(select(c.subject).where(*waits)))
    return {(int(student), int(lesson)) for student, lesson in pairs}


def forget_reminders(connection: Connection, done: Iterable[tuple[int, int]]) -> int:
    """Drop what waits to be sent about tasks that were handed in; return how many messages."""
    c = outbox_table.c
    subjects = [f"{student}:{lesson}" for student, lesson in done]
    late = (_IS_REMINDER, among(c.subject, subjects), c.state.in_(WAITING))
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
