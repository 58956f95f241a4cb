"""What each option of a lesson is worth beside the rest of a plan, and whether there is room."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from jetkiz.channel import Screen
from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import Option, PlannedLesson, PlannedStudent, PlanProblem, PoolKey
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, HomeLimit, Resource, Scarce
from scheduler.rules.choice_reasons import Case, Judged
from scheduler.rules.page_counts import pages_for

# Amounts are sums of floats: a millionth of a page is no page.
TOLERANCE: Final = 1e-6
LAST_RANK: Final = 99
ANY_DAY: Final = -1

# A resource and the day it is counted for, or -1.
Use = tuple[Resource, int]


class Weighed(NamedTuple):
    """A channel that brings a lesson in time: worth with bonuses, and what it asks for.

    ``pages`` are printed sides (0 without paper), ``minutes`` a teacher's work.
    """

    channel: str
    worth: float
    pages: int
    kept: float
    wish: float
    rank: int
    minutes: float = 0.0
    screen: Screen = Screen.NONE
    has_seat: bool = False


class Slot(NamedTuple):
    """One lesson of one student, with what can bring it; ``tie`` orders equals alike for ever."""

    student: PlannedStudent
    lesson: PlannedLesson
    options: tuple[Weighed, ...]
    is_override: bool
    tie: bytes

    def option(self, channel: str | None) -> Weighed | None:
        """Return the option of a channel."""
        return next((one for one in self.options if one.channel == channel), None)

    @property
    def is_heavy(self) -> bool:
        """True for what eats the data plan of a home."""
        return self.lesson.kind == LessonKind.VIDEO


def slots_of(problem: PlanProblem) -> list[Slot]:
    """Return the slots of all students, by student and slot."""
    return [
        _slot(problem, student, problem.lessons[lesson], place)
        for student in problem.students
        for place, lesson in enumerate(student.curriculum)
    ]


def slot_of(problem: PlanProblem, student: int, lesson: int) -> Slot:
    """Return one slot."""
    person = problem.student[student]
    return _slot(problem, person, problem.lessons[lesson], person.curriculum.index(lesson))


def _slot(problem: PlanProblem, student: PlannedStudent, lesson: PlannedLesson, place: int) -> Slot:
    key = (student.id, lesson.id)
    override = problem.overrides.get(key)
    before = problem.previous.get(student.id, ())
    last = before[place] if place < len(before) else None
    options = tuple(
        _weigh(problem, student, lesson, option, last)
        for option in problem.options[key]
        if option.possible
        and (
            key in problem.on_its_way or lesson.id not in problem.channels[option.channel].too_late
        )
        and (override is None or option.channel == override.channel)
    )
    tie = blake2b(f"{student.id}|{lesson.code}".encode(), digest_size=8).digest()
    return Slot(student, lesson, options, bool(override), tie)


def _weigh(
    problem: PlanProblem,
    student: PlannedStudent,
    lesson: PlannedLesson,
    option: Option,
    last: str | None,
) -> Weighed:
    name = option.channel
    terms = problem.channels[name]
    worth = channel_choice.worth(
        lesson.weight, lesson.kind, name, option.likelihood, lesson.has_task
    )
    kept = channel_choice.KEPT if name == last else 0.0
    taste = channel_choice.taste(name, student.wish, student.paper_way, is_paper=terms.is_paper)
    pages = pages_for(lesson.pages, large_print=Need.LARGE_PRINT in student.needs)
    return Weighed(
        channel=name,
        worth=worth + kept + taste,
        pages=pages if terms.is_paper else 0,
        kept=kept,
        wish=channel_choice.WISH if name == student.wish else 0.0,
        rank=CHANNEL_NUMBERS.get(name, LAST_RANK),
        minutes=channel_choice.marking_minutes(name, task=lesson.has_task),
        screen=terms.screen,
        has_seat=terms.has_seats,
    )


@cache
def _pages_use(channel: str, pages: int) -> Mapping[Resource, float]:
    return channel_choice.use_of_pages(channel, pages)


@cache
def _pack_use(channel: str) -> Mapping[Resource, float]:
    return channel_choice.use_of_pack(channel)


@dataclass(slots=True)
class Room:
    """What is left of each capacity, and who has what, while a plan is looked at.

    ``packs`` counts lessons by household and channel, ``seats`` by student and channel,
    ``screens`` by student, screen and day, ``videos`` by student.
    """

    problem: PlanProblem
    left: dict[PoolKey, float]
    packs: Counter[tuple[int, str]] = field(default_factory=Counter)
    seats: Counter[tuple[int, str]] = field(default_factory=Counter)
    screens: Counter[tuple[int, Screen, int]] = field(default_factory=Counter)
    videos: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, problem: PlanProblem) -> "Room":
        """Return the room before anything is planned."""
        return cls(problem, {key: one.amount for key, one in problem.capacity.items()})

    def take(self, slot: Slot, option: Weighed | None) -> None:
        """Use what an option needs; the first lesson of a pack or a seat pays for it."""
        if option:
            self._change(slot, option, -1)
            self._count(slot, option, 1)

    def give_back(self, slot: Slot, option: Weighed | None) -> None:
        """Undo ``take``; the last lesson of a pack or a seat frees it."""
        if option:
            self._count(slot, option, -1)
            self._change(slot, option, 1)

    def _count(self, slot: Slot, option: Weighed, sign: int) -> None:
        student = slot.student
        if option.pages:
            self.packs[student.household, option.channel] += sign
        if option.has_seat:
            self.seats[student.id, option.channel] += sign
        if option.screen:
            self.screens[student.id, option.screen, slot.lesson.day.weekday()] += sign
            self.videos[student.id] += sign * (slot.is_heavy and option.screen == Screen.PHONE)

    def _change(self, slot: Slot, option: Weighed, sign: int) -> None:
        for (resource, day), amount in self.use(slot, option).items():
            pool = self.problem.pool(resource, slot.student.school, day)
            if pool:
                self.left[pool] += sign * amount

    def use(self, slot: Slot, option: Weighed) -> dict[Use, float]:
        """Return what an option would use, its pack or seat included if there is none yet."""
        student, day = slot.student, slot.lesson.day.weekday()
        found: dict[Use, float] = {}
        if option.pages:
            found = {(r, ANY_DAY): a for r, a in _pages_use(option.channel, option.pages).items()}
            if not self.packs[student.household, option.channel]:
                for resource, amount in _pack_use(option.channel).items():
                    key = (resource, ANY_DAY)
                    found[key] = found.get(key, 0.0) + amount
        if option.has_seat and not self.seats[student.id, option.channel]:
            found[Resource.DUTY_SEATS, ANY_DAY] = 1.0
        if option.screen == Screen.PHONE and not self.screens[student.id, option.screen, day]:
            found[Resource.MESSAGES, day] = 1.0
        if option.minutes:
            found[Resource.MARKING, ANY_DAY] = option.minutes
        return found

    def lacks(self, slot: Slot, option: Weighed) -> tuple[Scarce, ...]:
        """Return the resources of which too little is left for an option."""
        found: list[Scarce] = [
            pool[0]
            for (resource, day), amount in self.use(slot, option).items()
            if (pool := self.problem.pool(resource, slot.student.school, day))
            and self.left[pool] + TOLERANCE < amount
        ]
        return (*found, *self._capped(slot, option))

    def _capped(self, slot: Slot, option: Weighed) -> list[Scarce]:
        """Return what the home itself has too little of."""
        student, day = slot.student, slot.lesson.day.weekday()
        on_screen = self.screens[student.id, option.screen, day]
        limits: dict[Screen, tuple[Scarce, int | None]] = {
            Screen.PHONE: (HomeLimit.PHONE_HOURS, student.phone_lessons),
            Screen.TV: (HomeLimit.TV_HOURS, student.tv_lessons),
        }
        resource, limit = limits.get(option.screen, (HomeLimit.TV_HOURS, None))
        found: list[Scarce] = [resource] if limit is not None and on_screen >= limit else []
        is_video = slot.is_heavy and option.screen == Screen.PHONE
        if is_video and student.videos is not None and self.videos[student.id] >= student.videos:
            found.append(HomeLimit.DATA_PLAN)
        return found

    def cost(self, slot: Slot, option: Weighed) -> float:
        """Return the worth that an option costs, its pack or seat included if there is none yet."""
        tenge = 0.0
        if option.pages:
            tenge = channel_choice.tenge_of_pages(option.channel, option.pages)
            if not self.packs[slot.student.household, option.channel]:
                tenge += channel_choice.tenge_of_pack(option.channel)
        if option.has_seat and not self.seats[slot.student.id, option.channel]:
            tenge += channel_choice.tenge_of_seat(option.channel)
        return tenge * PER_TENGE

    def judge(self, slot: Slot) -> list[Judged]:
        """Return every option of a slot whose own use has been given back."""
        found = []
        for option in slot.options:
            cost = self.cost(slot, option)
            found.append(
                Judged(
                    channel=option.channel,
                    net=option.worth - cost,
                    cost=cost,
                    kept=option.kept,
                    wish=option.wish,
                    rank=option.rank,
                    lacks=self.lacks(slot, option),
                )
            )
        return found


def case_of(problem: PlanProblem, slot: Slot, judged: Sequence[Judged]) -> Case:
    """Join what decides about the reason of a slot."""
    options = problem.options[slot.student.id, slot.lesson.id]
    return Case(
        possible=sum(one.possible for one in options),
        judged=judged,
        is_override=slot.is_override,
        is_unknown=slot.student.is_unknown,
        is_barred_by_needs=any(one.only_needs_bar for one in options),
    )
