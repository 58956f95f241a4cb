"""How refused messages go out once more: as a further attempt, to those who have nothing only."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.channel import prepare
from bot.sending.evidence import NAME
from bot.sending.undelivered import Undelivered, undelivered
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.model import Batch, Choice, Delivery, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.tables import plan_template, student_week
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_students
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.viewers import visible_numbers
from jetkiz.storage.turns import take_turn


def can_resend(
    connection: Connection, who: Viewer, week: str, students: Collection[int] | None = None
) -> list[Undelivered]:
    """Return what somebody may send again: it failed, nothing replaced it, a phone would take it.

    Only a coordinator may; where no phone is linked any more, another message changes nothing.
    """
    if not who.is_coordinator:
        return []
    seen = visible_numbers(connection, who)
    wanted = seen if students is None else seen & set(students)
    return [one for one in undelivered(connection, wanted, week) if one.phones]


def send_again(
    connection: Connection,
    who: Viewer,
    week: str,
    students: Collection[int] | None,
    now: datetime,
) -> int:
    """Put a further attempt on its way to each student; return to how many.

    Done twice it changes nothing: what is on its way has not failed.
    """
    take_turn(connection, f"telegram-resend:{who.school}:{week}")
    found = can_resend(connection, who, week, students)
    deliveries = [one for each in found for one in _attempt(connection, who, week, each)]
    if deliveries:
        numbers = "-".join(str(one.attempt) for one in deliveries[:1])
        key = f"{NAME}:again:{who.school}:{week}:{now.isoformat()}:{numbers}"
        save_batch(connection, Batch(key, NAME, week, tuple(prepare(deliveries))), now, now)
    entries = [
        Entry(who.login, Act.SEND_AGAIN, who.school, one.student, f"{week}, {len(one.lessons)}")
        for one in found
    ]
    write_down(connection, entries, now)
    return len(found)


def _attempt(connection: Connection, who: Viewer, week: str, one: Undelivered) -> list[Delivery]:
    choice = Choice(NAME, ChoiceReason.TEACHER)
    plan = StudentPlan(one.student, one.lessons, (choice,) * len(one.lessons))
    run = _run_of(connection, who.school, week)
    number = ledger.replace_attempt(connection, week, run, plan, who.school)
    homes = {each.id: each.household for each in read_students(connection, only=[one.student])}
    days = {each.id: each.day for each in read_lessons(connection, only=one.lessons)}
    told = ledger.deliveries(connection, week, homes, days, [one.student])
    return [each for each in told if each.attempt == number]


def _run_of(connection: Connection, school: int, week: str) -> int:
    c = student_week.c
    query = (
        select(func.max(plan_template.c.run_id))
        .join_from(student_week, plan_template)
        .where(c.week == week, c.school_id == school)
    )
    return connection.scalar(query) or 0
