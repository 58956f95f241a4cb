"""Which lessons are worth most on the air, as the planner's table says: read, or refused."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from broadcast.as_run.file_text import decoded
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson

# The planner writes these names: they are all that the two have in common.
COLUMNS: Final = ("lesson", "language", "value", "students")
_ANEW: Final = N_("Write it anew with: jetkiz plan airing WEEK --into FILE.")

Values = dict[tuple[str, str], float]


def read_values(file: Path) -> Values:
    """Return the value of each lesson on the air, by code and language."""
    try:
        text = decoded(file.read_bytes())
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name. It is written by: jetkiz plan airing WEEK --into FILE."),
            file=file,
            reason=error.strerror,
        ) from error
    rows = _lines(text)
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise JetkizError(
            N_("{file} is no table of values: its first line has to be {columns}."),
            _ANEW,
            file=file,
            columns=",".join(COLUMNS),
        )
    found: Values = {}
    for line, row in rows[1:]:
        key, value = _row(row)
        if value is None or key in found:
            raise JetkizError(
                N_("{file}, line {line}: this is no value of a lesson, or its second one."),
                _ANEW,
                file=file,
                line=line,
            )
        found[key] = value
    return found


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines that are not empty, however an office program parted the cells."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader if any(row)]
    except csv.Error:
        return []


def _row(row: Sequence[str]) -> tuple[tuple[str, str], float | None]:
    try:
        code, language, number, students = row
        value = float(number)
        is_sound = math.isfinite(value) and value >= 0 and int(students) >= 0 and code
    except ValueError:
        return ("", ""), None
    return (code, language), value if is_sound else None


def refuse_other_lessons(values: Mapping[tuple[str, str], float], own: Sequence[Lesson]) -> None:
    """Refuse a table that speaks of another week: not one of its lessons is here."""
    if values and not {(one.code, one.language) for one in own} & set(values):
        raise JetkizError(
            N_("The table of values knows none of the lessons of this week."),
            N_("Take the table of the same week: jetkiz plan airing WEEK --into FILE."),
        )
