"""A nation for a week, drawn from the population tables, region by region, into a folder.

Equal seeds give equal files. A smaller number of students gives a nation of the same shape: the
same shares of everything, in fewer schools of the usual size.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.nation import manifest as manifests
from scheduler.nation.capacities import draw_capacities
from scheduler.nation.chances import CHANNELS
from scheduler.nation.channel_terms import channel_terms
from scheduler.nation.curriculum import draw_lessons, program_of
from scheduler.nation.folder import write_rest, write_students
from scheduler.nation.homes import AreaDrawer, Drawn
from scheduler.nation.parquet import Column, Words
from scheduler.nation.population import AREAS, LANGUAGES, Population
from scheduler.nation.problem import LessonRow, Problem, SchoolColumns, StudentColumns
from scheduler.nation.schools import Area, areas
from scheduler.solver.week_arrays import NO_CAP, Cap, Ints, Longs

MOST_STUDENTS: Final = 10_000_000


@dataclass(slots=True)
class Tally:
    """What was drawn, counted on the way: students by region and area, schools, and facts."""

    heads: Longs
    schools: list[Longs] = field(default_factory=list)
    school_areas: list[Ints] = field(default_factory=list)
    school_regions: list[Ints] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)
    students: int = 0
    homes: int = 0

    def add(self, area: Area, drawn: Drawn) -> None:
        """Count one area."""
        row = AREAS.index(area.name)
        people = drawn.students
        first = sum(len(one) for one in self.schools)
        self.schools.append(np.bincount(people.school - first, minlength=drawn.schools))
        self.school_areas.append(np.full(drawn.schools, row, dtype=np.int32))
        self.school_regions.append(np.full(drawn.schools, area.region, dtype=np.int32))
        self.heads[area.region, row] += len(people.number)
        self.students += len(people.number)
        self.homes += drawn.homes
        for name, count in _counted(people, drawn.facts).items():
            self.facts[name] = self.facts.get(name, 0) + count


def _counted(people: StudentColumns, facts: Mapping[str, Column]) -> dict[str, int]:
    """Count the students that the published numbers speak of."""
    codes, has_computer = _codes(facts["network"]), _codes(facts["computer"])
    has_phone = _codes(facts["phone"]) > 0
    reached = people.chance > 0
    electronic, on_tv = reached[:, 0], reached[:, 1]
    found = {
        "online": (codes > 0) & (has_computer | has_phone),
        "no_network": codes == 0,
        "no_computer": ~has_computer,
        "grade_1": _codes(facts["grade"]) == 1,
        "telegram": electronic,
        "tv_only": on_tv & ~electronic,
        "neither": ~on_tv & ~electronic,
        "one_phone_for_all": people.caps[:, Cap.PHONE] != NO_CAP,
    }
    return {name: int(np.count_nonzero(one)) for name, one in found.items()}


def _codes(column: Column) -> NDArray[Any]:
    return column.codes if isinstance(column, Words) else np.asarray(column)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What nation is asked for."""

    students: int
    seed: int
    week: str


def make_nation(
    folder: Path, population: Population, wanted: Wanted, progress: Callable[[int], None]
) -> Tally:
    """Draw a nation into a folder; ``progress`` hears how many students there are so far."""
    refuse_size(wanted.students)
    _refuse_other_files(folder)
    tally = Tally(np.zeros((len(population.regions), len(AREAS)), dtype=np.int64))
    lessons = draw_lessons(sorted(population.grades), wanted.seed)
    about = _about(population, wanted.week, lessons)
    write_students(folder, _blocks(about, population, wanted, (tally, progress)))
    schools = _schools(tally)
    sizes, area = np.concatenate(tally.schools), np.concatenate(tally.school_areas)
    problem = replace(
        about,
        schools=schools,
        capacities=draw_capacities(population, about.regions, tally.heads, sizes, area),
    )
    write_rest(folder, problem, tally.students, wanted.seed)
    return tally


def refuse_size(students: int) -> None:
    """Refuse a nation of nobody, or one that no computer of an office could hold."""
    if not 1 <= students <= MOST_STUDENTS:
        raise JetkizError(
            N_("A nation of {students} students cannot be drawn."),
            N_("Write a number from 1 to {most}."),
            students=students,
            most=MOST_STUDENTS,
        )


def _refuse_other_files(folder: Path) -> None:
    """Refuse a folder with anything in it that is no nation's week."""
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / manifests.NAME).exists()):
        raise JetkizError(
            N_("{folder} is not an empty folder, and no nation's week lies there."),
            N_("Choose another folder with --into."),
            folder=folder,
        )


def _about(population: Population, week: str, lessons: tuple[LessonRow, ...]) -> Problem:
    """Return all that is known before the first student is drawn."""
    programs = [
        program_of(language, grade) for language in LANGUAGES for grade in sorted(population.grades)
    ]
    nobody = np.zeros(0, dtype=np.int64)
    nothing = nobody.astype(np.int32)
    return Problem(
        week=week,
        regions=tuple(one.name for one in population.regions),
        programs=tuple(programs),
        channels=channel_terms(),
        lessons=lessons,
        schools=SchoolColumns(nobody, nothing, nothing.astype(np.bool_)),
        students=StudentColumns(
            number=nobody,
            school=nothing,
            household=nobody,
            program=nothing,
            chance=np.zeros((0, len(CHANNELS)), dtype=np.uint16),
            is_large=nothing.astype(np.bool_),
            caps=np.zeros((0, len(Cap)), dtype=np.uint8),
        ),
        capacities=(),
    )


def _blocks(
    about: Problem,
    population: Population,
    wanted: Wanted,
    heard: tuple[Tally, Callable[[int], None]],
) -> Iterator[tuple[Problem, StudentColumns, Mapping[str, Column]]]:
    """Draw area after area; numbers of students, schools and homes go on through the country."""
    tally, progress = heard
    programs = np.arange(len(about.programs), dtype=np.int32).reshape(len(LANGUAGES), -1)
    school = 0
    for area in areas(population, wanted.students):
        drawer = AreaDrawer(population, area, wanted.seed)
        drawn = drawer.draw(tally.students, school, tally.homes, programs)
        tally.add(area, drawn)
        school += drawn.schools
        yield replace(about, schools=_schools(tally)), drawn.students, drawn.facts
        progress(tally.students)


def _schools(tally: Tally) -> SchoolColumns:
    region, area = np.concatenate(tally.school_regions), np.concatenate(tally.school_areas)
    number = np.arange(1, len(region) + 1, dtype=np.int64)
    return SchoolColumns(number, region, area == AREAS.index("rural"))
