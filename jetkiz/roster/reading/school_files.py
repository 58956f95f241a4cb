"""What OneRoster and School Data Sync have in common: schools, people, classes, places."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.incoming import Incoming, Kind, Subject, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import KnownIds, Row
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.tables import Shape, Table, shape_table

GUARDIANS: Final = frozenset({"guardian", "parent", "relative"})
STAFF: Final = frozenset(
    {"administrator", "aide", "proctor", "teacher", "professor", "faculty", "staff", "principal"}
)
_LANGUAGE_WORDS: Final = {
    code: re.compile(rf"(?<![^\W_])({words})(?![^\W_])", re.IGNORECASE)
    for code, words in (
        ("kk", r"kk|kaz|қаз\w*|каз|казах\w*|kazakh"),
        ("ru", r"ru|rus|орыс\w*|рус|русск\w*|russian"),
    )
}


@dataclass(slots=True)
class Draft:
    """A roster while its files are read: what was accepted, and which ids exist."""

    kind: Kind
    findings: Findings
    raw: dict[str, RawTable]
    incoming: Incoming = field(init=False)
    known: KnownIds = field(init=False)
    class_school: dict[str, str] = field(default_factory=dict)
    student_school: dict[str, str] = field(default_factory=dict)
    teacher_school: dict[str, set[str]] = field(default_factory=dict)
    guardians: dict[str, Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.incoming = Incoming(self.kind)
        self.known = KnownIds(self.findings)

    def table(self, shape: Shape) -> Table | None:
        """Return a table of the files, or None when there is none."""
        raw = self.raw.get(shape.name.casefold())
        return shape_table(raw, shape, self.findings) if raw else None

    def tell_missing(self, needed: Iterable[str], remedy: str) -> None:
        """Name the needed files that are not there, each by itself."""
        for name in needed:
            if name.casefold() not in self.raw:
                self.findings.error(Place(f"{name}.csv"), N_("This file is missing."), remedy)

    def is_school(self, org: str) -> bool:
        """True when the organisation is a school that was accepted."""
        return (org,) in self.incoming[Subject.SCHOOL]

    def add_class(self, row: Row, school: str, key: str, values: Values) -> None:
        """Accept a class of a school; those of other organisations are left out in one line."""
        if not self.is_school(school):
            self._leave_out(row)
            return
        self.class_school[key] = school
        self.incoming.put(Subject.CLASS, (school, key), values)

    def add_student(self, row: Row, school: str, key: str, values: Values) -> None:
        """Accept a student of a school."""
        if not self.is_school(school):
            self._leave_out(row)
            return
        self.student_school[key] = school
        self.incoming.put(Subject.STUDENT, (school, key), values)

    def add_staff(self, row: Row, schools: list[str], key: str, values: Values) -> None:
        """Accept a teacher or another person at work, once for each school."""
        own = [school for school in schools if self.is_school(school)]
        if not own:
            self._leave_out(row)
        for school in own:
            self.teacher_school.setdefault(key, set()).add(school)
            self.incoming.put(Subject.TEACHER, (school, key), values)

    def add_place(self, row: Row, key: str, person: str, active: bool) -> None:
        """Accept that a student or a teacher belongs to a class."""
        school = self.class_school.get(key)
        if school is None:
            return
        if person in self.student_school:
            if self.student_school[person] == school:
                self.incoming.put(Subject.PLACE, (school, key, person), {"active": active})
            else:
                self.findings.warn(
                    row.place(),
                    N_("The student belongs to one school, the class to another; left out."),
                    N_("Correct the school of the student or of the class."),
                )
        elif school in self.teacher_school.get(person, ()):
            self.incoming.put(Subject.TEACHING, (school, key, person), {"active": active})

    def add_guardian_of(self, student: str, guardian: str, relation: str = "") -> None:
        """Accept that somebody answers for a student."""
        if student in self.student_school and guardian in self.guardians:
            values = dict(self.guardians[guardian])
            values["relation"] = relation or values["relation"]
            key = (self.student_school[student], student)
            self.incoming.student_guardians.append((key, guardian, values))

    def _leave_out(self, row: Row) -> None:
        if not self.incoming[Subject.SCHOOL]:
            return  # that there is no school at all was said already
        self.findings.warn(
            row.place(),
            N_("This belongs to no school of the file; it was left out."),
            N_("Only organisations of the type school are read."),
        )

    def forgive_disabled_accounts(self, file: str) -> None:
        """Take a file in which every student is disabled as one that says nothing about it."""
        students = self.incoming[Subject.STUDENT].values()
        if students and not any(values["active"] for values in students):
            for values in students:
                values["active"] = True
            self.findings.warn(
                Place(file),
                N_("Every student is disabled in the file; they were read as enabled."),
                N_("Set to inactive only who has left the school."),
            )


def read_year_end(draft: Draft, rows: Iterable[Row]) -> None:
    """Take the day on which the last session of the files ends."""
    ends = [end for row in rows if (end := row.read("endDate", cells.day))]
    draft.incoming.year_ends = max(ends, default=None)


def read_schools(draft: Draft, table: Table | None, rows: Iterable[Row]) -> None:
    """Accept the organisations that are schools; without any there is no roster."""
    for row in rows:
        if row["type"].casefold() == "school":
            draft.incoming.put(Subject.SCHOOL, (row["sourcedId"],), {"name": row["name"]})
    if table and table.is_usable and not draft.incoming[Subject.SCHOOL]:
        draft.findings.error(
            Place(table.file),
            N_("There is no school among the organisations."),
            N_("Set the type of your school to school."),
        )


def read_classes(
    draft: Draft,
    rows: Iterable[Row],
    courses: Mapping[str, Row],
    school: str,
    values_of: Callable[[Row, Row | None], Values],
) -> None:
    """Accept the classes whose school and course are there; ``school`` is the column."""
    for row in rows:
        if not draft.known.check(row, school, "org"):
            continue
        if row["courseSourcedId"] and not draft.known.check(row, "courseSourcedId", "course"):
            continue
        course = courses.get(row["courseSourcedId"])
        draft.add_class(row, row[school], row["sourcedId"], values_of(row, course))


def names(row: Row) -> Values:
    """Return a person's name; a patronymic that is not said is not cleared."""
    return {
        "family_name": row["familyName"],
        "given_name": row["givenName"],
        "patronymic": row["middleName"] or None,
    }


def guardian(row: Row, relation: str) -> Values:
    """Return what is kept of somebody who answers for a student."""
    return names(row) | {"relation": relation, "phone": _phone(row)}


def _phone(row: Row) -> str | None:
    """A number that is none is no reason to refuse a guardian."""
    for column in ("sms", "phone"):
        try:
            if row[column]:
                return cells.phone(row[column])
        except cells.CellError as error:
            row.findings.warn(row.place(column), error.sentence, error.remedy, **error.facts)
    return None


def tell_unknown_role(row: Row) -> None:
    """Leave out somebody whose work at school is not known here."""
    row.findings.warn(
        row.place("role"),
        N_("This role is not known; the person was left out."),
        N_("Known are student, guardian, parent, relative, teacher, administrator and aide."),
    )


def class_language(*texts: str) -> str | None:
    """Return the language of instruction that a title or code names, if it names one."""
    for text in texts:
        found = [code for code, pattern in _LANGUAGE_WORDS.items() if pattern.search(text)]
        if len(found) == 1:
            return found[0]
    return None


def single_grade(row: Row, column: str) -> int | None:
    """Return the grade of a list with one grade; a list of several says nothing of one class."""
    parts = [part.strip() for part in row[column].split(",") if part.strip()]
    return row.read(column, cells.grade) if len(parts) == 1 else None


def split_ids(text: str) -> list[str]:
    """Return the ids of a comma list."""
    return [part.strip() for part in text.split(",") if part.strip()]
