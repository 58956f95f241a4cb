"""Small plan problems: a village of invented homes, drawn at random or written out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from jetkiz.channel import Screen
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import (
    Capacity,
    Option,
    Override,
    PlannedLesson,
    PlannedStudent,
    PlanProblem,
    Terms,
)
from scheduler.rules.channel_choice import Resource

MONDAY = date(2026, 1, 26)
CHANNELS = {
    "telegram": Terms("telegram", is_paper=False, lead_days=0, failure_domain="internet"),
    "broadcast": Terms("broadcast", is_paper=False, lead_days=0, failure_domain="air"),
    "post": Terms("post", is_paper=True, lead_days=3, failure_domain="post"),
    "in_person": Terms("in_person", is_paper=True, lead_days=1, failure_domain="road"),
}


@dataclass(frozen=True)
class Reached:
    """The likelihood of each channel for one student; a channel left out fails its test."""

    telegram: float | None = None
    broadcast: float | None = None
    post: float | None = None
    in_person: float | None = None

    def options(self) -> tuple[Option, ...]:
        return tuple(
            Option(name, chance is not None, chance or 0.0, f"test of {name}")
            for name in CHANNELS
            for chance in [getattr(self, name)]
        )


def lesson(number: int, **changes: object) -> PlannedLesson:
    made = PlannedLesson(
        id=number,
        code=f"l{number}",
        language="kk",
        grades=(2,),
        day=MONDAY + timedelta(days=number % 5),
        order=number,
        kind=list(LessonKind)[number % 4],
        weight=1.0,
        has_task=True,
        pages=2,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def student(number: int, lessons: Sequence[PlannedLesson], **changes: object) -> PlannedStudent:
    made = PlannedStudent(
        id=number,
        school=1,
        household=number,
        language="kk",
        grade=2,
        curriculum=tuple(one.id for one in lessons),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def problem(
    lessons: Sequence[PlannedLesson],
    reached: dict[PlannedStudent, Reached],
    *,
    pages: float | None = None,
    money: float | None = None,
) -> PlanProblem:
    """Return the problem of students who are all reached alike for every lesson."""
    capacities = [
        Capacity(resource, "all", float(amount), unit)
        for resource, amount, unit in (
            (Resource.PRINT_PAGES, pages, "pages"),
            (Resource.POST_MONEY, money, "tenge"),
        )
        if amount is not None
    ]
    return PlanProblem(
        week="2026-W05",
        version=1,
        students=tuple(reached),
        lessons={one.id: one for one in lessons},
        channels=CHANNELS,
        options={
            (person.id, one): reach.options()
            for person, reach in reached.items()
            for one in person.curriculum
        },
        capacities=tuple(capacities),
    )


def with_override(given: PlanProblem, student: int, lesson: int, channel: str) -> PlanProblem:
    decision = Override(student, lesson, channel, "coordinator", "the mother asked")
    return replace(given, overrides={**given.overrides, (student, lesson): decision})


_chances = st.one_of(st.none(), st.sampled_from([0.3, 0.5, 0.8, 0.95]))
_reached = st.builds(Reached, _chances, _chances, _chances, _chances)


@st.composite
def problems(draw: st.DrawFn, students: int = 6, lessons: int = 5) -> PlanProblem:
    """Any small problem: shared homes, scarce paper, decisions, closed channels, last week."""
    shelf = [
        lesson(
            number,
            weight=draw(st.sampled_from([0.5, 1.0, 1.5])),
            pages=draw(st.integers(1, 6)),
            has_task=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(1, lessons)) + 1)
    ]
    reached = {
        student(
            number,
            shelf,
            household=draw(st.integers(1, students)),
            is_unknown=draw(st.sampled_from([False, False, True])),
            needs=draw(st.sampled_from([frozenset(), frozenset({Need.LARGE_PRINT})])),
            wish=draw(st.sampled_from(["", "telegram", "in_person"])),
            paper_way=draw(st.sampled_from(["", "post", "in_person"])),
        ): draw(_reached)
        for number in range(1, draw(st.integers(1, students)) + 1)
    }
    made = problem(
        shelf,
        reached,
        pages=draw(st.one_of(st.none(), st.integers(0, 60))),
        money=draw(st.one_of(st.none(), st.integers(0, 1500))),
    )
    return _changed(draw, made)


def _changed(draw: st.DrawFn, made: PlanProblem) -> PlanProblem:
    closed = frozenset(draw(st.sets(st.sampled_from(sorted(made.lessons)), max_size=2)))
    names = draw(st.sets(st.sampled_from(sorted(CHANNELS)), max_size=1))
    channels = {
        name: replace(one, too_late=closed if name in names else frozenset())
        for name, one in made.channels.items()
    }
    previous = {
        person.id: tuple(
            draw(st.sampled_from([None, *sorted(CHANNELS)])) for _ in person.curriculum
        )
        for person in made.students[:2]
    }
    return replace(made, channels=channels, previous=previous)


FULL_CHANNELS = {
    **CHANNELS,
    "telegram": replace(CHANNELS["telegram"], screen=Screen.PHONE),
    "broadcast": replace(CHANNELS["broadcast"], screen=Screen.TV),
    "duty_class": Terms(
        "duty_class", is_paper=False, lead_days=1, failure_domain="road", has_seats=True
    ),
}

_few = st.one_of(st.none(), st.integers(0, 3))
_scarce = {
    (Resource.COPIER_PAGES, "1"): (0, 30),
    (Resource.DUTY_SEATS, "all"): (0, 3),
    (Resource.DUTY_SEATS, "2"): (0, 2),
    (Resource.MARKING, "all"): (0, 30),
    **{(Resource.MESSAGES, f"all@{day}"): (0, 3) for day in range(5)},
}


@st.composite
def full_problems(draw: st.DrawFn) -> PlanProblem:
    """Any small problem in which everything can be scarce: two schools, seats, phones, time."""
    made = draw(problems())
    students = tuple(
        replace(
            one,
            # A household is of one school.
            school=1 + one.household % 2,
            videos=draw(_few),
            phone_lessons=draw(_few),
            tv_lessons=draw(_few),
        )
        for one in made.students
    )
    seated = {one.id: draw(_chances) for one in students}
    capacities = [
        Capacity(resource, key, float(draw(st.integers(*bounds))), "pieces")
        for (resource, key), bounds in _scarce.items()
        if draw(st.booleans())
    ]
    return replace(
        made,
        students=students,
        channels={
            name: replace(one, too_late=made.channels[name].too_late if name in CHANNELS else _NONE)
            for name, one in FULL_CHANNELS.items()
        },
        options={
            (person, number): (*options, _seat(seated[person]))
            for (person, number), options in made.options.items()
        },
        capacities=(*made.capacities, *capacities),
    )


_NONE: frozenset[int] = frozenset()


def _seat(chance: float | None) -> Option:
    return Option("duty_class", chance is not None, chance or 0.0, "test of duty_class")


def a_village(rng: random.Random, students: int, lessons: int) -> PlanProblem:
    """Return a village where paper is short: many homes without a net, some on one phone."""
    shelf = [
        lesson(
            number + 1,
            weight=rng.choice([0.8, 1.0, 1.2]),
            pages=rng.randint(1, 4),
            day=MONDAY + timedelta(days=number * 5 // lessons),
            has_task=rng.random() < 0.7,
            kind=rng.choice(list(LessonKind)),
        )
        for number in range(lessons)
    ]
    reached: dict[PlannedStudent, Reached] = {}
    while len(reached) < students:
        home = 1 + len(reached)
        reach = Reached(
            telegram=rng.choice([None, 0.6, 0.8, 0.9]),
            broadcast=rng.choice([None, 0.45, 0.5]),
            post=rng.choice([None, 0.8, 0.8]),
            in_person=rng.choice([None, 0.75]),
        )
        for _ in range(min(rng.choice([1, 1, 2, 2, 3]), students - len(reached))):
            reached[student(1 + len(reached), shelf, household=home)] = reach
    sides = students * lessons
    return problem(shelf, reached, pages=sides * 0.45, money=students * 80)
