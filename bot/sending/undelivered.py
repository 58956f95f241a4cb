"""Which lessons Telegram did not bring to whom, why, and what is meant to bring them instead."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from bot.chats import links
from bot.sending.evidence import NAME
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_names, read_students
from jetkiz.storage.many_values import among


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What did not reach one student: a given name and a class, for it is also said in a chat.

    ``phones`` is how many linked phones would take it now; ``next_ways`` are the channels that
    were planned to take over.
    """

    student: int
    given_name: str
    class_title: str
    lessons: tuple[int, ...]
    subjects: tuple[str, ...]
    reasons: tuple[FailureReason, ...]
    next_ways: tuple[str, ...]
    phones: int


def undelivered(connection: Connection, students: Collection[int], week: str) -> list[Undelivered]:
    """Return what failed in a week and nothing has replaced yet, class by class."""
    failed = _failed(lesson_states(connection, week, students)) if students else {}
    reasons = _reasons(connection, week, failed)
    people = {one.id: one for one in read_students(connection, only=failed)}
    names = read_names(connection, only=failed)
    phones = links.phones_of(connection, failed)
    lacking = {one.lesson for lessons in failed.values() for one in lessons}
    subjects = {one.id: one.subject for one in read_lessons(connection, only=lacking)}
    found = [
        Undelivered(
            student=number,
            given_name=names[number].given,
            class_title=people[number].class_title,
            lessons=tuple(one.lesson for one in lessons),
            subjects=tuple(dict.fromkeys(subjects[one.lesson] for one in lessons)),
            reasons=tuple(reasons[number]),
            next_ways=tuple(dict.fromkeys(one.fallback for one in lessons if one.fallback)),
            phones=len(phones[number]),
        )
        for number, lessons in failed.items()
        if number in people and number in names
    ]
    return sorted(found, key=lambda one: (one.class_title, one.given_name, one.student))


def _failed(states: Sequence[LessonState]) -> dict[int, list[LessonState]]:
    """Return the lessons of each student whose last attempt is a message that failed."""
    found: dict[int, list[LessonState]] = defaultdict(list)
    for one in states:
        if one.channel == NAME and one.state == State.FAILED:
            found[one.student].append(one)
    return dict(found)


_FAILED: Final = int(State.FAILED)


def _reasons(
    connection: Connection, week: str, students: Collection[int]
) -> dict[int, list[FailureReason]]:
    """Return why messages of a week failed, the newest reason of each student first."""
    c = receipt.c
    rows = connection.execute(
        select(c.student_id, c.reason)
        .where(c.week == week, among(c.student_id, students), c.state == _FAILED, c.channel == NAME)
        .order_by(c.id.desc())
    )
    found: dict[int, dict[FailureReason, None]] = defaultdict(dict)
    for row in rows:
        if row.reason:
            found[row.student_id][FailureReason(row.reason)] = None
    return defaultdict(list, {number: list(reasons) for number, reasons in found.items()})
