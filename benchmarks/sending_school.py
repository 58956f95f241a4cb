"""A school with as many consignments as wanted, all in the outbox: what a sender drains."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

BOT = 1
TOKEN = "1:test"  # noqa: S105 - opens nothing but a rehearsal
WEEK = "2026-W05"
MONDAY = date(2026, 1, 26)
NOW = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
# The first student's phone has the number of the first person of a rehearsal.
FIRST_CHAT = 7_000_000_000
LESSONS = 5
# About as long as a day of lessons is: 310 letters and two buttons.
TEXT = "Айгүл, бүгінгі сабақтар: оқу, математика, дүниетану. " * 6
BUTTONS = {
    "inline_keyboard": [
        [{"text": "Толығырақ", "callback_data": "1:opn:a"}],
        [{"text": "Алдым", "callback_data": "1:ack:a"}],
    ]
}


def fill(database: Any, count: int) -> None:
    """Write students, their plan, their linked chats, consignments and messages."""
    with database.write() as connection:
        students = _students(connection, count)
        _plan(connection, students)
        _consignments(connection, students)
        _messages(connection, students)


def _students(connection: Any, count: int) -> range:
    from jetkiz.roster.tables import household, school, school_class, student
    from jetkiz.storage.bulk_load import bulk_load

    place = {"sourced_id": "s1", "name": "School", "zone": "Asia/Qostanay", "address": {}}
    bulk_load(connection, school, [{"id": 1, **place}])
    home = {"school_id": 1, "language": "kk", "delivery_mode": "post", "active": True}
    homes = [{"id": n, "sourced_id": f"h{n}", **home} for n in range(1, count + 1)]
    bulk_load(connection, household, homes)
    room = {"id": 1, "school_id": 1, "sourced_id": "c", "title": "2A", "grade": 2}
    room |= {"language": "kk", "is_homeroom": True, "active": True}
    bulk_load(connection, school_class, [room])
    one = {"school_id": 1, "class_id": 1, "grade": 2, "language": "kk", "active": True}
    rows = [{"id": n, "household_id": n, **one} for n in range(1, count + 1)]
    bulk_load(connection, student, rows)
    return range(1, count + 1)


def _plan(connection: Any, students: range) -> None:
    from jetkiz.delivery import ledger
    from jetkiz.delivery.model import Choice, StudentPlan
    from jetkiz.delivery.reasons import ChoiceReason
    from tests.factories import add_lesson

    lessons = tuple(add_lesson(connection, f"w05-{n}", n) for n in range(LESSONS))
    choices = (Choice("telegram", ChoiceReason.BEST_VALUE),) * LESSONS
    plans = [StudentPlan(one, lessons, choices) for one in students]
    ledger.publish(connection, WEEK, 1, plans, dict.fromkeys(students, 1))


def key_of(student: int) -> str:
    """Return the key of a student's consignment."""
    return f"telegram:{WEEK}:{student}:{MONDAY.isoformat()}"


def _consignments(connection: Any, students: range) -> None:
    from jetkiz.delivery.consignments import save_batch
    from jetkiz.delivery.model import Batch, Consignment, Content, Kind

    lessons = tuple(range(1, LESSONS + 1))
    made = tuple(
        Consignment(
            key=key_of(one),
            channel="telegram",
            kind=Kind.DIGEST,
            week=WEEK,
            due=MONDAY,
            household=one,
            student=one,
            contents=(Content(one, lessons, 1),),
        )
        for one in students
    )
    for start in range(0, len(made), 100):
        part = Batch(f"b{start}", "telegram", WEEK, made[start : start + 100])
        save_batch(connection, part, NOW, NOW)


def _messages(connection: Any, students: range) -> None:
    from bot.sending import outbox
    from bot.sending.outbox import Lane, Outgoing
    from bot.tables import telegram_chat, telegram_link
    from jetkiz.storage.bulk_load import bulk_load
    from jetkiz.storage.workplace import wall_clock

    chat = {"bot_id": BOT, "language": "kk", "quiet": False, "linked_at": NOW}
    rows = [{"id": one, "chat_id": FIRST_CHAT + one, **chat} for one in students]
    bulk_load(connection, telegram_chat, rows)
    links = [{"chat": n, "student_id": n, "role": "guardian", "at": NOW} for n in students]
    bulk_load(connection, telegram_link, links)
    messages = [
        Outgoing(
            key=f"{key_of(one)}:{one}",
            chat_id=FIRST_CHAT + one,
            method="sendMessage",
            payload={"chat_id": FIRST_CHAT + one, "text": TEXT, "reply_markup": BUTTONS},
            lane=Lane.LESSON,
            consignment=key_of(one),
        )
        for one in students
    ]
    outbox.put(connection, BOT, messages, wall_clock())


def open_school(folder: Path, count: int) -> Any:
    """Make a SQLite school whose outbox holds so many lessons."""
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade

    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    upgrade(database)
    fill(database, count)
    return database
