"""What a plan uses and is worth, counted from the plan and its inputs alone.

A part of the independent checker: it shares no line with the planner but the published tables.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jetkiz.channel import Screen
from jetkiz.delivery.model import Choice
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import Option, Plan, PlannedLesson, PlannedStudent, PlanProblem, PoolKey
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import HomeLimit, Resource, Scarce
from scheduler.rules.page_counts import pages_for

# Rounding of sums of up to a hundred million values.
TOLERANCE: Final = 1e-6

# Half a unit of worth: two options that are less apart are worth the same.
DRAW: Final = 0.5 / channel_choice.LESSON

_NO_DAY: Final = -1


@dataclass(frozen=True)
class Line:
    """One lesson of one student as the plan has it."""

    student: PlannedStudent
    lesson: PlannedLesson
    place: int
    choice: Choice

    @property
    def facts(self) -> dict[str, Any]:
        """Name the lesson in a message."""
        return {"student": self.student.id, "lesson": self.lesson.code}

    @property
    def weekday(self) -> int:
        """The day of the lesson, 0 for Monday."""
        return self.lesson.day.weekday()


def lines_of(problem: PlanProblem, plan: Plan) -> tuple[Line, ...]:
    """Return every lesson of every student as a plan has it."""
    return tuple(
        Line(problem.student[one.student], problem.lessons[lesson], place, choice)
        for one in plan.students
        for place, (lesson, choice) in enumerate(zip(one.lessons, one.choices, strict=True))
    )


# What several lessons share and the first of them pays for: a pack, a seat, a day's message.
_Shared = tuple[str, int, str, int]


@dataclass(frozen=True)
class Books:
    """What the plan uses, counted from the plan alone."""

    problem: PlanProblem
    lines: tuple[Line, ...]

    @cached_property
    def sharers(self) -> Counter[_Shared]:
        """How many lessons share each pack, seat and message."""
        return Counter(
            shared
            for line in self.lines
            if line.choice.channel
            for shared in self._shared(line, line.choice.channel)
        )

    def _shared(self, line: Line, channel: str) -> Iterator[_Shared]:
        terms = self.problem.channels[channel]
        if terms.is_paper:
            yield "pack", line.student.household, channel, _NO_DAY
        if terms.has_seats:
            yield "seat", line.student.id, channel, _NO_DAY
        if terms.screen == Screen.PHONE:
            yield "message", line.student.id, "", line.weekday

    def _first(self, shared: _Shared) -> dict[tuple[Resource, int], float]:
        """What the first of those who share takes for all of them."""
        sort, _, channel, day = shared
        if sort == "pack":
            return {(r, _NO_DAY): a for r, a in channel_choice.use_of_pack(channel).items()}
        if sort == "seat":
            return {(Resource.DUTY_SEATS, _NO_DAY): 1.0}
        return {(Resource.MESSAGES, day): 1.0}

    def _alone(self, line: Line, channel: str) -> dict[tuple[Resource, int], float]:
        """What a lesson takes for itself."""
        found: dict[tuple[Resource, int], float] = {}
        if self.problem.channels[channel].is_paper:
            pages = pages_on_paper(line.student, line.lesson)
            use = channel_choice.use_of_pages(channel, pages)
            found = {(resource, _NO_DAY): amount for resource, amount in use.items()}
        minutes = channel_choice.marking_minutes(channel, task=line.lesson.has_task)
        return found | {(Resource.MARKING, _NO_DAY): minutes} if minutes else found

    @cached_property
    def used(self) -> dict[PoolKey, float]:
        """What is used of each capacity."""
        found = dict.fromkeys(self.problem.capacity, 0.0)
        paid: set[_Shared] = set()
        for line in self.lines:
            if line.choice.channel:
                new = set(self._shared(line, line.choice.channel)) - paid
                for pool, amount in self._need(line, line.choice.channel, new).items():
                    found[pool] += amount
                paid |= new
        return found

    def _need(self, line: Line, channel: str, paying: set[_Shared]) -> dict[PoolKey, float]:
        """What a lesson takes of each pool, if it pays for some of what it shares."""
        found: dict[PoolKey, float] = {}
        for part in (self._alone(line, channel), *map(self._first, sorted(paying))):
            for (resource, day), amount in part.items():
                pool = self.problem.pool(resource, line.student.school, day)
                if pool:
                    found[pool] = found.get(pool, 0.0) + amount
        return found

    def _pays(self, line: Line, channel: str) -> set[_Shared]:
        """What a lesson would pay for: that which nobody else shares."""
        taken = line.choice.channel
        mine = set(self._shared(line, taken)) if taken else set()
        return {one for one in self._shared(line, channel) if self.sharers[one] == (one in mine)}

    def lacks(self, line: Line, channel: str) -> set[Scarce]:
        """What is used up for an option, the lesson's own use given back."""
        taken = line.choice.channel
        own = self._need(line, taken, self._pays(line, taken)) if taken else {}
        needs = self._need(line, channel, self._pays(line, channel))
        short: set[Scarce] = {
            pool[0]
            for pool, amount in needs.items()
            if self.problem.capacity[pool].amount - self.used[pool] + own.get(pool, 0.0)
            < amount - TOLERANCE
        }
        return short | set(self._capped(line, channel))

    @cached_property
    def on_screen(self) -> Counter[tuple[int, Screen, int]]:
        """The lessons of each student on each screen and day; videos of the week on day -1."""
        found: Counter[tuple[int, Screen, int]] = Counter()
        for line in self.lines:
            found.update(self._screens(line, line.choice.channel))
        return found

    def _screens(self, line: Line, channel: str | None) -> list[tuple[int, Screen, int]]:
        screen = self.problem.channels[channel].screen if channel else Screen.NONE
        if not screen:
            return []
        found = [(line.student.id, screen, line.weekday)]
        if screen == Screen.PHONE and line.lesson.kind == LessonKind.VIDEO:
            found.append((line.student.id, screen, _NO_DAY))
        return found

    def limit(self, student: PlannedStudent, screen: Screen, day: int) -> tuple[HomeLimit, int]:
        """Return how many lessons a student may have there, and the resource's name."""
        if day == _NO_DAY:
            return HomeLimit.DATA_PLAN, _or_any(student.videos)
        if screen == Screen.PHONE:
            return HomeLimit.PHONE_HOURS, _or_any(student.phone_lessons)
        return HomeLimit.TV_HOURS, _or_any(student.tv_lessons)

    def _capped(self, line: Line, channel: str) -> Iterator[HomeLimit]:
        mine = self._screens(line, line.choice.channel)
        for place in self._screens(line, channel):
            resource, limit = self.limit(line.student, place[1], place[2])
            if self.on_screen[place] - (place in mine) >= limit:
                yield resource

    def gross(self, line: Line, option: Option) -> float:
        """What an option is worth with every bonus, whatever it costs."""
        lesson, name = line.lesson, option.channel
        worth = channel_choice.worth(
            lesson.weight, lesson.kind, name, option.likelihood, lesson.has_task
        )
        before = self.problem.previous.get(line.student.id, ())
        if line.place < len(before) and before[line.place] == name:
            worth += channel_choice.KEPT
        if line.student.wish == name:
            worth += channel_choice.WISH
        if self.problem.channels[name].is_paper and line.student.paper_way not in {"", name}:
            worth -= channel_choice.OTHER_PAPER_WAY
        return worth

    def net(self, line: Line, option: Option) -> float:
        """What an option is worth beside the rest of the plan, its cost taken off."""
        tenge = self._tenge(line, option.channel, self._pays(line, option.channel))
        return self.gross(line, option) - tenge * channel_choice.PER_TENGE

    def _tenge(self, line: Line, channel: str, paying: set[_Shared]) -> float:
        found = 0.0
        if self.problem.channels[channel].is_paper:
            pages = pages_on_paper(line.student, line.lesson)
            found = channel_choice.tenge_of_pages(channel, pages)
        return found + sum(map(_tenge_of_first, sorted(paying)))

    @cached_property
    def tenge(self) -> float:
        """What the plan costs."""
        alone = sum(
            self._tenge(line, line.choice.channel, set())
            for line in self.lines
            if line.choice.channel
        )
        return alone + sum(map(_tenge_of_first, sorted(self.sharers)))

    @cached_property
    def objective(self) -> float:
        """What all choices are worth together, less what they cost."""
        worth = sum(
            self.gross(line, self.option(line, line.choice.channel))
            for line in self.lines
            if line.choice.channel
        )
        return worth - self.tenge * channel_choice.PER_TENGE

    def option(self, line: Line, channel: str) -> Option:
        """Return the option of a channel."""
        options = self.problem.options[line.student.id, line.lesson.id]
        return next(one for one in options if one.channel == channel)


def _or_any(limit: int | None) -> int:
    return 10**9 if limit is None else limit


def _tenge_of_first(shared: _Shared) -> float:
    sort, _, channel, _ = shared
    if sort == "pack":
        return channel_choice.tenge_of_pack(channel)
    return channel_choice.tenge_of_seat(channel) if sort == "seat" else 0.0


def pages_on_paper(student: PlannedStudent, lesson: PlannedLesson) -> int:
    """Return the printed sides of a lesson for this student."""
    return pages_for(lesson.pages, large_print=Need.LARGE_PRINT in student.needs)
