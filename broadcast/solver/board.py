"""What stands on the air already, and where a lesson may still be aired without breaking a rule.

Every airing of a plan goes through here, so no step of the search can break what must hold:
one airing at a time on a channel, no stream beside itself or beside one that shares its students,
the order of a subject, lessons a day, and breaks.
"""

from dataclasses import dataclass

from broadcast.problem.model import Problem
from broadcast.solver.masks import UNIT, highest, joined, lowest, stretch, touched, units, widened
from broadcast.solver.openings import Openings
from broadcast.solver.reaching import Reach, carries, reach_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A lesson on a channel from a unit on; all three are places in the problem and on its axis."""

    lesson: int
    channel: int
    unit: int
    is_repeat: bool = False


class Board:
    """The air of all days. Lessons, streams and channels are known by their place."""

    def __init__(self, problem: Problem, openings: Openings) -> None:
        """Begin with empty air; ``openings`` are those of the same problem."""
        self.problem = problem
        self.openings = openings
        place = {stream.id: number for number, stream in enumerate(problem.streams)}
        self.stream_of = [place[lesson.stream] for lesson in problem.lessons]
        self.length = [units(lesson.minutes) for lesson in problem.lessons]
        self.reaches: list[Reach] = [reach_of(problem, stream) for stream in problem.streams]
        self.sharing = [
            [
                number
                for number, other in enumerate(problem.streams)
                if one is other or one.shares_students(other)
            ]
            for one in problem.streams
        ]
        self.gap = [units(channel.min_gap) for channel in problem.channels]
        self.taken = [0] * len(problem.channels)
        self.heard = [0] * len(problem.streams)
        self.runs = [0] * len(problem.streams)
        self.placed: list[Placed] = []
        self.first: dict[int, list[Placed]] = {}
        self.days = [
            [openings.day_starts(number, day) for day in range(problem.meta.days)]
            for number in range(len(problem.channels))
        ]
        self.usual = [
            joined(openings.day(number, day) for day in range(problem.meta.days))
            for number in range(len(problem.channels))
        ]
        self.chain, self.chained_at = self._chains()
        self.on_day: dict[tuple[int, int], set[int]] = {}

    def _chains(self) -> tuple[dict[tuple[int, str], list[int]], list[int]]:
        """Put the lessons of each subject of a stream in order."""
        chains: dict[tuple[int, str], list[int]] = {}
        lessons = self.problem.lessons
        for number, lesson in enumerate(lessons):
            chains.setdefault((self.stream_of[number], lesson.subject), []).append(number)
        at = [0] * len(lessons)
        for chain in chains.values():
            chain.sort(key=lambda number: (lessons[number].seq, number))
            for index, number in enumerate(chain):
                at[number] = index
        return chains, at

    def subject_chain(self, lesson: int) -> list[int]:
        """Return all lessons of the subject of a lesson in its stream, in order."""
        return self.chain[self.stream_of[lesson], self.problem.lessons[lesson].subject]

    def after(self, lesson: int) -> int:
        """Return the unit at which the lesson before it in its subject is over, or 0."""
        for other in reversed(self.subject_chain(lesson)[: self.chained_at[lesson]]):
            if other in self.first:
                return max(one.unit for one in self.first[other]) + self.length[other]
        return 0

    def before(self, lesson: int) -> int:
        """Return the unit at which the next lesson of its subject begins, or the last one."""
        for other in self.subject_chain(lesson)[self.chained_at[lesson] + 1 :]:
            if other in self.first:
                return min(one.unit for one in self.first[other])
        return self.openings.axis.size

    def free(self, lesson: int, channel: int, *, is_repeat: bool) -> int:
        """Return the starts at which air and students are free; order and days are not asked."""
        if not carries(self.problem, channel, self.problem.lessons[lesson]):
            return 0
        number, length = self.stream_of[lesson], self.length[lesson]
        stream = self.problem.streams[number]
        minutes = self.problem.lessons[lesson].minutes
        starts = self.openings.starts(stream, channel, minutes, is_repeat=is_repeat)
        busy = widened(self.taken[channel], self.gap[channel])
        for other in self.sharing[number]:
            busy |= self.heard[other]
        return starts & ~touched(busy, length)

    def first_starts(self, lesson: int, channel: int) -> int:
        """Return the starts of a first run that keep order and days; `rests` asks for breaks."""
        low, high = self.after(lesson), self.before(lesson)
        found = self.free(lesson, channel, is_repeat=False)
        found &= stretch(low, high - self.length[lesson] - low + 1)
        allowed = 0
        for day in self.allowed_days(lesson):
            allowed |= self.days[channel][day]
        return found & allowed

    def allowed_days(self, lesson: int) -> list[int]:
        """Return the days on which a stream may still have this lesson."""
        number = self.stream_of[lesson]
        wanted = self.problem.lessons[lesson]
        most = self.problem.streams[number].per_day_max
        days = range(self.problem.meta.days) if wanted.day is None else [wanted.day]
        return [
            day
            for day in days
            if (lesson in self._lessons(number, day))
            or (
                (not most or len(self._lessons(number, day)) < most)
                and not (self.problem.policy.one_a_day and self._has_subject(lesson, day))
            )
        ]

    def _lessons(self, stream: int, day: int) -> set[int]:
        return self.on_day.get((stream, day), set())

    def _has_subject(self, lesson: int, day: int) -> bool:
        subject = self.problem.lessons[lesson].subject
        others = self._lessons(self.stream_of[lesson], day)
        return any(self.problem.lessons[other].subject == subject for other in others)

    def repeat_starts(self, lesson: int, channel: int) -> int:
        """Return the starts of a repeat that is worth something to who missed the first run."""
        low = max(one.unit for one in self.first[lesson]) + self.length[lesson]
        high = self.before(lesson) - self.length[lesson]
        found = self.free(lesson, channel, is_repeat=True)
        return found & stretch(low, high - low + 1)

    def rests(self, lesson: int, unit: int) -> bool:
        """Return True when students still get their breaks with a first run from this unit on."""
        stream = self.problem.streams[self.stream_of[lesson]]
        if not stream.max_run:
            return True
        pause = units(stream.break_min)
        heard = self.runs[self.stream_of[lesson]]
        start, end = unit, unit + self.length[lesson]
        while near := heard & stretch(max(0, start - pause), min(start, pause)):
            start = lowest(near)
        while near := heard & stretch(end, pause):
            end = highest(near) + 1
        return (end - start) * UNIT <= stream.max_run

    def is_usual(self, channel: int, unit: int) -> bool:
        """Return True in hours that could take a first run: they are the reserve."""
        return bool(self.usual[channel] >> unit & 1)

    def day_of(self, channel: int, unit: int) -> int:
        """Return the day of a channel to which a unit belongs; -1 outside the planned days."""
        mask = 1 << unit
        return next((day for day, own in enumerate(self.days[channel]) if own & mask), -1)

    def place(self, placed: Placed) -> None:
        """Put an airing on the air; who calls has asked whether it may stand there."""
        number = self.stream_of[placed.lesson]
        mask = stretch(placed.unit, self.length[placed.lesson])
        self.taken[placed.channel] |= mask
        self.heard[number] |= mask
        self.placed.append(placed)
        if not placed.is_repeat:
            self.runs[number] |= mask
            self.first.setdefault(placed.lesson, []).append(placed)
            day = self.day_of(placed.channel, placed.unit)
            self.on_day.setdefault((number, day), set()).add(placed.lesson)

    def take_off(self, placed: Placed) -> None:
        """Take an airing off the air again."""
        number = self.stream_of[placed.lesson]
        mask = stretch(placed.unit, self.length[placed.lesson])
        self.taken[placed.channel] &= ~mask
        self.heard[number] &= ~mask
        self.placed.remove(placed)
        if placed.is_repeat:
            return
        self.runs[number] &= ~mask
        self.first[placed.lesson].remove(placed)
        if not self.first[placed.lesson]:
            del self.first[placed.lesson]
            self.on_day[number, self.day_of(placed.channel, placed.unit)].discard(placed.lesson)
