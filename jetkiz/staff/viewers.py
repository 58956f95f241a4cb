"""Which students somebody may see: read from the register, decided in permissions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.subjects import SUBJECTS
from jetkiz.roster.tables import (
    enrolment,
    guardian,
    household_identity,
    school,
    school_class,
    student,
    teacher,
    teaching,
)
from jetkiz.staff.permissions import Place, Role, Viewer
from jetkiz.staff.tables import account, account_channel
from jetkiz.storage.many_values import among


@dataclass(frozen=True, slots=True)
class Seen:
    """A student in a list: number, home and class."""

    id: int
    household: int
    class_id: int | None
    class_title: str
    grade: int


@dataclass(frozen=True, slots=True)
class ClassHead:
    """A class in a list."""

    id: int
    school: int
    title: str
    grade: int | None
    is_homeroom: bool


@dataclass(frozen=True, slots=True)
class SchoolHead:
    """What the top of a page says of the school, and its time zone."""

    id: int
    name: str
    zone: str


def read_viewer(connection: Connection, number: int) -> Viewer | None:
    """Return who signed in, with the classes they teach now."""
    return read_viewers(connection, [number]).get(number)


def read_viewers(connection: Connection, numbers: Iterable[int]) -> dict[int, Viewer]:
    """Return the people of these accounts as they are now; a shut sign-in is absent."""
    c = account.c
    rows = connection.execute(select(account).where(among(c.id, numbers), c.active)).all()
    taught = _taught(connection, {row.teacher_id for row in rows} - {None})
    channels = channels_of(connection, [one.id for one in rows if one.role == Role.BROADCASTER])
    return {
        row.id: Viewer(
            account=row.id,
            login=row.login,
            role=Role(row.role),
            school=row.school_id,
            language=row.language,
            homerooms=frozenset(one.id for one in taught[row.teacher_id] if one.is_homeroom),
            subjects={
                one.id: subject_key(one.subject)
                for one in taught[row.teacher_id]
                if not one.is_homeroom
            },
            channels=channels[row.id],
        )
        for row in rows
    }


def channels_of(connection: Connection, numbers: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the channels of the air that accounts are bound to; none where they see all."""
    found: dict[int, set[str]] = defaultdict(set)
    c = account_channel.c
    if numbers:
        query = select(c.account_id, c.channel).where(among(c.account_id, numbers))
        for row in connection.execute(query):
            found[row.account_id].add(row.channel)
    return defaultdict(frozenset, {number: frozenset(some) for number, some in found.items()})


def _taught(connection: Connection, teachers: Collection[int]) -> Mapping[int | None, list[Any]]:
    c = school_class.c
    taught: dict[int | None, list[Any]] = defaultdict(list)
    if not teachers:
        return taught
    rows = connection.execute(
        select(teaching.c.teacher_id, c.id, c.is_homeroom, c.subject)
        .join_from(teaching, school_class)
        .join(teacher, teacher.c.id == teaching.c.teacher_id)
        .where(among(teacher.c.id, teachers), teacher.c.active, teaching.c.active, c.active)
    )
    for row in rows:
        taught[row.teacher_id].append(row)
    return taught


def subject_key(text: str) -> str:
    """Return the key of a subject that a school calls by its name; unknown ones have none."""
    return _subject_names().get(text.strip().casefold(), "")


@cache
def _subject_names() -> dict[str, str]:
    names = {translator(lang)(text): key for lang in LANGUAGES for key, text in SUBJECTS.items()}
    return {name.casefold(): key for name, key in (names | {key: key for key in SUBJECTS}).items()}


def read_school(connection: Connection, number: int) -> SchoolHead:
    """Return the head of a school."""
    c = school.c
    return SchoolHead(*connection.execute(select(c.id, c.name, c.zone).where(c.id == number)).one())


def _visible(viewer: Viewer, query: Select[Any]) -> Select[Any]:
    c = student.c
    query = query.where(c.active, c.school_id == viewer.school)
    if viewer.is_coordinator:
        return query
    e = enrolment.c
    enrolled = select(e.student_id).where(e.active, e.class_id.in_(viewer.classes))
    return query.where(or_(c.class_id.in_(viewer.classes), c.id.in_(enrolled)))


def visible_students(
    connection: Connection, viewer: Viewer, only: Iterable[int] | None = None
) -> dict[int, Seen]:
    """Return the students somebody may see, by their number, class after class."""
    c = student.c
    query = (
        select(c.id, c.household_id, c.class_id, school_class.c.title, c.grade)
        .outerjoin_from(student, school_class, school_class.c.id == c.class_id)
        .order_by(c.grade, school_class.c.title, c.id)
    )
    if only is not None:
        query = query.where(among(c.id, only))
    rows = connection.execute(_visible(viewer, query))
    return {row.id: Seen(row[0], row[1], row[2], row[3] or "", row[4]) for row in rows}


def visible_numbers(connection: Connection, viewer: Viewer) -> set[int]:
    """Return the numbers of the students somebody may see."""
    return set(connection.scalars(_visible(viewer, select(student.c.id))))


def visible_classes(connection: Connection, viewer: Viewer) -> list[ClassHead]:
    """Return the classes somebody may open; the coordinator sees the homerooms."""
    c = school_class.c
    query = select(c.id, c.school_id, c.title, c.grade, c.is_homeroom).where(
        c.active, c.school_id == viewer.school
    )
    if viewer.is_coordinator:
        query = query.where(c.is_homeroom)
    else:
        query = query.where(c.id.in_(viewer.classes))
    rows = connection.execute(query.order_by(c.is_homeroom.desc(), c.grade, c.title))
    return [ClassHead(*row) for row in rows]


def homes_with_phone(connection: Connection, households: Iterable[int]) -> set[int]:
    """Return the households that can be called: a number of the home or of a guardian is known."""
    wanted = set(households)
    h, g = household_identity.c, guardian.c
    own = select(h.household_id).where(h.phone != "", among(h.household_id, wanted))
    adults = select(g.household_id).where(g.phone != "", among(g.household_id, wanted))
    return {*connection.scalars(own), *connection.scalars(adults)}


def find_class(connection: Connection, number: int) -> ClassHead | None:
    """Return one class."""
    c = school_class.c
    row = connection.execute(
        select(c.id, c.school_id, c.title, c.grade, c.is_homeroom).where(c.id == number, c.active)
    ).first()
    return ClassHead(*row) if row else None


def class_members(connection: Connection, number: int) -> list[int]:
    """Return the active students of a class, homeroom or subject."""
    c, e = student.c, enrolment.c
    enrolled = select(e.student_id).where(e.active, e.class_id == number)
    query = select(c.id).where(c.active, or_(c.class_id == number, c.id.in_(enrolled)))
    return list(connection.scalars(query))


def places(connection: Connection, students: Iterable[int]) -> dict[int, Place]:
    """Return where students belong; a number that nobody has is absent."""
    wanted = list(students)
    c, e = student.c, enrolment.c
    classes: dict[int, set[int]] = defaultdict(set)
    enrolled = select(e.student_id, e.class_id).where(e.active, among(e.student_id, wanted))
    for row in connection.execute(enrolled):
        classes[row.student_id].add(row.class_id)
    rows = connection.execute(
        select(c.id, c.school_id, c.class_id).where(c.active, among(c.id, wanted))
    )
    return {
        row.id: Place(row.school_id, frozenset(classes[row.id] | {row.class_id or 0}))
        for row in rows
    }
