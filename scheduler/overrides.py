"""What a teacher or coordinator has decided by hand, and how long it holds."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.storage.bulk_load import upsert
from scheduler.model import EVERY_LESSON, Override, PlannedStudent
from scheduler.tables import plan_override


def keep_override(connection: Connection, one: Override, now: datetime) -> None:
    """Keep a decision; a later one on the same student and lesson takes its place."""
    row = {
        "student_id": one.student,
        "lesson_id": one.lesson,
        "channel": one.channel,
        "by": one.by,
        "why": one.why,
        "until": one.until,
        "at": now,
    }
    upsert(connection, plan_override, [row], ["student_id", "lesson_id"])


def drop_override(connection: Connection, student: int, lesson: int) -> bool:
    """Take a decision back; False when there was none."""
    c = plan_override.c
    found = connection.execute(
        delete(plan_override).where(c.student_id == student, c.lesson_id == lesson)
    )
    return found.rowcount == 1


def read_overrides(connection: Connection, week: str) -> list[Override]:
    """Return the decisions that hold in a week, by student and lesson."""
    c = plan_override.c
    rows = connection.execute(
        select(c.student_id, c.lesson_id, c.channel, c.by, c.why, c.until)
        .where(c.until.is_(None) | (c.until >= parse_week(week)))
        .order_by(c.student_id, c.lesson_id)
    )
    return [Override(*row) for row in rows]


def by_lesson(
    decisions: Iterable[Override], students: Iterable[PlannedStudent]
) -> dict[tuple[int, int], Override]:
    """Spread the decisions over lessons; one on a single lesson beats one on all of them."""
    curricula = {one.id: one.curriculum for one in students}
    found: dict[tuple[int, int], Override] = {}
    for one in sorted(decisions, key=lambda each: (each.student, each.lesson)):
        lessons = curricula.get(one.student, ())
        for lesson in lessons if one.lesson == EVERY_LESSON else (one.lesson,):
            if lesson in lessons:
                found[one.student, lesson] = one
    return found
