"""What a plan problem and a plan are: all that decides, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from jetkiz.channel import Screen
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.rules.channel_choice import INSTEAD, Resource

EVERYWHERE = "all"
EVERY_LESSON = 0

PoolKey = tuple[Resource, str]


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much of a shared resource there is.

    ``key`` is a school's number, a key of ``PlanProblem.shares`` or "all"; for messages with the
    day behind it, as in "all@0". ``kept`` is what there is beside ``amount`` for second ways alone.
    """

    resource: Resource
    key: str
    amount: float
    unit: str
    kept: float = 0.0


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """What the planner looks at in a lesson; ``pages`` are printed sides."""

    id: int
    code: str
    language: str
    grades: tuple[int, ...]
    day: date
    order: int
    kind: LessonKind
    weight: float
    has_task: bool
    pages: int
    due: date | None = None
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedStudent:
    """What the planner looks at in a student; ``curriculum`` lists lessons by slot.

    ``wish`` is the channel the family asked for, ``paper_way`` the one the roster gives paper.
    ``videos`` a week and ``phone_lessons`` and ``tv_lessons`` a day are this student's part of what
    the home shares; None where the home has enough.
    """

    id: int
    school: int
    household: int
    language: str
    grade: int
    curriculum: tuple[int, ...]
    needs: frozenset[Need] = frozenset()
    is_unknown: bool = False
    wish: str = ""
    paper_way: str = ""
    videos: int | None = None
    phone_lessons: int | None = None
    tv_lessons: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a channel works this week; ``too_late`` names lessons it cannot bring in time.

    ``can_take_over`` is False for what cannot begin when another channel has failed.
    """

    name: str
    is_paper: bool
    lead_days: int
    failure_domain: str
    too_late: frozenset[int] = frozenset()
    can_take_over: bool = True
    screen: Screen = Screen.NONE
    has_seats: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A channel's answer for one lesson of one student; ``test`` is the fact that decides.

    ``only_needs_bar`` is True when it would reach the home of a student without special needs.
    ``evidence`` says what experience made of the likelihood; empty where it made nothing of it.
    """

    channel: str
    possible: bool
    likelihood: float = 0.0
    test: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    only_needs_bar: bool = False
    evidence: str = ""
    evidence_facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision that beats the planner; lesson 0 stands for every lesson."""

    student: int
    lesson: int
    channel: str
    by: str
    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A decision that cannot be kept this week, and the test that fails."""

    override: Override
    lesson: int
    test: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learned:
    """From how many weeks likelihoods were learned, and of how many students."""

    weeks: int
    students: int


@dataclass(frozen=True)
class PlanProblem:
    """All that decides about one week. Equal problems give equal plans.

    ``options`` answers for each (student, lesson); ``overrides`` holds the decisions that can be
    kept; ``previous`` gives each student's channels of the week before, by slot. ``learned`` is
    None when the likelihoods are the channels' own. ``shares`` gives the keys of the capacities
    that each school draws on after its own and before the common ones, nearest first. In a re-plan
    ``standing`` holds the choices that stay, by student and lesson; those of them that are
    ``on_its_way`` stay even where they could not begin any more.
    """

    week: str
    version: int
    students: tuple[PlannedStudent, ...]
    lessons: Mapping[int, PlannedLesson]
    channels: Mapping[str, Terms]
    options: Mapping[tuple[int, int], tuple[Option, ...]]
    capacities: tuple[Capacity, ...] = ()
    overrides: Mapping[tuple[int, int], Override] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    previous: Mapping[int, tuple[str | None, ...]] = field(default_factory=dict)
    learned: Learned | None = None
    shares: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    standing: Mapping[tuple[int, int], Choice] = field(default_factory=dict)
    on_its_way: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def student(self) -> dict[int, PlannedStudent]:
        """The students by number."""
        return {one.id: one for one in self.students}

    @cached_property
    def capacity(self) -> dict[tuple[Resource, str], Capacity]:
        """The capacities by resource and key."""
        return {(one.resource, one.key): one for one in self.capacities}

    @cached_property
    def _pools(self) -> dict[tuple[Resource, int, int], PoolKey | None]:
        return {}

    def pool(self, resource: Resource, school: int, day: int = -1) -> PoolKey | None:
        """Return the capacity a school draws on: its own, else the common one, else none.

        Messages are counted for each ``day`` apart, 0 to 4.
        """
        # Asked several times for each lesson of each student, with few different answers.
        try:
            return self._pools[resource, school, day]
        except KeyError:
            found = self._pool(resource, school, day)
            self._pools[resource, school, day] = found
            return found

    def _pool(self, resource: Resource, school: int, day: int) -> PoolKey | None:
        own = (str(school), *self.shares.get(school, ()), EVERYWHERE)
        keys = (key if day < 0 else f"{key}@{day}" for key in own)
        found = next(((resource, key) for key in keys if (resource, key) in self.capacity), None)
        if found is None and resource in INSTEAD:
            return self.pool(INSTEAD[resource], school, day)
        return found


@dataclass(frozen=True, slots=True)
class CapacityUse:
    """How much of a capacity a plan uses, and the price at which it was given.

    ``price`` is the worth of the last thing that had to give way, for each unit; 0 with room left.
    ``exact`` is what the solver asked, in its own units and with room left too: a re-plan asks the
    same of those who change.
    """

    capacity: Capacity
    used: float
    price: float = 0.0
    exact: float = 0.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks: ``sentence`` is a message id filled from ``facts``."""

    rule: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A week's decision: a choice for each lesson of each student, by slot.

    No plan for the same problem can be worth more than ``bound``. ``violations`` is what the
    independent checker found: a plan that has any is never saved.
    """

    week: str
    version: int
    engine: str
    students: tuple[StudentPlan, ...]
    use: tuple[CapacityUse, ...]
    objective: float
    bound: float
    cost: float
    violations: tuple[Violation, ...] = ()

    @property
    def gap(self) -> float:
        """How far the plan may be below the best possible, as a share of the bound."""
        return max(0.0, self.bound - self.objective) / self.bound if self.bound > 0 else 0.0
