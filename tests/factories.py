"""A school to test on: Alice and Bob in one class, Charlie an outsider in another school."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.tables import lesson, lesson_grade
from jetkiz.roster.tables import (
    household,
    household_identity,
    school,
    school_class,
    student,
    student_identity,
)

NOW = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
WEEK = "2026-W05"
MONDAY = date(2026, 1, 26)
BY_TELEGRAM = Choice("telegram", ChoiceReason.BEST_VALUE)
BY_POST = Choice("post", ChoiceReason.ONLY_CHANNEL)
NO_WAY = Choice(None, ChoiceReason.NO_CHANNEL_FITS)


@dataclass(frozen=True)
class People:
    """The numbers of the people made by ``add_people``."""

    school: int
    other_school: int
    alice: int
    bob: int
    charlie: int
    lessons: tuple[int, ...]


def add_people(connection: Connection, lessons: int = 3) -> People:
    """Write two schools, three students in two homes and lessons of one week."""
    here = _insert(connection, school, _school("s1", "Village school"))
    there = _insert(connection, school, _school("s2", "Another school"))
    alice = _add_student(connection, here, "h1", "Alice")
    bob = _add_student(connection, here, "h2", "Bob")
    charlie = _add_student(connection, there, "h3", "Charlie")
    numbers = tuple(add_lesson(connection, f"w05-{n}", n) for n in range(lessons))
    return People(here, there, alice, bob, charlie, numbers)


def _school(sourced_id: str, name: str) -> dict[str, object]:
    return {"sourced_id": sourced_id, "name": name, "zone": "Asia/Qostanay", "address": {}}


def _insert(connection: Connection, table: object, row: dict[str, object]) -> int:
    result = connection.execute(table.insert().values(row))  # type: ignore[attr-defined]
    return int(result.inserted_primary_key[0])


def _add_student(connection: Connection, school_id: int, home: str, name: str) -> int:
    home_id = _insert(
        connection,
        household,
        {
            "school_id": school_id,
            "sourced_id": home,
            "language": "kk",
            "delivery_mode": "post",
            "active": True,
        },
    )
    address = {"street": "Abai", "house": "1", "settlement": "Aqkol", "index6": "110000"}
    _insert(connection, household_identity, {"household_id": home_id, "address": address})
    class_id = _insert(
        connection,
        school_class,
        {
            "school_id": school_id,
            "sourced_id": f"class-{name}",
            "title": "2A",
            "grade": 2,
            "language": "kk",
            "is_homeroom": True,
            "active": True,
        },
    )
    number = _insert(
        connection,
        student,
        {
            "school_id": school_id,
            "household_id": home_id,
            "class_id": class_id,
            "grade": 2,
            "language": "kk",
            "active": True,
        },
    )
    identity = {"sourced_id": name.lower(), "family_name": "Test", "given_name": name}
    _insert(connection, student_identity, identity | {"student_id": number, "school_id": school_id})
    return number


def add_lesson(connection: Connection, code: str, place: int, *, task: bool = True) -> int:
    """Write a lesson on the Monday of the week."""
    row = {
        "code": code,
        "language": "kk",
        "week": WEEK,
        "day": MONDAY,
        "place": place,
        "subject": "reading",
        "title": f"Lesson {code}",
        "kind": "text",
        "minutes": 15,
        "needs_picture": False,
        "weight": 1.0,
        "text": "# Lesson\n\nRead this.",
        "licence": {"name": "CC0"},
        "task_text": "Answer." if task else None,
        "task_due": date(2026, 1, 29) if task else None,
        "task_pages": 1 if task else None,
        "task_marks": "five" if task else None,
        "content_hash": "0" * 64,
        "imported_at": NOW,
    }
    number = _insert(connection, lesson, row)
    _insert(connection, lesson_grade, {"lesson_id": number, "grade": 2})
    return number


def publish_week(connection: Connection, people: People, *choices: Choice) -> None:
    """Publish one plan for Alice and Bob; lessons without a named choice go by Telegram."""
    rest = (BY_TELEGRAM,) * (len(people.lessons) - len(choices))
    plans = [
        StudentPlan(number, people.lessons, (*choices, *rest))
        for number in (people.alice, people.bob)
    ]
    schools = {people.alice: people.school, people.bob: people.school}
    ledger.publish(connection, WEEK, 1, plans, schools)
