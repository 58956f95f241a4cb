"""What each option of a lesson is worth beside the rest of a plan, and whether there is room."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.roster.model import Need
from scheduler.model import Option, PlannedLesson, PlannedStudent, PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, Resource
from scheduler.rules.choice_reasons import Case, Judged
from scheduler.rules.page_counts import pages_for

PoolKey = tuple[Resource, str]

# Amounts are sums of floats: a millionth of a page is no page.
TOLERANCE: Final = 1e-6
LAST_RANK: Final = 99


class Weighed(NamedTuple):
    """A channel that brings a lesson in time: worth with bonuses, pages (0 without paper).

    ``page_cost`` is the worth that its pages cost, ``net_in_pack`` what is left of it in a pack
    that exists. Both are kept, since the planner asks for them a hundred times.
    """

    channel: str
    worth: float
    pages: int
    kept: float
    wish: float
    rank: int
    page_cost: float
    net_in_pack: float


class Slot(NamedTuple):
    """One lesson of one student, with what can bring it; ``tie`` orders equals alike for ever."""

    student: int
    school: int
    household: int
    lesson: int
    options: tuple[Weighed, ...]
    is_override: bool
    tie: bytes

    def option(self, channel: str | None) -> Weighed | None:
        """Return the option of a channel."""
        return next((one for one in self.options if one.channel == channel), None)


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
        and lesson.id not in problem.channels[option.channel].too_late
        and (override is None or option.channel == override.channel)
    )
    tie = blake2b(f"{student.id}|{lesson.code}".encode(), digest_size=8).digest()
    return Slot(
        student.id, student.school, student.household, lesson.id, options, bool(override), tie
    )


def _weigh(
    problem: PlanProblem,
    student: PlannedStudent,
    lesson: PlannedLesson,
    option: Option,
    last: str | None,
) -> Weighed:
    name = option.channel
    is_paper = problem.channels[name].is_paper
    worth = channel_choice.worth(
        lesson.weight, lesson.kind, name, option.likelihood, lesson.has_task
    )
    kept = channel_choice.KEPT if name == last else 0.0
    wish = channel_choice.WISH if name == student.wish else 0.0
    pages, page_cost, detour = 0, 0.0, 0.0
    if is_paper:
        pages = pages_for(lesson.pages, large_print=Need.LARGE_PRINT in student.needs)
        page_cost = channel_choice.tenge_of_pages(name, pages) * PER_TENGE
        detour = channel_choice.OTHER_PAPER_WAY if student.paper_way not in {"", name} else 0.0
    gross = worth + kept + wish - detour
    rank = CHANNEL_NUMBERS.get(name, LAST_RANK)
    return Weighed(name, gross, pages, kept, wish, rank, page_cost, gross - page_cost)


# Read only: every pack of a channel asks the same few questions.
_use_of_pages = cache(channel_choice.use_of_pages)
_use_of_pack = cache(channel_choice.use_of_pack)


@cache
def _use_of_first(channel: str, pages: int) -> dict[Resource, float]:
    use = dict(_use_of_pages(channel, pages))
    for resource, amount in _use_of_pack(channel).items():
        use[resource] = use.get(resource, 0.0) + amount
    return use


@dataclass(slots=True)
class Room:
    """What is left of each capacity, and which packs exist, while a plan is put together."""

    problem: PlanProblem
    left: dict[PoolKey, float]
    packs: Counter[tuple[int, str]]

    @classmethod
    def of(cls, problem: PlanProblem) -> "Room":
        """Return the room before anything is planned."""
        left = {key: one.amount for key, one in problem.capacity.items()}
        return cls(problem, left, Counter())

    def take(self, slot: Slot, option: Weighed | None) -> None:
        """Use what an option needs; the first of a pack pays for the pack."""
        if option and option.pages:
            self._change(slot, option, -1)
            self.packs[slot.household, option.channel] += 1

    def give_back(self, slot: Slot, option: Weighed | None) -> None:
        """Undo ``take``; the last of a pack frees the pack."""
        if option and option.pages:
            self.packs[slot.household, option.channel] -= 1
            self._change(slot, option, 1)

    def _change(self, slot: Slot, option: Weighed, sign: int) -> None:
        for resource, amount in self.use(slot, option).items():
            pool = self.problem.pool(resource, slot.school)
            if pool:
                self.left[pool] += sign * amount

    def use(self, slot: Slot, option: Weighed) -> Mapping[Resource, float]:
        """Return what an option would use, its pack included if there is none yet."""
        if self.packs[slot.household, option.channel]:
            return _use_of_pages(option.channel, option.pages)
        return _use_of_first(option.channel, option.pages)

    def lacks(self, slot: Slot, option: Weighed) -> tuple[Resource, ...]:
        """Return the resources of which too little is left for an option."""
        if not option.pages or not self.left:
            return ()
        return tuple(
            pool[0]
            for resource, amount in self.use(slot, option).items()
            if (pool := self.problem.pool(resource, slot.school))
            and self.left[pool] + TOLERANCE < amount
        )

    def cost(self, slot: Slot, option: Weighed) -> float:
        """Return the worth that an option costs, its pack included if there is none yet."""
        if not option.pages:
            return 0.0
        has_pack = self.packs[slot.household, option.channel]
        pack = 0.0 if has_pack else channel_choice.tenge_of_pack(option.channel)
        return option.page_cost + pack * PER_TENGE

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
    options = problem.options[slot.student, slot.lesson]
    return Case(
        possible=sum(one.possible for one in options),
        judged=judged,
        is_override=slot.is_override,
        is_unknown=problem.student[slot.student].is_unknown,
        is_barred_by_needs=any(one.only_needs_bar for one in options),
    )


def by_household(slots: Iterable[Slot]) -> dict[int, list[Slot]]:
    """Group slots by household, in the order of their numbers."""
    found: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        found[slot.household].append(slot)
    return dict(sorted(found.items()))
