"""How students, households, names and access profiles are read from the register."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, union

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.access_profile import Fact, FactKind, Source, fact_key, strongest
from jetkiz.roster.model import (
    Address,
    DeliveryMode,
    Home,
    Household,
    Name,
    Need,
    PostalWay,
    School,
    Student,
)
from jetkiz.roster.settlements import settlement_size
from jetkiz.roster.tables import (
    access_fact,
    guardian,
    household,
    household_identity,
    postal_experience,
    school,
    school_class,
    student,
    student_identity,
)
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among


def read_schools(connection: Connection) -> list[School]:
    """Return every school, in the order of its name."""
    c = school.c
    rows = connection.execute(
        select(c.id, c.sourced_id, c.name, c.zone, c.region_kato).order_by(c.name)
    )
    return [School(*row) for row in rows]


def _read_regions(connection: Connection, schools: Iterable[int]) -> dict[int, str]:
    c = school.c
    rows = connection.execute(select(c.id, c.region_kato).where(among(c.id, schools)))
    return {number: region[:2] for number, region in rows}


def read_zones(connection: Connection, schools: Iterable[int]) -> dict[int, str]:
    """Return the time zone of each of these schools."""
    c = school.c
    rows = connection.execute(select(c.id, c.zone).where(among(c.id, schools)))
    return {row.id: row.zone for row in rows}


def _students() -> Select[Any]:
    c = student.c
    return (
        select(
            c.id, c.school_id, c.household_id, school_class.c.title, c.grade, c.language, c.needs
        )
        .outerjoin_from(student, school_class, school_class.c.id == c.class_id)
        .where(c.active)
        .order_by(c.id)
    )


def read_needs(listed: str) -> frozenset[Need]:
    """Return the needs of a student as the roster keeps them: a list with commas."""
    return frozenset(map(Need, listed.split(","))) if listed else frozenset()


def read_students(connection: Connection, only: Iterable[int] | None = None) -> list[Student]:
    """Return the active students, all of them or only those with the given numbers."""
    query = _students() if only is None else _students().where(among(student.c.id, only))
    return [
        Student(
            id=row.id,
            school=row.school_id,
            household=row.household_id,
            class_title=row.title or "",
            grade=row.grade,
            language=row.language,
            needs=read_needs(row.needs),
        )
        for row in connection.execute(query)
    ]


def students_with(connection: Connection, needs: Collection[Need]) -> list[int]:
    """Return the active students who have one of the needs, by number."""
    c = student.c
    return list(connection.scalars(select(c.id).where(_need_one_of(needs)).order_by(c.id)))


def count_students_with(connection: Connection, need: Need) -> dict[tuple[str, int], int]:
    """Return how many active students have a need, by language and grade.

    Numbers below five may tell of one child: whoever shows them merges them first.
    """
    c = student.c
    groups = (c.language, c.grade)
    query = select(*groups, func.count()).where(_need_one_of({need})).group_by(*groups)
    return {(language, grade): count for language, grade, count in connection.execute(query)}


def _need_one_of(needs: Collection[Need]) -> ColumnElement[bool]:
    c = student.c
    listed = "," + c.needs + ","
    has_one = or_(*(listed.contains(f",{need},", autoescape=True) for need in sorted(needs)))
    # Hardly anybody has a need: the empty ones are passed over before any text is put together.
    return and_(c.active, c.needs != "", has_one)


def read_names(connection: Connection, only: Iterable[int] | None = None) -> dict[int, Name]:
    """Return the names of students by their number; the caller shows them to a person."""
    c = student_identity.c
    query = select(c.student_id, c.family_name, c.given_name, c.patronymic)
    if only is not None:
        query = query.where(among(c.student_id, only))
    return {row.student_id: Name(*row[1:]) for row in connection.execute(query)}


def read_households(
    connection: Connection,
    only: Iterable[int] | None = None,
    schools: Iterable[int] | None = None,
) -> dict[int, Household]:
    """Return households with address and addressee (the first guardian), by their number.

    All of them, those with the given numbers, or those of the given schools.
    """
    c = household.c
    query = (
        select(
            c.id,
            c.school_id,
            c.sourced_id,
            c.language,
            c.delivery_mode,
            c.delivery_order,
            household_identity.c.address,
            household_identity.c.phone,
        )
        .outerjoin_from(household, household_identity)
        .where(c.active)
        .order_by(c.id)
    )
    if only is not None:
        query = query.where(among(c.id, only))
    if schools is not None:
        query = query.where(among(c.school_id, schools))
    homes = query.with_only_columns(c.id).order_by(None)
    addressees, children = _addressees(connection, homes), _first_children(connection, homes)
    return {
        row.id: _household(row, addressees.get(row.id, ""), children.get(row.id, ""))
        for row in connection.execute(query)
    }


def read_school_numbers(connection: Connection, only: Iterable[int]) -> dict[int, int]:
    """Return the school of each of these households."""
    c = household.c
    rows = connection.execute(select(c.id, c.school_id).where(among(c.id, only)))
    return {row.id: row.school_id for row in rows}


def read_delivery_modes(
    connection: Connection, only: Iterable[int] | None = None
) -> dict[int, DeliveryMode]:
    """Return how paper reaches each household, by its number."""
    c = household.c
    query = select(c.id, c.delivery_mode).where(c.active).order_by(c.id)
    if only is not None:
        query = query.where(among(c.id, only))
    rows = connection.execute(query)
    return {row.id: DeliveryMode(row.delivery_mode) for row in rows}


def read_postal_ways(
    connection: Connection, only: Iterable[int] | None = None
) -> dict[int, PostalWay]:
    """Return between which post offices paper for each household travels.

    Of an address nothing but the index is read. Where a school gave none, the index that most of
    its homes have stands for it: then it is in the same village.
    """
    of_home = household_identity.c.address["index6"].as_string()
    of_school = school.c.address["index6"].as_string()
    c = household.c
    query = (
        select(c.id, c.school_id, school.c.sourced_id, of_school, of_home)
        .join_from(household, school)
        .outerjoin(household_identity)
        .where(c.active)
        .order_by(c.id)
    )
    rows = connection.execute(query if only is None else query.where(among(c.id, only))).all()
    bare = {number for _, number, _, own, _ in rows if not own}
    usual = _usual_indexes(connection, bare) if bare else {}
    taken = _days_taken(connection)
    return {
        home: PostalWay(key, own or usual.get(number, ""), index or "", *_of(taken, number, index))
        for home, number, key, own, index in rows
    }


_Taken = dict[tuple[int, str], tuple[int | None, int | None]]


def _days_taken(connection: Connection) -> _Taken:
    """Return the days out and back that were measured, by school and beginning of an index."""
    c = postal_experience.c
    rows = connection.execute(select(c.school_id, c.place, c.out_days, c.back_days))
    return {(number, place): (out, back) for number, place, out, back in rows}


def _of(taken: _Taken, number: int, index: str | None) -> tuple[int | None, int | None]:
    """Return what was measured for an office; where too little was, for its district."""
    place = index or ""
    here, around = ((taken.get((number, one)) or (None, None)) for one in (place, place[:4]))
    out, back = (near if near is not None else far for near, far in zip(here, around, strict=True))
    return out, back


def _usual_indexes(connection: Connection, schools: Iterable[int]) -> dict[int, str]:
    """Return the index that most homes of each school have; of two as common the lower."""
    index = household_identity.c.address["index6"].as_string()
    c = household.c
    homes = func.count().label("homes")
    rows = connection.execute(
        select(c.school_id, index.label("place"), homes)
        .join_from(household, household_identity)
        .where(c.active, index != "", among(c.school_id, schools))
        .group_by(c.school_id, index)
        .order_by(homes, index.desc())
    )
    return {number: place for number, place, _ in rows}


def read_surroundings(connection: Connection) -> dict[int, tuple[str, str]]:
    """Return for each household two digits of its region, and "rural", "urban" or "" (unknown).

    Two words of an address that tell nobody's home from another; the rest of it is not read.
    """
    words = household_identity.c.address
    kind, okrug, region = (
        words[name].as_string() for name in ("settlement_type", "rural_okrug", "region_kato")
    )
    query = (
        select(household.c.id, school.c.region_kato, region, kind, okrug)
        .join_from(household, school)
        .outerjoin(household_identity)
        .where(household.c.active)
        .order_by(household.c.id)
    )
    return {
        number: (own or of_school, settlement_size(kind or "", is_in_okrug=bool(okrug)))
        for number, of_school, own, kind, okrug in connection.execute(query)
    }


def _household(row: Any, addressee: str, child: str) -> Household:
    return Household(
        id=row.id,
        school=row.school_id,
        key=row.sourced_id,
        language=row.language,
        address=Address(**(row.address or {})),
        delivery_mode=DeliveryMode(row.delivery_mode),
        delivery_order=row.delivery_order,
        addressee=addressee,
        phone=row.phone or "",
        child=child,
    )


def _first_children(connection: Connection, homes: Select[Any]) -> dict[int, str]:
    """Return the first student of each home of which no guardian is known."""
    c, who = student.c, student_identity.c
    guarded = exists().where(guardian.c.household_id == c.household_id)
    rows = connection.execute(
        select(c.household_id, who.family_name, who.given_name, who.patronymic)
        .join_from(student, student_identity)
        .where(c.active, c.household_id.in_(homes), ~guarded)
        .order_by(c.id.desc())
    )
    return {row.household_id: Name(*row[1:]).full for row in rows}


def _addressees(connection: Connection, homes: Select[Any]) -> dict[int, str]:
    c = guardian.c
    rows = connection.execute(
        select(c.household_id, c.family_name, c.given_name, c.patronymic)
        .where(c.household_id.in_(homes))
        .order_by(c.id.desc())
    )
    return {row.household_id: Name(*row[1:]).full for row in rows}


def read_homes(connection: Connection, only: Iterable[int] | None = None) -> list[Home]:
    """Return students with their access profiles."""
    students = read_students(connection, only)
    c = access_fact.c
    home: dict[int, list[Fact]] = defaultdict(list)
    own: dict[int, list[Fact]] = defaultdict(list)
    query = select(
        c.household_id, c.student_id, c.kind, c.value, c.source, c.asked_on, c.confidence
    ).order_by(c.id)
    if only is not None:
        # A student's own facts stay theirs when they move; they still name the old household.
        # Two questions joined, because an index serves each of them and neither serves OR.
        here = among(c.household_id, {one.household for one in students})
        theirs = among(c.student_id, [one.id for one in students])
        either = union(select(c.id).where(here), select(c.id).where(theirs))
        query = query.where(c.id.in_(either))
    for row in connection.execute(query):
        fact = Fact(FactKind(row.kind), row.value, Source(row.source), row.asked_on, row.confidence)
        (home[row.household_id] if row.student_id is None else own[row.student_id]).append(fact)
    households = {one.household for one in students}
    modes = read_delivery_modes(connection, households)
    ways = read_postal_ways(connection, None if only is None else households)
    regions = _read_regions(connection, {one.school for one in students})
    return [
        Home(
            person,
            strongest(home[person.household], own[person.id]),
            modes.get(person.household, DeliveryMode.POST),
            ways.get(person.household, PostalWay()),
            regions.get(person.school, ""),
        )
        for person in students
    ]


def learn(
    connection: Connection,
    household_id: int,
    fact: Fact,
    student_id: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Add a fact to a profile; the same fact again changes nothing and returns False.

    ``at`` tells two facts of one day apart where the newer one must win (linked, blocked, linked).
    """
    moment = at.astimezone(UTC).isoformat() if at else ""
    row = fact_row(household_id, student_id, fact, moment)
    return insert_new(connection, access_fact, [row], ["key"]) == 1


def fact_row(
    household_id: int, student_id: int | None, fact: Fact, moment: str = ""
) -> dict[str, Any]:
    """Return a fact as it is kept."""
    return {
        "household_id": household_id,
        "student_id": student_id,
        "kind": fact.kind.value,
        "value": fact.value,
        "source": int(fact.source),
        "asked_on": fact.asked_on,
        "confidence": fact.confidence,
        "key": fact_key(household_id, student_id, fact, moment),
    }


def find_student(connection: Connection, text: str) -> Student:
    """Return the student with this roster id, else with this number."""
    c = student_identity.c
    numbers = list(connection.scalars(select(c.student_id).where(c.sourced_id == text)))
    if not numbers and text.isascii() and text.isdecimal():
        numbers = [int(text)]
    found = read_students(connection, only=numbers) if numbers else []
    if len(found) == 1:
        return found[0]
    if found:
        raise JetkizError(
            N_("{count} students have the roster id {text!r}."),
            N_("Use the student's number: {numbers}."),
            count=len(found),
            text=text,
            numbers=", ".join(str(one.id) for one in found),
        )
    raise JetkizError(
        N_("There is no student {text!r}."),
        N_("Use the id of the roster, or the number that reports show."),
        text=text,
    )
