"""Small nations for tests: drawn ones in folders, and any problem that a folder can hold."""

from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from jetkiz.lessons.model import LessonKind
from scheduler.model import Capacity
from scheduler.nation.capacities import UNITS
from scheduler.nation.chances import CHANNELS
from scheduler.nation.channel_terms import channel_terms
from scheduler.nation.making import Tally, Wanted, make_nation
from scheduler.nation.population import Population, read_population
from scheduler.nation.problem import (
    Decision,
    LessonRow,
    Problem,
    SchoolColumns,
    StudentColumns,
)
from scheduler.rules.channel_choice import Resource
from scheduler.solver.week_arrays import NO_CAP

WEEK = "2026-W05"
SMALL = 600


@cache
def population() -> Population:
    return read_population()


def drawn(folder: Path, students: int = SMALL, seed: int = 1) -> Tally:
    return make_nation(folder, population(), Wanted(students, seed, WEEK), lambda _: None)


def columns(
    schools: list[int], homes: list[int], programs: list[int], draw: np.random.Generator
) -> StudentColumns:
    """Students of the given schools and homes; ``draw`` decides what reaches them."""
    count = len(schools)
    chance = draw.choice([0, 1, 300, 550, 900, 1000], (count, len(CHANNELS)))
    caps = draw.choice([0, 1, 2, 4, NO_CAP], (count, 3))
    return StudentColumns(
        number=np.arange(1, count + 1, dtype=np.int64) * 7,
        school=np.array(schools, dtype=np.int32),
        household=np.array(homes, dtype=np.int64),
        program=np.array(programs, dtype=np.int32),
        chance=chance.astype(np.uint16),
        is_large=draw.random(count) < 0.2,
        caps=caps.astype(np.uint8),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any small problem: homes over schools, holes in the week, decisions, last week's channels."""
    slots = draw(st.integers(1, 4))
    lessons = tuple(
        LessonRow(
            number=number + 1,
            code=f"l{number}",
            program=("kk-01", "ru-02")[number % 2],
            slot=number // 2,
            day=draw(st.integers(1, 5)),
            kind=draw(st.sampled_from(LessonKind)),
            weight=draw(st.sampled_from([0.5, 1.0, 1.25])),
            has_task=draw(st.booleans()),
            sides=draw(st.integers(1, 5)),
            is_aired=draw(st.booleans()),
        )
        for number in range(2 * slots)
        if number // 2 == 0 or draw(st.booleans())
    )
    homes = sorted(draw(st.lists(st.integers(1, 6), min_size=1, max_size=9)))
    chance = np.random.default_rng(draw(st.integers(0, 99)))
    programs = [draw(st.integers(0, 1)) for _ in homes]
    students = columns([home // 4 for home in homes], homes, programs, chance)
    schools = SchoolColumns(
        np.array([3, 8], dtype=np.int64),
        np.array([0, 1], dtype=np.int32),
        np.array([False, True]),
    )
    amounts = st.integers(0, 400).map(float)
    keys = draw(st.sets(st.sampled_from(["all", "3", "8", "North", 'The "South"'])))
    capacities = tuple(
        Capacity(resource, key, draw(amounts), UNITS[resource])
        for resource in draw(st.sets(st.sampled_from(Resource)))
        for key in sorted(keys)
    )
    last = chance.integers(-1, len(CHANNELS), (len(homes), slots)).astype(np.int8)
    width = max(one.slot for one in lessons) + 1
    decisions = tuple(
        Decision(int(students.number[row]), one.code, draw(st.sampled_from(CHANNELS)))
        for row, program in enumerate(programs)
        for one in lessons
        if one.program == ("kk-01", "ru-02")[program] and draw(st.booleans())
    )
    return Problem(
        week=WEEK,
        regions=("North", 'The "South"'),
        programs=("kk-01", "ru-02"),
        channels=channel_terms(),
        lessons=lessons,
        schools=schools,
        students=students,
        capacities=capacities,
        decisions=decisions,
        previous=last[:, :width] if draw(st.booleans()) else np.zeros((0, width), dtype=np.int8),
    )
