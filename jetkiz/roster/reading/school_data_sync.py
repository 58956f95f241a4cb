"""What School Data Sync 2.1 files say: people, their roles, classes and guardians."""

from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Kind, Subject, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import Row, check_lost_zeros, checked_rows
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.school_files import GUARDIANS, STAFF, Draft, class_language
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


def read_sds(
    raw: dict[str, RawTable], registered: dict[Subject, set[str]], findings: Findings
) -> Incoming:
    """Check the files and return what they say."""
    draft = Draft(Kind.SDS, findings, raw)
    for name in NEEDED:
        if name not in raw:
            findings.error(
                Place(f"{name}.csv"),
                N_("This file is missing."),
                N_("Export again: orgs, users and roles are needed."),
            )
    orgs, users, classes = draft.table(ORGS), draft.table(USERS), draft.table(CLASSES)
    draft.known.learn("org", orgs, "sourcedId")
    draft.known.learn("user", users, "sourcedId")
    draft.known.learn("class", classes, "sourcedId")
    _read_sessions(draft)
    _read_orgs(draft, orgs)
    _read_classes(draft, classes)
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


def _read_sessions(draft: Draft) -> None:
    rows = _rows(draft, draft.table(SESSIONS), ("sourcedId", "endDate"), ("sourcedId",))
    ends = [end for row in rows if (end := row.read("endDate", cells.day))]
    draft.incoming.year_ends = max(ends, default=None)


def _read_orgs(draft: Draft, table: Table | None) -> None:
    for row in _rows(draft, table, ("sourcedId", "name", "type"), ("sourcedId",)):
        if row["type"].casefold() == "school":
            draft.incoming.put(Subject.SCHOOL, (row["sourcedId"],), {"name": row["name"]})
    if table and table.is_usable and not draft.incoming[Subject.SCHOOL]:
        draft.findings.error(
            Place(table.file),
            N_("There is no school among the organisations."),
            N_("Set the type of your school to school."),
        )


def _read_classes(draft: Draft, table: Table | None) -> None:
    courses = draft.table(COURSES)
    draft.known.learn("course", courses, "sourcedId")
    by_id = {row["sourcedId"]: row for row in _rows(draft, courses, ("sourcedId",), ("sourcedId",))}
    for row in _rows(draft, table, ("sourcedId", "orgSourcedId", "title"), ("sourcedId",)):
        if not draft.known.check(row, "orgSourcedId", "org"):
            continue
        if row["courseSourcedId"] and not draft.known.check(row, "courseSourcedId", "course"):
            continue
        course = by_id.get(row["courseSourcedId"])
        draft.add_class(row, row["orgSourcedId"], row["sourcedId"], _class_values(row, course))


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
    rows = _rows(draft, table, ("sourcedId", "givenName", "familyName"), ("sourcedId",))
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
            draft.guardians[user] = _names(person) | {
                "relation": "guardian",
                "phone": _phone(person),
            }


def _read_role(draft: Draft, row: Row, person: Row) -> None:
    role = row["role"].casefold()
    school = row["orgSourcedId"]
    values = _names(person) | {"active": True}
    if role == "student":
        is_school = draft.is_school(school)
        grade = row.read("grade", cells.grade) if is_school else None
        draft.add_student(row, school, person["sourcedId"], values | {"grade": grade})
    elif role in STAFF:
        if draft.is_school(school) or person["sourcedId"] not in draft.teacher_school:
            draft.add_staff(row, [school], person["sourcedId"], values | {"role": role})
    elif role not in GUARDIANS:
        draft.findings.warn(
            row.place("role"),
            N_("This role is not known; the person was left out."),
            N_("Known are student, guardian, parent, relative, teacher, administrator and aide."),
        )


def _names(person: Row) -> Values:
    return {
        "family_name": person["familyName"],
        "given_name": person["givenName"],
        "patronymic": person["middleName"] or None,
    }


def _phone(person: Row) -> str | None:
    """A number that is none is no reason to refuse a guardian."""
    for column in ("sms", "phone"):
        try:
            if person[column]:
                return cells.phone(person[column])
        except cells.CellError as error:
            person.findings.warn(person.place(column), error.sentence, error.remedy, **error.facts)
    return None


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
