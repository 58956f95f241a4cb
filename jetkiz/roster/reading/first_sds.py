"""What files of the first School Data Sync format say: school, section, student, teacher."""

from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Kind, Subject, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import Row, check_lost_zeros, checked_rows
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.school_files import Draft
from jetkiz.roster.reading.tables import Shape

ID: Final = "SIS ID"
SCHOOL: Final = "School SIS ID"
SECTION: Final = "Section SIS ID"
_PERSON: Final = (ID, SCHOOL, "First Name", "Last Name")
SCHOOLS: Final = Shape("School", (ID, "Name"))
SECTIONS: Final = Shape(
    "Section", (ID, SCHOOL, "Section Name"), ("Term EndDate", "Course Subject", "Status")
)
STUDENTS: Final = Shape("Student", _PERSON, ("Middle Name", "Grade", "Status"))
TEACHERS: Final = Shape("Teacher", _PERSON, ("Middle Name", "Status"))
ENROLMENTS: Final = Shape("StudentEnrollment", (SECTION, ID))
TEACHINGS: Final = Shape("TeacherRoster", (SECTION, ID))
NEEDED: Final = (SCHOOLS, SECTIONS, STUDENTS, ENROLMENTS)


def read_first_sds(
    raw: dict[str, RawTable], registered: dict[Subject, set[str]], findings: Findings
) -> Incoming:
    """Check the files and return what they say."""
    draft = Draft(Kind.FIRST_SDS, findings, raw)
    draft.tell_missing(
        (shape.name for shape in NEEDED),
        N_("Export again: School, Section, Student and StudentEnrollment are needed."),
    )
    for row in _rows(draft, SCHOOLS, "org", (ID, "Name")):
        draft.incoming.put(Subject.SCHOOL, (row[ID],), {"name": row["Name"]})
    _read_sections(draft)
    for row in _rows(draft, STUDENTS, "student", _PERSON):
        if draft.known.check(row, SCHOOL, "org"):
            values = _person(row) | {"grade": row.read("Grade", cells.grade)}
            draft.add_student(row, row[SCHOOL], row[ID], values)
    for row in _rows(draft, TEACHERS, "teacher", _PERSON):
        if draft.known.check(row, SCHOOL, "org"):
            draft.add_staff(row, [row[SCHOOL]], row[ID], _person(row) | {"role": "teacher"})
    _read_places(draft, ENROLMENTS, "student")
    _read_places(draft, TEACHINGS, "teacher")
    _look_for_lost_zeros(draft, registered)
    draft.forgive_disabled_accounts("Student.csv")
    draft.incoming.complete = frozenset({Subject.STUDENT, Subject.TEACHER})
    return draft.incoming


def _rows(draft: Draft, shape: Shape, kind: str, needed: tuple[str, ...]) -> list[Row]:
    table = draft.table(shape)
    draft.known.learn(kind, table, ID)
    return list(checked_rows(table, needed, draft.findings, (ID,))) if table else []


def _read_sections(draft: Draft) -> None:
    for row in _rows(draft, SECTIONS, "class", (ID, SCHOOL, "Section Name")):
        end = row.read("Term EndDate", cells.day)
        if end:
            known = draft.incoming.year_ends
            draft.incoming.year_ends = max(end, known) if known else end
        if draft.known.check(row, SCHOOL, "org"):
            values = {
                "title": row["Section Name"],
                "subject": row["Course Subject"],
                "is_homeroom": False,
                "active": row.read("Status", cells.truth) is not False,
            }
            draft.add_class(row, row[SCHOOL], row[ID], values)


def _person(row: Row) -> Values:
    return {
        "family_name": row["Last Name"],
        "given_name": row["First Name"],
        "patronymic": row["Middle Name"] or None,
        "active": row.read("Status", cells.truth) is not False,
    }


def _read_places(draft: Draft, shape: Shape, kind: str) -> None:
    table = draft.table(shape)
    for row in checked_rows(table, (SECTION, ID), draft.findings) if table else ():
        has_class = draft.known.check(row, SECTION, "class")
        if draft.known.check(row, ID, kind) and has_class:
            draft.add_place(row, row[SECTION], row[ID], active=True)


def _look_for_lost_zeros(draft: Draft, registered: dict[Subject, set[str]]) -> None:
    table = draft.table(STUDENTS)
    if table and table.is_usable:
        check_lost_zeros(table, ID, registered[Subject.STUDENT], draft.findings)
