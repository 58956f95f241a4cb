"""The small tables of a week as text: lessons, schools, channels, capacities, decisions.

A line that cannot be is refused with its file and number: nobody should search 7,000 lines.
"""

import csv
import io
import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import numpy as np

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import LessonKind
from scheduler.model import EVERYWHERE, Capacity
from scheduler.nation.problem import (
    SCHOOL_DAYS,
    ChannelTerms,
    Decision,
    LessonRow,
    Problem,
    SchoolColumns,
)
from scheduler.nation.refusals import missing, unclear, without_column
from scheduler.rules.channel_choice import TABLE_VERSION, Resource
from scheduler.solver.week_arrays import Cap, Role

T = TypeVar("T")

LESSON: Final = (
    "lesson",
    "code",
    "program",
    "slot",
    "day",
    "kind",
    "weight",
    "task",
    "sides",
    "aired",
)
SCHOOL: Final = ("school", "region", "rural")
CAPACITY: Final = ("resource", "key", "amount", "unit")
DECISION: Final = ("student", "lesson", "channel")
MOST_SLOTS: Final = 63
_NUMBERS: Final = (
    "lead_days",
    "pack_sides",
    "pack_postage",
    "pack_carrying",
    "side_postage",
    "side_printing",
    "seat_cost",
)
_ROLES: Final = tuple(one.name.lower() for one in Role)
_SCREENS: Final = ("", *(one.name.lower() for one in Cap))
_PAGES: Final = ("", Resource.PRINT_PAGES.value, Resource.COPIER_PAGES.value)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def lessons_text(lessons: Sequence[LessonRow]) -> bytes:
    """Write the lessons out."""
    return table(
        LESSON,
        (
            (
                one.number,
                one.code,
                one.program,
                one.slot,
                one.day,
                one.kind.value,
                one.weight,
                int(one.has_task),
                one.sides,
                int(one.is_aired),
            )
            for one in lessons
        ),
    )


def schools_text(schools: SchoolColumns, regions: Sequence[str]) -> bytes:
    """Write the schools out."""
    rows = zip(
        schools.number.tolist(), schools.region.tolist(), schools.is_rural.tolist(), strict=True
    )
    return table(SCHOOL, ((number, regions[region], int(rural)) for number, region, rural in rows))


def capacity_text(capacities: Sequence[Capacity]) -> bytes:
    """Write out what there is; people edit this table."""
    rows = ((c.resource.value, c.key, f"{c.amount:.12g}", c.unit) for c in capacities)
    return table(CAPACITY, rows)


def decisions_text(decisions: Sequence[Decision]) -> bytes:
    """Write out what people decided."""
    return table(DECISION, ((one.student, one.lesson, one.channel) for one in decisions))


def channels_text(channels: Sequence[ChannelTerms]) -> bytes:
    """Write out how the channels work, in the order of their ranks."""
    lines = [f'table_version = "{TABLE_VERSION}"']
    for one in channels:
        fit = ", ".join(f"{kind} = {one.fit[kind]}" for kind in LessonKind)
        lines += [
            "",
            f"[{one.name}]",
            f'role = "{one.role}"',
            f'screen = "{one.screen}"',
            f'pages = "{one.pages}"',
            f'failure_domain = "{one.failure_domain}"',
            f"return_likelihood = {one.return_likelihood}",
            f"fit = {{ {fit} }}",
            *(f"{name} = {getattr(one, name)}" for name in _NUMBERS),
            f"too_late = [{', '.join(repr(code) for code in one.too_late)}]",
        ]
    return ("\n".join(lines) + "\n").encode()


def read_channels(place: Path) -> tuple[ChannelTerms, ...]:
    """Read how the channels work."""
    try:
        found = tomllib.loads(place.read_text("utf-8"))
        return tuple(_channel(name, one) for name, one in found.items() if isinstance(one, dict))
    except OSError as error:
        raise missing(place) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise unclear(place, error) from error


def _channel(name: str, found: dict[str, Any]) -> ChannelTerms:
    for key, allowed in (("role", _ROLES), ("screen", _SCREENS), ("pages", _PAGES)):
        if found[key] not in allowed:
            raise ValueError(f"{name}: {key} is {found[key]!r}, not one of {', '.join(allowed)}")
    fit = {kind: float(found["fit"][kind.value]) for kind in LessonKind}
    numbers = {key: found[key] for key in _NUMBERS}
    for key, value in (*fit.items(), *numbers.items()):
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name}: {key} is {value}, which is no amount")
    return ChannelTerms(
        name=name,
        role=found["role"],
        failure_domain=found["failure_domain"],
        fit=fit,
        return_likelihood=float(found["return_likelihood"]),
        screen=found["screen"],
        pages=found["pages"],
        too_late=tuple(map(str, found["too_late"])),
        **numbers,
    )


def read_lessons(place: Path) -> tuple[LessonRow, ...]:
    """Read the lessons; two on one place of a week are refused."""
    found = _read(place, LESSON, _lesson)
    places: set[tuple[str, int]] = set()
    codes: set[str] = set()
    for line, one in enumerate(found, 2):
        if (one.program, one.slot) in places or one.code in codes:
            raise _wrong(place, line, "code, program, slot", one.code)
        places.add((one.program, one.slot))
        codes.add(one.code)
    return found


def _lesson(row: dict[str, str]) -> LessonRow:
    return LessonRow(
        number=_whole(row, "lesson", 1, 2**31 - 1),
        code=_word(row, "code"),
        program=_word(row, "program"),
        slot=_whole(row, "slot", 0, MOST_SLOTS - 1),
        day=_whole(row, "day", 1, SCHOOL_DAYS),
        kind=_one_of(row, "kind", LessonKind),
        weight=_amount(row, "weight", 4),
        has_task=bool(_whole(row, "task", 0, 1)),
        sides=_whole(row, "sides", 1, 1000),
        is_aired=bool(_whole(row, "aired", 0, 1)),
    )


def read_schools(place: Path, regions: Sequence[str]) -> SchoolColumns:
    """Read the schools; their numbers must rise."""
    numbers = {name: row for row, name in enumerate(regions)}

    def school(row: dict[str, str]) -> tuple[int, int, bool]:
        number, rural = _whole(row, "school", 1, 2**31 - 1), bool(_whole(row, "rural", 0, 1))
        return number, _one_of(row, "region", numbers.__getitem__), rural

    found = _read(place, SCHOOL, school)
    own = np.array([one[0] for one in found], dtype=np.int64)
    if (np.diff(own) <= 0).any():
        line = int(np.flatnonzero(np.diff(own) <= 0)[0]) + 3
        raise _wrong(place, line, "school", str(own[line - 2]))
    return SchoolColumns(
        own,
        np.array([one[1] for one in found], dtype=np.int32),
        np.array([one[2] for one in found], dtype=np.bool_),
    )


def read_capacities(
    place: Path, regions: Sequence[str], schools: SchoolColumns
) -> tuple[Capacity, ...]:
    """Read what there is; a key that is no school, no region and not "all" is refused."""
    keys = {EVERYWHERE, *regions, *map(str, schools.number.tolist())}
    seen: set[tuple[Resource, str]] = set()

    def capacity(row: dict[str, str]) -> Capacity:
        resource, key = _one_of(row, "resource", Resource), row["key"]
        if key not in keys:
            raise _UnknownKey(key)
        if (resource, key) in seen:
            raise _Strange("key", key)
        seen.add((resource, key))
        return Capacity(resource, key, _amount(row, "amount", 1e15), row["unit"])

    return _read(place, CAPACITY, capacity)


def read_decisions(place: Path, problem: Problem) -> tuple[Decision, ...]:
    """Read what people decided; each must name a student, a lesson of it and a channel."""
    lessons = {one.code: one for one in problem.lessons}
    channels = {one.name for one in problem.channels}
    seen: set[tuple[int, str]] = set()
    people = problem.students
    order = np.argsort(people.number, kind="stable")
    ordered = people.number[order]

    def decision(row: dict[str, str]) -> Decision:
        student = _whole(row, "student", 1, 2**62)
        at = int(np.searchsorted(ordered, student))
        if at == len(ordered) or ordered[at] != student:
            raise _Strange("student", row["student"])
        program = problem.programs[people.program[order[at]]]
        if row["lesson"] not in lessons or lessons[row["lesson"]].program != program:
            raise _Strange("lesson", row["lesson"])
        if row["channel"] not in channels:
            raise _Strange("channel", row["channel"])
        if (student, row["lesson"]) in seen:
            raise _Strange("lesson", row["lesson"])
        seen.add((student, row["lesson"]))
        return Decision(student, row["lesson"], row["channel"])

    return _read(place, DECISION, decision)


class _Strange(Exception):  # noqa: N818 - never leaves this module
    """A cell that cannot be."""

    def __init__(self, column: str, value: str) -> None:
        super().__init__(column, value)
        self.column, self.value = column, value


class _UnknownKey(Exception):  # noqa: N818 - never leaves this module
    """A capacity of a place that does not exist."""


def _read(
    place: Path, columns: Sequence[str], take: Callable[[dict[str, str]], T]
) -> tuple[T, ...]:
    try:
        text = place.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise missing(place) from error
    reader = csv.DictReader(text.splitlines(), restval="")
    lacking = [name for name in columns if name not in (reader.fieldnames or ())]
    if lacking:
        raise without_column(place, lacking[0], tuple(reader.fieldnames or ()))
    found = []
    for row in reader:
        try:
            found.append(take(row))
        except _Strange as error:
            raise _wrong(place, reader.line_num, error.column, error.value) from None
        except _UnknownKey as error:
            raise JetkizError(
                N_("{file}, line {line}: there is no region and no school {key}."),
                N_('Write a region of {manifest}, the number of a school, or "all".'),
                file=place,
                line=reader.line_num,
                key=error.args[0],
                manifest="manifest.toml",
            ) from None
    return tuple(found)


def _word(row: dict[str, str], column: str) -> str:
    return row[column] or _refuse(row, column)


def _one_of(row: dict[str, str], column: str, take: Callable[[str], T]) -> T:
    try:
        return take(row[column])
    except (KeyError, ValueError):
        _refuse(row, column)


def _whole(row: dict[str, str], column: str, least: int, most: int) -> int:
    try:
        value = int(row[column])
    except ValueError:
        _refuse(row, column)
    return value if least <= value <= most else _refuse(row, column)


def _amount(row: dict[str, str], column: str, most: float) -> float:
    try:
        value = float(row[column])
    except ValueError:
        _refuse(row, column)
    return value if 0 <= value <= most else _refuse(row, column)


def _refuse(row: dict[str, str], column: str) -> NoReturn:
    raise _Strange(column, row[column])


def _wrong(place: Path, line: int, column: str, value: str) -> JetkizError:
    return JetkizError(
        N_("{file}, line {line}: {value} cannot stand in column {column}."),
        N_("Put it right and repeat; amounts are never below 0, and nothing may stand twice."),
        file=place,
        line=line,
        value=repr(value),
        column=column,
    )
