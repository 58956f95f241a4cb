"""What is on the air in a week, and where there is room left for one lesson more.

An airing is put or taken in microseconds, so that a repair can try and take back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from broadcast.plan.model import AiringKind, AiringStatus, PlannedAiring
from broadcast.problem.model import GRID, Channel, Lesson
from broadcast.problem.moments import moment
from broadcast.replanning.cells import cells, meets
from broadcast.replanning.ground import Ground

HARD: Final = 0  # first runs, and what may not be touched any more
SOFT: Final = 1  # repeats that may be given up


@dataclass(frozen=True, slots=True)
class Place:
    """So many cells of a channel."""

    channel: str
    cell: int
    length: int

    @property
    def end(self) -> int:
        """The cell after the last."""
        return self.cell + self.length

    @property
    def mask(self) -> int:
        """The cells themselves."""
        return cells(self.cell, self.end)


@dataclass(frozen=True, slots=True)
class Held:
    """An airing where it stands; one that is kept has begun, is about to, or was agreed."""

    airing: PlannedAiring
    place: Place
    is_kept: bool = False

    @property
    def id(self) -> str:
        """The number of the airing."""
        return self.airing.id

    @property
    def is_repeat(self) -> bool:
        """True for a repeat."""
        return self.airing.kind == AiringKind.REPEAT

    @property
    def is_late(self) -> bool:
        """True for what makes good a lost run: it does not count for the day any more."""
        return self.airing.kind == AiringKind.MAKEUP or bool(self.airing.supersedes)

    @property
    def is_over(self) -> bool:
        """True for what was aired."""
        return self.airing.status in {AiringStatus.AIRED, AiringStatus.SHORT}

    @property
    def is_soft(self) -> bool:
        """True for what a repair may give up."""
        return self.is_repeat and not self.is_kept


class Week:
    """The airings that stand, by channel, stream and lesson; ``edge`` is the first free cell."""

    def __init__(self, ground: Ground, airings: Iterable[PlannedAiring], now: datetime) -> None:
        self.ground = ground
        self.row = ground.row
        self.edge = ground.row.after(now)
        self.held: dict[str, Held] = {}
        self.of_lesson: dict[str, list[Held]] = defaultdict(list)
        self.on_channel: dict[str, dict[int, Held]] = defaultdict(dict)
        self.busy: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.heard: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        # Their hour came and they were not aired: a repeat of them is of use without another run.
        self.missed: set[str] = set()
        fixed = _fixed(ground)
        for one in airings:
            if (
                one.status in {AiringStatus.MISSED, AiringStatus.SHORT}
                and one.kind != AiringKind.REPEAT
            ):
                self.missed.add(one.lesson)
            if one.stands and one.lesson in ground.lessons and one.channel in ground.channels:
                place = self.place_of(one)
                is_kept = place.cell < self.edge or (one.lesson, one.channel, one.start) in fixed
                self.put(Held(one, place, is_kept))

    def place_of(self, airing: PlannedAiring) -> Place:
        """Return the cells that an airing touches."""
        first = self.row.before(airing.start)
        return Place(airing.channel, first, self.row.after(airing.end) - first)

    def put(self, one: Held) -> None:
        """Put an airing on the air."""
        lesson = self.ground.lessons[one.airing.lesson]
        self.held[one.id] = one
        self.of_lesson[lesson.id].append(one)
        mask, kind = one.place.mask, SOFT if one.is_soft else HARD
        row = self.on_channel[one.place.channel]
        for cell in range(one.place.cell, one.place.end):
            row[cell] = one
        self.busy[one.place.channel][kind] |= mask
        self.heard[lesson.stream, one.place.channel][kind] |= mask

    def take(self, one: Held) -> None:
        """Take an airing off the air."""
        lesson = self.ground.lessons[one.airing.lesson]
        del self.held[one.id]
        self.of_lesson[lesson.id].remove(one)
        free, kind = ~one.place.mask, SOFT if one.is_soft else HARD
        row = self.on_channel[one.place.channel]
        for cell in range(one.place.cell, one.place.end):
            row.pop(cell, None)
        self.busy[one.place.channel][kind] &= free
        self.heard[lesson.stream, one.place.channel][kind] &= free

    def at(self, one: Held, place: Place) -> Held:
        """Return an airing at another place, not yet put there."""
        airing = replace(one.airing, channel=place.channel, start=self.row.time(place.cell))
        return Held(airing, place)

    def runs(self, lesson: str) -> list[Held]:
        """Return first runs and make-up airings of a lesson."""
        return [one for one in self.of_lesson[lesson] if not one.is_repeat]

    def repeats(self, lesson: str) -> list[Held]:
        """Return the repeats of a lesson."""
        return [one for one in self.of_lesson[lesson] if one.is_repeat]

    def heard_with(self, one: Held, stream: str, channel: str) -> bool:
        """Return whether some region receives an airing and a channel."""
        ground = self.ground
        there = ground.audience(stream, one.place.channel)
        return not there.isdisjoint(ground.audience(stream, channel))

    def neighbours(self, lesson: Lesson, channel: str) -> Iterator[tuple[int, Held]]:
        """Yield the runs of other lessons of its subject, with how far in the subject they lie."""
        for other in self.ground.subjects[lesson.stream, lesson.subject]:
            if other.id == lesson.id:
                continue
            for one in self.runs(other.id):
                if self.heard_with(one, lesson.stream, channel):
                    yield other.seq - lesson.seq, one

    def bounds(self, lesson: Lesson, channel: str) -> tuple[int, int]:
        """Return the cells between the lesson before it in its subject and the next.

        A next lesson that was aired already bounds nothing: late is better than never.
        """
        first, last = self.edge, self.row.count
        for apart, one in self.neighbours(lesson, channel):
            if apart < 0:
                first = max(first, one.place.end)
            elif apart > 0 and not one.is_over:
                last = min(last, one.place.cell)
        return first, last

    def shut_days(self, lesson: Lesson, channel: str) -> int:
        """Return the cells of days with enough of its subject or stream, or not its own."""
        ground, found = self.ground, 0
        shape, stream = ground.shape(channel), ground.streams[lesson.stream]
        if lesson.day is not None:
            found |= ~shape.days[lesson.day + 1]
        if ground.problem.policy.one_a_day:
            for _, one in self.neighbours(lesson, channel):
                if not one.is_late:
                    found |= shape.day_mask(one.place.cell)
        if stream.per_day_max:
            for day in shape.days:
                if self.lessons_in(lesson, channel, day) >= stream.per_day_max:
                    found |= day
        return found

    def lessons_in(self, lesson: Lesson, channel: str, day: int) -> int:
        """Return how many other lessons its students have as first runs in some cells."""
        stream, found = lesson.stream, set()
        for here in self.ground.channels:
            masks = self.heard.get((stream, here))
            if not masks or not day & masks[HARD]:
                continue
            if self.ground.audience(stream, here).isdisjoint(self.ground.audience(stream, channel)):
                continue
            found |= {
                one.airing.lesson
                for one in self._on(here, stream, day)
                if not (one.is_repeat or one.is_late) and one.airing.lesson != lesson.id
            }
        return len(found)

    def _on(self, channel: str, stream: str, day: int) -> Iterator[Held]:
        row = self.on_channel[channel]
        mask = self.heard[stream, channel][HARD] & day
        while mask:
            one = row.get((mask & -mask).bit_length() - 1)
            if one:
                yield one
            mask &= ~one.place.mask if one else mask - 1

    def parallel(self, lesson: Lesson, channel: str, *, soft: bool) -> int:
        """Return the cells in which its students are taught on some channel they receive."""
        ground, found = self.ground, 0
        own = ground.audience(lesson.stream, channel)
        for stream in ground.sharing(lesson.stream):
            for here in ground.channels:
                masks = self.heard.get((stream, here))
                if masks and not own.isdisjoint(ground.audience(stream, here)):
                    found |= masks[HARD] | (masks[SOFT] if soft else 0)
        return found

    def breaks(self, lesson: Lesson, place: Place) -> bool:
        """Return whether its students then sit longer than they may without a break."""
        stream = self.ground.streams[lesson.stream]
        if not stream.max_run:
            return False
        taught = self.parallel(lesson, place.channel, soft=False) | place.mask
        pause = -(-stream.break_min // GRID)
        first, last = _run(taught, place, pause)
        return (last - first) * GRID > stream.max_run

    def length(self, lesson: Lesson, channel: Channel, minutes: int = 0) -> int:
        """Return how many cells a lesson takes of a channel."""
        grid = -(-channel.grid_min // GRID)
        wanted = -(-max(minutes, lesson.minutes) // GRID)
        return max(wanted, 1) if minutes else -(-wanted // grid) * grid

    def free(self, channel: str, length: int, *, soft: bool) -> int:
        """Return from where so many cells are free; ``soft`` counts repeats as busy."""
        hard, given = self.busy[channel]
        gap = self.ground.shape(channel).gap
        return ~meets(hard | (given if soft else 0), length, gap)


def _run(taught: int, place: Place, pause: int) -> tuple[int, int]:
    """Return the bounds of the teaching around a place that no pause parts."""
    first, last = place.cell, place.end
    while before := taught & cells(first - pause, first):
        first = (before & -before).bit_length() - 1
    while after := taught & cells(last, last + pause):
        last = after.bit_length()
    return first, last


def _fixed(ground: Ground) -> set[tuple[str, str, datetime]]:
    problem = ground.problem
    return {
        (
            one.lesson,
            one.channel,
            moment(problem, ground.channels[one.channel], one.day, one.start),
        )
        for one in problem.fixed
    }
