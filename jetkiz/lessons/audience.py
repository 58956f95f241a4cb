"""Which students the lessons of a week leave out: none for their grade in their language."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jetkiz.i18n import N_, Translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.model import Student
from jetkiz.roster.register import read_names, read_students

MOST_NAMES: Final = 12
IN_LANGUAGE: Final = {"kk": N_("in Kazakh"), "ru": N_("in Russian"), "en": N_("in English")}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Students of one grade and language without a lesson; ``others`` are languages that have."""

    grade: int
    language: str
    others: tuple[str, ...]
    students: tuple[int, ...]


def left_out(students: Iterable[Student], lessons: Iterable[Lesson]) -> list[LeftOut]:
    """Return who has no lesson, by grade and language."""
    offered: dict[int, set[str]] = defaultdict(set)
    for lesson in lessons:
        for grade in lesson.grades:
            offered[grade].add(lesson.language)
    without: dict[tuple[int, str], list[int]] = defaultdict(list)
    for one in students:
        if one.language not in offered[one.grade]:
            without[one.grade, one.language].append(one.id)
    return [
        LeftOut(grade, language, tuple(sorted(offered[grade])), tuple(sorted(numbers)))
        for (grade, language), numbers in sorted(without.items())
    ]


def left_out_lines(
    connection: Connection, week: str, t: Translator, grades: Collection[int] | None = None
) -> list[str]:
    """Say by name whom the lessons of a week leave out, of all grades or of those given.

    Nobody is named where the week has no lessons at all: that is said elsewhere.
    """
    lessons = read_lessons(connection, week)
    found = left_out(read_students(connection), lessons) if lessons else []
    found = [one for one in found if grades is None or one.grade in grades]
    shown = [number for one in found for number in one.students[:MOST_NAMES]]
    names = {number: name.short for number, name in read_names(connection, shown).items()}
    return [_line(one, week, names, t) for one in found]


def _line(one: LeftOut, week: str, names: dict[int, str], t: Translator) -> str:
    listed = [names.get(number) or str(number) for number in one.students[:MOST_NAMES]]
    more = len(one.students) - len(listed)
    if more:
        listed.append(t.n("{n} more", "{n} more", more))
    facts = {
        "week": week,
        "grade": one.grade,
        "language": _in(one.language, t),
        "others": ", ".join(_in(other, t) for other in one.others),
        "names": ", ".join(listed),
    }
    if one.others:
        return t(
            "Week {week} has lessons for grade {grade} only {others}, none {language}. "
            "They get no lesson: {names}.",
            **facts,
        )
    return t("Week {week} has no lessons for grade {grade}. They get no lesson: {names}.", **facts)


def _in(language: str, t: Translator) -> str:
    return t(IN_LANGUAGE[language]) if language in IN_LANGUAGE else language
