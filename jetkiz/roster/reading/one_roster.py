"""What OneRoster 1.1 files say: manifest, schools, classes, people and enrolments."""

from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Kind, Subject, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import Row, check_lost_zeros, checked_rows
from jetkiz.roster.reading.findings import Findings, Place
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
    single_grade,
    split_ids,
    tell_unknown_role,
)
from jetkiz.roster.reading.tables import Shape, Table

MANIFEST: Final = Shape("manifest", ("propertyName", "value"))
ORGS: Final = Shape("orgs", ("sourcedId", "name", "type"), ("status",))
SESSIONS: Final = Shape("academicSessions", ("sourcedId", "endDate"), ("status", "type"))
COURSES: Final = Shape("courses", ("sourcedId", "title"), ("courseCode", "subjects", "status"))
CLASSES: Final = Shape(
    "classes",
    ("sourcedId", "title", "schoolSourcedId"),
    ("status", "grades", "classType", "classCode", "courseSourcedId", "subjects"),
)
USERS: Final = Shape(
    "users",
    ("sourcedId", "orgSourcedIds", "role", "givenName", "familyName"),
    ("status", "enabledUser", "middleName", "sms", "phone", "agentSourcedIds", "grades"),
)
ENROLMENTS: Final = Shape(
    "enrollments", ("classSourcedId", "userSourcedId", "role"), ("status", "schoolSourcedId")
)
NEEDED: Final = ("orgs", "users", "classes", "enrollments")
MISSING: Final = N_("Export again and tick it: orgs, users, classes and enrollments are needed.")
_PEOPLE_OF_CLASSES: Final = frozenset({"student", "teacher", "aide", "administrator", "proctor"})


def read_one_roster(
    raw: dict[str, RawTable], registered: dict[Subject, set[str]], findings: Findings
) -> Incoming:
    """Check the files and return what they say."""
    draft = Draft(Kind.ONE_ROSTER, findings, _listed(raw, findings))
    draft.tell_missing(NEEDED, MISSING)
    orgs = draft.table(ORGS)
    users = draft.table(USERS)
    classes = draft.table(CLASSES)
    courses = draft.table(COURSES)
    draft.known.learn("org", orgs, "sourcedId")
    draft.known.learn("user", users, "sourcedId")
    draft.known.learn("class", classes, "sourcedId")
    draft.known.learn("course", courses, "sourcedId")
    sessions = _current(draft.table(SESSIONS), ("sourcedId", "endDate"), draft, key=True)
    read_year_end(draft, sessions)
    read_schools(draft, orgs, _current(orgs, ("sourcedId", "name", "type"), draft, key=True))
    of_classes = _current(classes, ("sourcedId", "title", "schoolSourcedId"), draft, key=True)
    read_classes(draft, of_classes, _course_rows(draft, courses), "schoolSourcedId", _class_values)
    _read_users(draft, users, registered)
    _read_enrolments(draft, draft.table(ENROLMENTS))
    draft.forgive_disabled_accounts("users.csv")
    draft.incoming.complete = frozenset({Subject.STUDENT, Subject.TEACHER, Subject.CLASS})
    return draft.incoming


def _listed(raw: dict[str, RawTable], findings: Findings) -> dict[str, RawTable]:
    """Return the tables that the manifest declares; say which are missing or changes only."""
    modes = _manifest(raw, findings)
    listed = dict(raw)
    for name in (*NEEDED, "academicsessions", "courses"):
        mode = modes.get(name, "bulk" if name in raw else "absent")
        if mode == "delta":
            findings.error(
                Place("manifest.csv"),
                N_("These files hold only changes (delta), not the whole roster."),
                N_("Export again and choose the full set (bulk)."),
                cause="delta",
            )
        elif mode == "absent" and name in raw:
            listed.pop(name)
            findings.warn(
                Place(raw[name].file),
                N_("The manifest calls this file absent; it was not read."),
                N_("Export again if it belongs to the roster."),
            )
    return listed


def _manifest(raw: dict[str, RawTable], findings: Findings) -> dict[str, str]:
    draft = Draft(Kind.ONE_ROSTER, findings, raw)
    table = draft.table(MANIFEST)
    if table is None:
        findings.warn(
            Place("manifest.csv"),
            N_("This file is missing; every file that is there was read as a full one."),
            N_("Export again if you meant to send changes only."),
        )
        return {}
    values = {
        row["propertyName"]: row["value"].casefold()
        for row in checked_rows(table, ("propertyName",), findings)
    }
    version = values.get("oneroster.version", "1.1")
    if version != "1.1":
        findings.error(
            Place(table.file),
            N_("This is OneRoster {version}."),
            N_("Export it as OneRoster 1.1 (CSV, bulk)."),
            version=version,
        )
    return {
        name.removeprefix("file.").casefold(): mode
        for name, mode in values.items()
        if name.startswith("file.")
    }


def _current(table: Table | None, needed: tuple[str, ...], draft: Draft, key: bool) -> list[Row]:
    """Return the rows of a full file; a status belongs to files of changes."""
    if table is None:
        return []
    unique = (needed[0],) if key else ()
    rows = []
    for row in checked_rows(table, needed, draft.findings, unique):
        if row["status"].casefold() == "tobedeleted":
            draft.findings.warn(
                row.place("status"),
                N_("Only files of changes may ask for a deletion; the row was left out."),
                N_("Nobody is deleted by an import: set who has left to inactive."),
            )
        else:
            rows.append(row)
    return rows


def _course_rows(draft: Draft, table: Table | None) -> dict[str, Row]:
    rows = _current(table, ("sourcedId", "title"), draft, key=True)
    return {row["sourcedId"]: row for row in rows}


def _class_values(row: Row, course: Row | None) -> Values:
    is_homeroom = row["classType"].casefold() == "homeroom"
    of_course = (course["title"], course["courseCode"]) if course else ()
    subject = row["subjects"] or (course["subjects"] or course["title"] if course else "")
    return {
        "title": (is_homeroom and row.read("title", cells.no_day)) or row["title"],
        "grade": single_grade(row, "grades"),
        # A language lesson is named after a language that is not the language it is taught in.
        "language": class_language(row["title"], row["classCode"], *of_course)
        if is_homeroom
        else None,
        "subject": "" if is_homeroom else subject,
        "is_homeroom": is_homeroom,
        "active": True,
    }


def _read_users(draft: Draft, table: Table | None, registered: dict[Subject, set[str]]) -> None:
    needed = ("sourcedId", "role", "givenName", "familyName")
    rows = _current(table, needed, draft, key=True)
    if table and table.is_usable:
        check_lost_zeros(table, "sourcedId", registered[Subject.STUDENT], draft.findings)
    for row in rows:
        role = row["role"].casefold()
        if role in GUARDIANS:
            draft.guardians[row["sourcedId"]] = guardian(row, role)
        elif role == "student" or role in STAFF:
            _read_person(draft, row, role)
        else:
            tell_unknown_role(row)
    _tie_guardians(draft, rows)


def _read_person(draft: Draft, row: Row, role: str) -> None:
    orgs = split_ids(row["orgSourcedIds"])
    if not orgs:
        row.findings.error(
            row.place("orgSourcedIds", value=False),
            N_("This cell must not be empty."),
            N_("Fill it, or delete the row."),
        )
    known = [org for org in orgs if draft.known.check(row, "orgSourcedIds", "org", org)]
    if not known:
        return
    enabled = row.read("enabledUser", cells.truth)
    values = names(row) | {"active": enabled is not False}
    if role == "student":
        schools = [org for org in known if draft.is_school(org)]
        values["grade"] = single_grade(row, "grades")
        draft.add_student(row, schools[0] if schools else known[0], row["sourcedId"], values)
    else:
        draft.add_staff(row, known, row["sourcedId"], values | {"role": role})


def _tie_guardians(draft: Draft, rows: list[Row]) -> None:
    for row in rows:
        for agent in split_ids(row["agentSourcedIds"]):
            if not draft.known.check(row, "agentSourcedIds", "user", agent):
                continue
            draft.add_guardian_of(row["sourcedId"], agent)
            draft.add_guardian_of(agent, row["sourcedId"])


def _read_enrolments(draft: Draft, table: Table | None) -> None:
    for row in _current(table, ("classSourcedId", "userSourcedId", "role"), draft, key=False):
        role = row["role"].casefold()
        if role not in _PEOPLE_OF_CLASSES:
            tell_unknown_role(row)
            continue
        if row["schoolSourcedId"]:
            draft.known.check(row, "schoolSourcedId", "org")
        has_class = draft.known.check(row, "classSourcedId", "class")
        if draft.known.check(row, "userSourcedId", "user") and has_class:
            draft.add_place(row, row["classSourcedId"], row["userSourcedId"], active=True)
