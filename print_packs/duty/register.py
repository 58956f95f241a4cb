"""How the attendance list of the duty class looks: who is expected on a day, for which lessons."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from jetkiz.delivery.model import Batch, Consignment
from jetkiz.fonts.letters import plain
from jetkiz.i18n import N_, translator
from jetkiz.i18n.alphabet import alphabetical
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.subjects import subject_words
from jetkiz.roster.model import Name, School, Student
from jetkiz.roster.register import read_names, read_schools, read_students
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.post.list_form import Column, HeadLine, ListForm, both
from print_packs.post.registry_files import form_files

COLUMNS: Final = (
    Column("number", N_("No."), 9, is_number=True),
    Column("student", N_("Student"), 56),
    Column("class", N_("Class"), 16),
    Column("lessons", N_("Lessons of the day"), 104),
    Column("came", N_("Came at"), 18),
    Column("signature", N_("Signature"), 34),
    Column("note", N_("Note"), 24),
)
_SIGNING_ROW: Final = 9.5


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the lists are written from; students who left the school are missing."""

    students: Mapping[int, Student]
    names: Mapping[int, Name]
    lessons: Mapping[int, Lesson]
    schools: Mapping[int, School]


def day_of(one: Consignment) -> date:
    """Return the day on which the student is expected."""
    return date.fromisoformat(one.payload["day"])


def register_folder(data: Path, week: str) -> Path:
    """Return where the attendance lists of a week lie."""
    return data / "packs" / week / "duty_class"


def write_registers(workplace: Workplace, batch: Batch) -> frozenset[int]:
    """Write a list for each day of a batch and each school; return the students who are on one."""
    with workplace.database.read() as connection:
        facts = _gather(connection, batch.consignments)
    days: dict[date, list[Consignment]] = defaultdict(list)
    for one in batch.consignments:
        days[day_of(one)].append(one)
    folder = register_folder(workplace.settings.data, batch.week)
    for day, sessions in sorted(days.items()):
        forms = registers(facts, batch.week, day, sessions)
        if forms:
            for file, content in form_files(forms, f"{day.isoformat()}-{batch.id}"):
                write_whole(folder / file, content)
    return frozenset(facts.students)


def _gather(connection: Connection, sessions: Sequence[Consignment]) -> _Facts:
    people = {content.student for one in sessions for content in one.contents}
    numbers = {n for one in sessions for content in one.contents for n in content.lessons}
    return _Facts(
        students={one.id: one for one in read_students(connection, people)},
        names=read_names(connection, people),
        lessons={one.id: one for one in read_lessons(connection, only=sorted(numbers))},
        schools={one.id: one for one in read_schools(connection)},
    )


def registers(
    facts: _Facts, week: str, day: date, sessions: Sequence[Consignment]
) -> list[ListForm]:
    """Return the lists of a day, one a school, students by class and name."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for one in sessions:
        for content in one.contents:
            wanted[content.student].update(content.lessons)
    schools: dict[int, list[Student]] = defaultdict(list)
    for number in wanted:
        if number in facts.students:
            schools[facts.students[number].school].append(facts.students[number])
    return [
        _register(facts.schools[school], week, day, _rows(facts, students, wanted))
        for school, students in sorted(schools.items())
    ]


def _register(school: School, week: str, day: date, rows: Sequence[tuple[str, ...]]) -> ListForm:
    told = day.strftime("%d.%m.%Y")
    return ListForm(
        name=f"{week} · {told}",
        tab=day.strftime("%d.%m"),
        title=both(N_("Duty class: attendance list")),
        header=(
            HeadLine("day", both(N_("Day")), told),
            HeadLine("school", both(N_("School")), plain(school.name)),
            HeadLine("students", both(N_("Students")), str(len(rows)), is_number=True),
        ),
        columns=COLUMNS,
        rows=tuple(rows),
        signers=(N_("Teacher of the duty class (name, signature)"),),
        kind="duty_class",
        least_row=_SIGNING_ROW,
    )


def _rows(
    facts: _Facts, students: Sequence[Student], wanted: Mapping[int, set[int]]
) -> list[tuple[str, ...]]:
    def order(one: Student) -> tuple[int, str, tuple[str, str], int]:
        return one.grade, one.class_title, alphabetical(_name(facts, one)), one.id

    return [
        (
            str(number),
            plain(_name(facts, one)),
            one.class_title,
            _lesson_lines(facts, one, wanted[one.id]),
            "",
            "",
            "",
        )
        for number, one in enumerate(sorted(students, key=order), start=1)
    ]


def _name(facts: _Facts, student: Student) -> str:
    name = facts.names.get(student.id)
    return name.short if name else ""


def _lesson_lines(facts: _Facts, student: Student, numbers: set[int]) -> str:
    t = translator(student.language)
    lessons = [facts.lessons[number] for number in numbers if number in facts.lessons]
    return "\n".join(
        plain(f"{t(subject_words(one.subject))}: {one.title}")
        for one in sorted(lessons, key=lambda one: (one.day, one.order, one.code))
    )
