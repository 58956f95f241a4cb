"""How the week of a nation lies in a folder, and is read back: columns, tables, manifest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole
from scheduler.nation import manifest as manifests
from scheduler.nation import tables_of_text as texts
from scheduler.nation.compiling import arrays_of
from scheduler.nation.manifest import Manifest
from scheduler.nation.parquet import Column, Columns, Table, Words, forget, writing
from scheduler.nation.problem import (
    ChannelTerms,
    LessonRow,
    Problem,
    StudentColumns,
    carries,
)
from scheduler.nation.refusals import ANEW
from scheduler.rules.channel_choice import CERTAIN
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Ints, Longs, WeekArrays

STUDENTS: Final = "students.parquet"
POSTERIORS: Final = "posteriors.parquet"
PREVIOUS: Final = "previous/plan.parquet"
CAPS: Final = tuple(f"cap.{one.name.lower()}" for one in Cap)


def read_problem(folder: Path, today: date | None = None) -> WeekArrays:
    """Read a folder as the solver looks at it; a week before ``today`` is refused."""
    return arrays_of(read_folder(folder, today))


def read_folder(folder: Path, today: date | None = None) -> Problem:
    """Read a folder as people wrote it; whatever does not fit is refused by name."""
    manifest = manifests.read_manifest(folder)
    if today is not None:
        manifests.refuse_past(manifest.week, today)
    manifests.refuse_damage(folder, manifest)
    channels = texts.read_channels(folder / "channels.toml")
    lessons = texts.read_lessons(folder / "lessons.csv")
    _refuse_formless(folder, channels, lessons)
    programs = tuple(sorted({one.program for one in lessons}))
    schools = texts.read_schools(folder / "schools.csv", manifest.regions)
    students = _read_students(folder, schools.number, programs, channels)
    if len(students.number) != manifest.students:
        raise JetkizError(
            N_("{file} holds {found} students, and {manifest} speaks of {wanted}."),
            ANEW,
            file=folder / STUDENTS,
            found=len(students.number),
            manifest=manifests.NAME,
            wanted=manifest.students,
        )
    problem = Problem(
        week=manifest.week,
        regions=manifest.regions,
        programs=programs,
        channels=channels,
        lessons=lessons,
        schools=schools,
        students=students,
        capacities=texts.read_capacities(folder / "capacity.csv", manifest.regions, schools),
        previous=_read_previous(folder, students.number, lessons),
    )
    return _with_decisions(folder, problem)


def write_problem(folder: Path, problem: Problem, seed: int | None = None) -> None:
    """Write a whole folder."""
    write_students(folder, [(problem, problem.students, {})])
    write_rest(folder, problem, len(problem.students.number), seed)


def write_students(
    folder: Path, blocks: Iterable[tuple[Problem, StudentColumns, Mapping[str, Column]]]
) -> None:
    """Write the students block by block, each with facts that the planner does not read."""
    forget(folder / manifests.NAME)
    with writing(folder / STUDENTS) as file:
        for about, students, facts in blocks:
            file.add(student_columns(about, students, facts))


def student_columns(
    about: Problem, students: StudentColumns, facts: Mapping[str, Column]
) -> Columns:
    """Return the columns of some students as they lie in the file."""
    region = about.schools.region[students.school]
    found: dict[str, Column] = {
        "student": students.number,
        "region": Words(region, about.regions),
        "school": about.schools.number[students.school],
        "household": students.household,
        "program": Words(students.program, about.programs),
        "large_print": students.is_large,
        **facts,
    }
    found |= {name: students.caps[:, cap] for cap, name in enumerate(CAPS)}
    for column, channel in enumerate(about.channels):
        found[chance_name(channel.name)] = np.ascontiguousarray(students.chance[:, column])
    return found


def write_rest(folder: Path, problem: Problem, students: int, seed: int | None) -> None:
    """Write the small tables, and last the manifest."""
    write_whole(folder / "channels.toml", texts.channels_text(problem.channels))
    write_whole(folder / "lessons.csv", texts.lessons_text(problem.lessons))
    write_whole(folder / "schools.csv", texts.schools_text(problem.schools, problem.regions))
    write_whole(folder / "capacity.csv", texts.capacity_text(problem.capacities))
    if problem.decisions:
        write_whole(folder / "overrides.csv", texts.decisions_text(problem.decisions))
    if len(problem.previous):
        write_previous(folder, problem.students.number, problem.previous)
    manifests.write_manifest(
        folder,
        Manifest(problem.week, students, seed, problem.regions, manifests.hashes(folder)),
    )


def write_previous(folder: Path, student: Longs, channel: Bytes) -> None:
    """Write last week's channels, a column a slot."""
    with writing(folder / PREVIOUS) as file:
        slots = {f"slot.{n}": np.ascontiguousarray(channel[:, n]) for n in range(channel.shape[1])}
        file.add({"student": student, **slots})


def chance_name(channel: str) -> str:
    """Name the column of a chance in thousandths."""
    return f"chance.{channel}"


def _refuse_formless(
    folder: Path, channels: Sequence[ChannelTerms], lessons: Sequence[LessonRow]
) -> None:
    """Refuse a lesson that no channel can carry, whatever the home: nobody meant that."""
    for line, one in enumerate(lessons, 2):
        if not any(carries(channel, one) for channel in channels):
            raise JetkizError(
                N_("{file}, line {line}: lesson {lesson} has no form that a channel could carry."),
                N_("Give its kind a fit above 0 for some channel, or take the lesson out."),
                file=folder / "lessons.csv",
                line=line,
                lesson=one.code,
            )


def _read_students(
    folder: Path,
    schools: Longs,
    programs: tuple[str, ...],
    channels: tuple[ChannelTerms, ...],
) -> StudentColumns:
    table = Table(folder / STUDENTS)
    number = table.numbers("student", np.int64)
    school = _rows_of(folder / STUDENTS, "school", table.numbers("school", np.int64), schools)
    household = table.numbers("household", np.int64)
    _refuse_disorder(folder, school, household, number)
    return StudentColumns(
        number=number,
        school=school,
        household=household,
        program=_programs(folder, table.words("program"), programs),
        chance=_experienced(folder, number, _chances(folder / STUDENTS, table, channels), channels),
        is_large=table.numbers("large_print", np.bool_),
        caps=_caps(table),
    )


def _caps(table: Table) -> NDArray[np.uint8]:
    found = np.empty((table.rows, len(CAPS)), dtype=np.uint8)
    for cap, name in enumerate(CAPS):
        found[:, cap] = table.numbers(name, np.uint8)
    return found


def _chances(place: Path, table: Table, channels: tuple[ChannelTerms, ...]) -> NDArray[np.uint16]:
    found = np.empty((table.rows, len(channels)), dtype=np.uint16)
    for column, channel in enumerate(channels):
        found[:, column] = table.numbers(chance_name(channel.name), np.uint16)
    if table.rows and int(found.max()) > CERTAIN:
        raise JetkizError(
            N_("{file} holds a chance of {chance}; chances are thousandths, at most 1000."),
            N_("Put the column right: {columns}."),
            file=place,
            chance=int(found.max()),
            columns="chance.*",
        )
    return found


def _experienced(
    folder: Path,
    number: Longs,
    chance: NDArray[np.uint16],
    channels: tuple[ChannelTerms, ...],
) -> NDArray[np.uint16]:
    """Put what experience says of some students in the place of what the facts say."""
    place = folder / POSTERIORS
    if not place.exists():
        return chance
    table = Table(place)
    students = table.numbers("student", np.int64)
    order = np.argsort(number, kind="stable")
    rows = order[_rows_of(place, "student", students, number[order])]
    chance[rows] = _chances(place, table, channels)
    return chance


def _programs(folder: Path, words: Words, programs: tuple[str, ...]) -> Ints:
    known = {name: row for row, name in enumerate(programs)}
    for name in words.names:
        if name not in known:
            raise _unknown(folder / STUDENTS, "program", name)
    return np.array([known[name] for name in words.names], dtype=np.int32)[words.codes]


def _rows_of(place: Path, column: str, values: Longs, known: Longs) -> Ints:
    rows = np.searchsorted(known, values)
    rows[rows == len(known)] = 0
    strange = known[rows] != values if len(known) else np.ones(len(values), dtype=np.bool_)
    if strange.any():
        raise _unknown(place, column, str(values[int(np.argmax(strange))]))
    return rows.astype(np.int32)


def _unknown(place: Path, column: str, value: str) -> JetkizError:
    return JetkizError(
        N_("{file} speaks of {column} {value}, which the other tables do not know."),
        N_("Add it to lessons.csv or schools.csv, or take its students out."),
        file=place,
        column=column,
        value=value,
    )


def _refuse_disorder(folder: Path, school: Ints, household: Longs, number: Longs) -> None:
    """Refuse students out of order: what is shared is counted where it changes."""
    same_school = np.diff(school) == 0
    same_home = np.diff(household) == 0
    risen = (np.diff(school) > 0) | (same_school & (np.diff(household) > 0))
    risen |= same_school & same_home & (np.diff(number) > 0)
    doubled = len(np.unique(number)) < len(number) if (np.diff(number) <= 0).any() else False
    if risen.all() and not doubled:
        return
    row = int(np.argmin(risen)) + 1 if not risen.all() else 0
    raise JetkizError(
        N_("{file}: student {student} stands out of order or twice."),
        N_("Sort the students by school, household and number, each once."),
        file=folder / STUDENTS,
        student=int(number[row]),
    )


def _read_previous(folder: Path, number: Longs, lessons: Sequence[LessonRow]) -> Bytes:
    """Return last week's channels [N, W] in the order of the students; no rows without any."""
    slots = max((one.slot for one in lessons), default=-1) + 1
    place = folder / PREVIOUS
    if not place.exists():
        return np.zeros((0, slots), dtype=np.int8)
    table = Table(place)
    students = table.numbers("student", np.int64)
    order = np.argsort(students, kind="stable")
    at = np.minimum(np.searchsorted(students[order], number), max(len(students) - 1, 0))
    rows = order[at] if len(students) else np.zeros(len(number), dtype=np.int64)
    known = students[rows] == number if len(students) else np.zeros(len(number), dtype=np.bool_)
    found = np.full((len(number), slots), NOTHING, dtype=np.int8)
    for slot in range(slots):
        name = f"slot.{slot}"
        if name in table.names:
            own = table.numbers(name, np.int8)
            found[:, slot] = np.where(known, own[rows] if len(own) else NOTHING, NOTHING)
    return found


def _with_decisions(folder: Path, problem: Problem) -> Problem:
    place = folder / "overrides.csv"
    if not place.exists():
        return problem
    return replace(problem, decisions=texts.read_decisions(place, problem))
