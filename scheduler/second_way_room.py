"""Whether there is room for a second way: what is kept for them, and what first ways left over."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from jetkiz.channel import Screen
from jetkiz.delivery.model import StudentPlan
from jetkiz.roster.model import Need
from scheduler.model import CapacityUse, PlannedLesson, PlannedStudent, PlanProblem, PoolKey
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource
from scheduler.rules.fallback_room import counted
from scheduler.rules.page_counts import pages_for

_TOLERANCE: Final = 1e-9

# What lessons of one evening share: a home's pack, a student's message; or a seat of the week.
_Shared = tuple[str, int, str, int]
_WEEK: Final = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """A lesson that asks for room; ``need`` is its chance to need it, in thousandths."""

    student: PlannedStudent
    lesson: PlannedLesson
    need: int


@dataclass(slots=True, eq=False)
class Room:
    """What is left of each pool; what several lessons share is counted for the likeliest of them.

    Lessons of one day fail together, by one message or one power cut, and share the pack of that
    evening.
    """

    problem: PlanProblem
    left: dict[PoolKey, float]
    seated: frozenset[tuple[int, str]]
    shared: dict[_Shared, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @classmethod
    def of(
        cls, problem: PlanProblem, students: Sequence[StudentPlan], use: Sequence[CapacityUse]
    ) -> "Room":
        """Return the room beside the first ways."""
        used = {(one.capacity.resource, one.capacity.key): one.used for one in use}
        seats = {name for name, terms in problem.channels.items() if terms.has_seats}
        return cls(
            problem,
            {
                pool: max(0.0, one.amount - used.get(pool, 0.0)) + one.kept
                for pool, one in problem.capacity.items()
            },
            frozenset(
                (line.student, choice.channel)
                for line in students
                for choice in (line.choices if seats else ())
                if choice.channel in seats
            ),
        )

    def takes(self, asked: Asked, channel: str, *, anyway: bool = False) -> bool:
        """Take room for a second way; False, and nothing is taken, where there is too little.

        What stands is taken ``anyway``: it leaves less for others.
        """

        def more(shared: _Shared) -> int:
            return max(0, asked.need - _most(self.shared[shared]))

        wanted = self._change(asked, channel, more)
        if not anyway and any(
            self.left[pool] < amount - _TOLERANCE for pool, amount in wanted.items()
        ):
            return False
        for pool, amount in wanted.items():
            self.left[pool] -= amount
        for shared, _, _ in self._shared(asked, channel):
            self.shared[shared][asked.need] += 1
        return True

    def gives_back(self, asked: Asked, channel: str) -> None:
        """Give back the room of a second way that had it."""
        freed = {}
        for shared, _, _ in self._shared(asked, channel):
            before = _most(self.shared[shared])
            self.shared[shared][asked.need] -= 1
            freed[shared] = before - _most(self.shared[shared])
        for pool, amount in self._change(asked, channel, freed.__getitem__).items():
            self.left[pool] += amount

    def _change(
        self, asked: Asked, channel: str, by: Callable[[_Shared], int]
    ) -> dict[PoolKey, float]:
        """Return what a lesson takes of each pool, and of what it shares so many thousandths."""
        found: dict[PoolKey, float] = {}
        for resource, day, amount in self._alone(asked, channel):
            self._add(found, asked, resource, day, counted(amount, asked.need))
        for shared, day, use in self._shared(asked, channel):
            for resource, amount in use.items():
                self._add(found, asked, resource, day, counted(amount, by(shared)))
        return found

    def _add(
        self,
        found: dict[PoolKey, float],
        asked: Asked,
        resource: Resource,
        day: int,
        amount: float,
    ) -> None:
        pool = self.problem.pool(resource, asked.student.school, day)
        # A machine that nobody counts has nothing kept for second ways either: see the rule.
        if pool and pool[0] == resource:
            found[pool] = found.get(pool, 0.0) + amount

    def _alone(self, asked: Asked, channel: str) -> Iterator[tuple[Resource, int, float]]:
        if self.problem.channels[channel].is_paper:
            is_large = Need.LARGE_PRINT in asked.student.needs
            pages = pages_for(asked.lesson.pages, large_print=is_large)
            for resource, amount in channel_choice.use_of_pages(channel, pages).items():
                yield resource, _WEEK, amount

    def _shared(
        self, asked: Asked, channel: str
    ) -> Iterator[tuple[_Shared, int, dict[Resource, float]]]:
        terms, day = self.problem.channels[channel], asked.lesson.day.weekday()
        student = asked.student
        if terms.is_paper:
            pack = ("pack", student.household, channel, day)
            yield pack, _WEEK, channel_choice.use_of_pack(channel)
        if terms.screen == Screen.PHONE:
            yield ("message", student.id, "", day), day, {Resource.MESSAGES: 1.0}
        if terms.has_seats and (student.id, channel) not in self.seated:
            yield ("seat", student.id, channel, _WEEK), _WEEK, {Resource.DUTY_SEATS: 1.0}


def _most(needs: Counter[int]) -> int:
    return max((need for need, count in needs.items() if count > 0), default=0)
