"""Which airings are for one grade in one language, and what that feed is called."""

from collections.abc import Sequence

from broadcast.export.rows import ExportRow
from broadcast.export.words import speaker
from broadcast.problem.model import Problem
from jetkiz.i18n import N_


def feed_rows(week: Sequence[ExportRow], language: str, grade: int) -> list[ExportRow]:
    """Return the airings for one grade in one language."""
    return [row for row in week if row.language == language and grade in row.stream.grades]


def feeds_of(problem: Problem) -> list[tuple[str, int]]:
    """Return each language and grade that is taught, in order."""
    return sorted({(one.language, grade) for one in problem.streams for grade in one.grades})


def feed_name(language: str, grade: int) -> str:
    """Return what a feed of one grade is called, in its language."""
    return speaker(language)(N_("Grade {grade}: lessons on the air"), grade=grade)
