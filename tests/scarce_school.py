"""A school of few homes in which everything is scarce at once, and a plan of it that is sound."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import Capacity, Option, Plan, PlannedLesson, PlannedStudent, PlanProblem
from scheduler.planner import make_plan
from scheduler.rules.channel_choice import Resource
from tests.plan_problems import (
    FULL_CHANNELS,
    MONDAY,
    Reached,
    lesson,
    problem,
    student,
    with_override,
)

SEEDS = (23, 39, 44, 6)
"""Schools that differ in what is scarce: a bug that does no harm in one does in another."""

FRIDAY = MONDAY + timedelta(days=4)
HOMES = 9
SEATED = 0.7
# Of what would be used without a limit; less of what few use.
SCARCE = 0.75

_KEYS = [
    (Resource.PRINT_PAGES, "all"),
    (Resource.POST_MONEY, "all"),
    (Resource.COPIER_PAGES, "1"),
    (Resource.COPIER_PAGES, "2"),
    (Resource.DUTY_SEATS, "all"),
    (Resource.MARKING, "1"),
    *((Resource.MESSAGES, f"all@{day}") for day in range(5)),
]


@cache
def scarce_school(seed: int = SEEDS[0]) -> PlanProblem:
    """Two schools, homes of one to three children, and less of everything than is wanted."""
    free = _school(random.Random(seed))
    plenty = tuple(Capacity(resource, key, 1e6, "") for resource, key in _KEYS)
    wanted = {
        (use.capacity.resource, use.capacity.key): use.used
        for use in make_plan(replace(free, capacities=plenty)).use
    }
    scarce = tuple(
        Capacity(*place, float(int(wanted[place] * SCARCE)), "pieces") for place in _KEYS
    )
    return replace(free, capacities=scarce)


@cache
def sound_plan(seed: int = SEEDS[0]) -> Plan:
    """The plan of a school, which the checker passes."""
    return make_plan(scarce_school(seed))


def _school(rng: random.Random) -> PlanProblem:
    shelf = [_lesson(rng, number) for number in range(1, 7)]
    reached: dict[PlannedStudent, Reached] = {}
    for home in range(1, HOMES + 1):
        reach = Reached(
            telegram=rng.choice([None, None, 0.6, 0.9]),
            broadcast=rng.choice([None, 0.45]),
            post=rng.choice([None, 0.6, 0.8]),
            in_person=rng.choice([None, 0.75]),
        )
        for _ in range(rng.choice([1, 2, 3])):
            reached[_student(rng, 1 + len(reached), home, shelf)] = reach
    made = problem(shelf, reached)
    late = frozenset(one.id for one in shelf[:2])
    seats = {home: rng.random() < 0.4 for home in range(1, HOMES + 1)}
    made = replace(
        made,
        channels={
            **FULL_CHANNELS,
            "post": replace(FULL_CHANNELS["post"], too_late=late),
            "duty_class": replace(FULL_CHANNELS["duty_class"], can_take_over=False),
        },
        options={
            (one.id, number): (
                *made.options[one.id, number],
                Option("duty_class", seats[one.household], SEATED, "test of duty_class"),
            )
            for one in reached
            for number in one.curriculum
        },
        previous={one.id: (rng.choice(sorted(FULL_CHANNELS)),) * 6 for one in list(reached)[::2]},
    )
    return _with_decisions(made)


def _lesson(rng: random.Random, number: int) -> PlannedLesson:
    return lesson(
        number,
        weight=rng.choice([0.8, 1.0, 1.2]),
        pages=rng.randint(1, 4),
        # Three lessons a day, so that they share phones and messages.
        day=MONDAY if number <= 3 else FRIDAY,
        kind=LessonKind.VIDEO if number % 2 else LessonKind.TEXT,
    )


def _student(
    rng: random.Random, number: int, home: int, shelf: list[PlannedLesson]
) -> PlannedStudent:
    return student(
        number,
        shelf,
        school=1 + home % 2,
        household=home,
        needs=rng.choice([frozenset(), frozenset({Need.LARGE_PRINT})]),
        wish=rng.choice(["", "in_person"]),
        paper_way=rng.choice(["", "post"]),
        videos=rng.choice([None, 1]),
        phone_lessons=rng.choice([None, 1]),
        tv_lessons=rng.choice([None, 1]),
    )


def _with_decisions(made: PlanProblem) -> PlanProblem:
    """Let somebody decide for TV, which the plan would not choose, where it reaches the home."""
    for person in made.students[::3]:
        place = (person.id, person.curriculum[3])
        if any(one.possible for one in made.options[place] if one.channel == "broadcast"):
            made = with_override(made, *place, "broadcast")
    return made
