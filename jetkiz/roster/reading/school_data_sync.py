"""What School Data Sync 2.1 files say: people, their roles, classes and guardians."""

from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Kind, Subject, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import Row, check_lost_zeros, checked_rows
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.school_files import (
    GUARDIANS,
    STAFF,
    Draft,
    class_language,
    guardian,
    names,
    read_classes,
    read_schools,
    read_year_end,
    tell_unknown_role,
)
from jetkiz.roster.reading.tables import Shape, Table

ORGS: Final = Shape("orgs", ("sourcedId", "name", "type"))
USERS: Final = Shape(
    "users", ("sourcedId", "givenName", "familyName"), ("middleName", "phone", "sms")
)
ROLES: Final = Shape(
    "roles",
    ("userSourcedId", "orgSourcedId", "role"),
    ("grade", "isPrimary", "sessionSourcedId"),
)
CLASSES: Final = Shape("classes", ("sourcedId", "orgSourcedId", "title"), ("courseSourcedId",))
COURSES: Final = Shape("courses", ("sourcedId", "title"), ("code", "subject", "grade"))
ENROLMENTS: Final = Shape("enrollments", ("classSourcedId", "userSourcedId", "role"))
SESSIONS: Final = Shape("academicSessions", ("sourcedId", "endDate"))
RELATIONSHIPS: Final = Shape(
    "relationships", ("userSourcedId", "relationshipUserSourcedId", "relationshipRole")
)
NEEDED: Final = ("orgs", "users", "roles")
ID: Final = ("sourcedId",)


def read_sds(
    raw: dict[str, RawTable], registered: dict[Subject, set[str]], findings: Findings
) -> Incoming:
    """Check the files and return what they say."""
    draft = Draft(Kind.SDS, findings, raw)
    draft.tell_missing(NEEDED, N_("Export again: orgs, users and roles are needed."))
    orgs, users = draft.table(ORGS), draft.table(USERS)
    classes, courses = draft.table(CLASSES), draft.table(COURSES)
    draft.known.learn("org", orgs, "sourcedId")
    draft.known.learn("user", users, "sourcedId")
    draft.known.learn("class", classes, "sourcedId")
    draft.known.learn("course", courses, "sourcedId")
    read_year_end(draft, _rows(draft, draft.table(SESSIONS), ("sourcedId", "endDate"), ID))
    read_schools(draft, orgs, _rows(draft, orgs, ("sourcedId", "name", "type"), ID))
    of_classes = _rows(draft, classes, ("sourcedId", "orgSourcedId", "title"), ID)
    of_courses = {row["sourcedId"]: row for row in _rows(draft, courses, ID, ID)}
    read_classes(draft, of_classes, of_courses, "orgSourcedId", _class_values)
    _read_roles(draft, _people(draft, users), draft.table(ROLES))
    _read_enrolments(draft, draft.table(ENROLMENTS))
    _read_relationships(draft, draft.table(RELATIONSHIPS))
    if users and users.is_usable:
        check_lost_zeros(users, "sourcedId", registered[Subject.STUDENT], findings)
    draft.incoming.complete = frozenset({Subject.STUDENT, Subject.TEACHER})
    return draft.incoming


def _rows(
    draft: Draft, table: Table | None, needed: tuple[str, ...], key: tuple[str, ...] = ()
) -> list[Row]:
    return list(checked_rows(table, needed, draft.findings, key)) if table else []


def _class_values(row: Row, course: Row | None) -> Values:
    """The format knows no homerooms: every class is one of a subject."""
    return {
        "title": row["title"],
        "subject": (course["subject"] or course["title"]) if course else "",
        "language": class_language(row["title"]),
        "is_homeroom": False,
        "active": True,
    }


def _people(draft: Draft, table: Table | None) -> dict[str, Row]:
    rows = _rows(draft, table, ("sourcedId", "givenName", "familyName"), ID)
    return {row["sourcedId"]: row for row in rows}


def _read_roles(draft: Draft, people: dict[str, Row], table: Table | None) -> None:
    with_role: set[str] = set()
    for row in _rows(draft, table, ("userSourcedId", "orgSourcedId", "role")):
        user = row["userSourcedId"]
        known = draft.known.check(row, "userSourcedId", "user")
        if not draft.known.check(row, "orgSourcedId", "org") or not known:
            continue
        with_role.add(user)
        if user in people:
            _read_role(draft, row, people[user])
    for user, person in people.items():
        if user not in with_role:
            draft.guardians[user] = guardian(person, "guardian")


def _read_role(draft: Draft, row: Row, person: Row) -> None:
    role = row["role"].casefold()
    school = row["orgSourcedId"]
    values = names(person) | {"active": True}
    if role == "student":
        is_school = draft.is_school(school)
        grade = row.read("grade", cells.grade) if is_school else None
        draft.add_student(row, school, person["sourcedId"], values | {"grade": grade})
    elif role in STAFF:
        if draft.is_school(school) or person["sourcedId"] not in draft.teacher_school:
            draft.add_staff(row, [school], person["sourcedId"], values | {"role": role})
    elif role in GUARDIANS:
        draft.guardians[person["sourcedId"]] = guardian(person, role)
    else:
        tell_unknown_role(row)


def _read_enrolments(draft: Draft, table: Table | None) -> None:
    for row in _rows(draft, table, ("classSourcedId", "userSourcedId", "role")):
        has_class = draft.known.check(row, "classSourcedId", "class")
        if draft.known.check(row, "userSourcedId", "user") and has_class:
            draft.add_place(row, row["classSourcedId"], row["userSourcedId"], active=True)


def _read_relationships(draft: Draft, table: Table | None) -> None:
    needed = ("userSourcedId", "relationshipUserSourcedId")
    for row in _rows(draft, table, needed):
        known = draft.known.check(row, "relationshipUserSourcedId", "user")
        if draft.known.check(row, "userSourcedId", "user") and known:
            draft.add_guardian_of(
                row["userSourcedId"],
                row["relationshipUserSourcedId"],
                row["relationshipRole"].casefold(),
            )
