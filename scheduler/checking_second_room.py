"""Whether second ways share fairly what there is for them: counted from the plan and inputs alone.

A part of the independent checker: it shares no line with the planner but the published tables.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from jetkiz.channel import Screen
from scheduler.checking_books import Line, lines_of, pages_on_paper
from scheduler.model import Plan, PlanProblem, PoolKey
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import CERTAIN, PER_TENGE, Resource
from scheduler.rules.fallback_room import MARGIN

_NO_DAY: Final = -1

# What lessons of one evening share: its amount is counted for the likeliest of them.
_Shared = tuple[str, int, str, int]
_Take = tuple[Resource, int, float]


@dataclass(frozen=True)
class SecondBooks:
    """What second ways are counted for; ``fallbacks`` are those of a plan, by student and lesson.

    ``used`` is what the first ways take of each pool.
    """

    problem: PlanProblem
    lines: tuple[Line, ...]
    fallbacks: Mapping[tuple[int, int], str]
    used: Mapping[PoolKey, float]

    @classmethod
    def of(cls, problem: PlanProblem, plan: Plan, used: Mapping[PoolKey, float]) -> "SecondBooks":
        """Return the books of a plan whose first ways and second ways are known to be sound."""
        fallbacks = {
            (one.student, lesson): name
            for one in plan.students
            for lesson, name in zip(one.lessons, one.fallbacks, strict=False)
            if name
        }
        return cls(problem, lines_of(problem, plan), fallbacks, used)

    @cached_property
    def standing(self) -> "SecondBooks":
        """The books of what stands in a re-plan alone."""
        kept = {p: name for p, name in self.fallbacks.items() if p in self.problem.standing}
        return replace(self, fallbacks=kept)

    @cached_property
    def ways(self) -> list[tuple[Line, str]]:
        """The lessons that have a second way, with it."""
        return [
            (line, self.fallbacks[line.student.id, line.lesson.id])
            for line in self.lines
            if (line.student.id, line.lesson.id) in self.fallbacks
        ]

    @cached_property
    def seated(self) -> set[tuple[int, str | None]]:
        """Who sits in a class of the week anyway, and in which."""
        return {
            (line.student.id, line.choice.channel)
            for line in self.lines
            if line.choice.channel and self.problem.channels[line.choice.channel].has_seats
        }

    def need(self, line: Line) -> float:
        """Return the chance that a lesson needs its second way, the margin included."""
        options = self.problem.options[line.student.id, line.lesson.id]
        first = next(one.likelihood for one in options if one.channel == line.choice.channel)
        return MARGIN * (CERTAIN - channel_choice.thousandths(first)) / CERTAIN

    def net(self, line: Line, channel: str) -> float:
        """Return what a second way is worth, less what it costs alone."""
        lesson = line.lesson
        options = self.problem.options[line.student.id, lesson.id]
        likely = next(one.likelihood for one in options if one.channel == channel)
        worth = channel_choice.worth(lesson.weight, lesson.kind, channel, likely, lesson.has_task)
        tenge = channel_choice.tenge_of_pack(channel)
        if self.problem.channels[channel].is_paper:
            tenge += channel_choice.tenge_of_pages(channel, pages_on_paper(line.student, lesson))
        if self.problem.channels[channel].has_seats:
            tenge += channel_choice.tenge_of_seat(channel)
        return worth - tenge * PER_TENGE

    def _alone(self, line: Line, channel: str) -> Iterator[_Take]:
        if self.problem.channels[channel].is_paper:
            pages = pages_on_paper(line.student, line.lesson)
            for resource, amount in channel_choice.use_of_pages(channel, pages).items():
                yield resource, _NO_DAY, amount

    def _together(self, line: Line, channel: str) -> Iterator[tuple[_Shared, list[_Take]]]:
        terms, day = self.problem.channels[channel], line.weekday
        if terms.is_paper:
            pack = channel_choice.use_of_pack(channel)
            key = ("pack", line.student.household, channel, day)
            yield key, [(resource, _NO_DAY, amount) for resource, amount in pack.items()]
        if terms.screen == Screen.PHONE:
            yield ("message", line.student.id, "", day), [(Resource.MESSAGES, day, 1.0)]
        if terms.has_seats and (line.student.id, channel) not in self.seated:
            yield (
                ("seat", line.student.id, channel, _NO_DAY),
                [(Resource.DUTY_SEATS, _NO_DAY, 1.0)],
            )

    @cached_property
    def sharers(self) -> Mapping[_Shared, Mapping[tuple[int, int], float]]:
        """By what is shared: the need of each lesson that shares it."""
        found: dict[_Shared, dict[tuple[int, int], float]] = defaultdict(dict)
        for line, channel in self.ways:
            for shared, _ in self._together(line, channel):
                found[shared][line.student.id, line.lesson.id] = self.need(line)
        return found

    @cached_property
    def counted(self) -> Mapping[PoolKey, float]:
        """What second ways are expected to use of each pool, the margin included."""
        found = dict.fromkeys(self.problem.capacity, 0.0)
        paid: set[_Shared] = set()
        for line, channel in self.ways:
            takes = [(take, self.need(line)) for take in self._alone(line, channel)]
            for shared, some in self._together(line, channel):
                if shared not in paid:
                    takes += [(take, max(self.sharers[shared].values())) for take in some]
                    paid.add(shared)
            for pool, amount in self._by_pool(line, takes).items():
                found[pool] += amount
        return found

    def _by_pool(self, line: Line, takes: list[tuple[_Take, float]]) -> dict[PoolKey, float]:
        found: dict[PoolKey, float] = {}
        for (resource, day, amount), need in takes:
            pool = self.problem.pool(resource, line.student.school, day)
            if pool and pool[0] == resource:
                found[pool] = found.get(pool, 0.0) + amount * need
        return found

    def room(self, pool: PoolKey) -> float:
        """Return what is kept for second ways, and what the first ways left over."""
        capacity = self.problem.capacity[pool]
        return max(0.0, capacity.amount - self.used[pool]) + capacity.kept

    def has_room(self, line: Line, own: str | None, other: str) -> bool:
        """True when a lesson could have another second way, its own given back."""
        freed = self._marginal(line, own) if own else {}
        return all(
            self.room(pool) - self.counted[pool] + freed.get(pool, 0.0) >= amount + 1e-6
            for pool, amount in self._marginal(line, other).items()
        )

    def _marginal(self, line: Line, channel: str) -> dict[PoolKey, float]:
        """Return what one lesson adds to what all others are counted for."""
        need, place = self.need(line), (line.student.id, line.lesson.id)
        takes = [(take, need) for take in self._alone(line, channel)]
        for shared, some in self._together(line, channel):
            rest = [n for other, n in self.sharers.get(shared, {}).items() if other != place]
            takes += [(take, max(0.0, need - max(rest, default=0.0))) for take in some]
        return self._by_pool(line, takes)

    def to_report(self) -> list[dict[str, Any]]:
        """Return room and expected use of each pool as plain values."""
        return [
            {
                "resource": pool[0].value,
                "key": pool[1],
                "room": round(self.room(pool), 6),
                "counted": round(amount, 6),
            }
            for pool, amount in sorted(self.counted.items())
        ]
