"""What a problem allows, before anything is on the air: hours, ages, days, who hears what.

All of it is worked out once for each channel and stream and kept; nothing here looks at airings.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from broadcast.families.clash import pair_weights
from broadcast.problem.conditions import Meant, meant
from broadcast.problem.model import GRID, Channel, Hours, Lesson, Medium, Problem, Stream
from broadcast.problem.moments import day_end, day_of, moment
from broadcast.replanning.cells import Row, bits, cells, fits


class Ground:
    """The hours of a week in cells, by channel and stream."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.row = Row.of(problem)
        self.channels = {one.id: one for one in problem.channels}
        self.streams = {one.id: one for one in problem.streams}
        self.lessons = {one.id: one for one in problem.lessons}
        self.subjects: dict[tuple[str, str], list[Lesson]] = defaultdict(list)
        for one in problem.lessons:
            self.subjects[one.stream, one.subject].append(one)
        self.meant = meant(problem)
        self.conditions: dict[str, list[Meant]] = defaultdict(list)
        for asked in self.meant:
            for name in sorted(asked.lessons | asked.then):
                self.conditions[name].append(asked)
        self._pairs = pair_weights(problem)
        self._homes: Counter[str] = Counter()
        for home in problem.homes:
            for stream in set(home.streams):
                self._homes[stream] += home.count
        self._shares: dict[str, dict[str, float]] = {}
        self._reaching: dict[tuple[str, bool, str], list[Channel]] = {}
        self._shapes: dict[str, _Shape] = {}
        self._audience: dict[tuple[str, str], frozenset[str]] = {}
        self._sharing: dict[str, tuple[str, ...]] = {}
        self._ages: dict[tuple[object, ...], int] = {}

    def shares(self, stream: str) -> dict[str, float]:
        """Return for other streams which share of the homes of one misses one of two at once."""
        if stream not in self._shares:
            own = self._homes[stream]
            pairs = {
                other: self._pairs.get((min(stream, other), max(stream, other)), 0)
                for other in self.streams
            }
            self._shares[stream] = {name: homes / own for name, homes in pairs.items() if homes}
        return self._shares[stream]

    def shape(self, channel: str) -> "_Shape":
        """Return the hours of a channel in cells."""
        if channel not in self._shapes:
            self._shapes[channel] = _Shape(self.problem, self.row, self.channels[channel])
        return self._shapes[channel]

    def audience(self, stream: str, channel: str) -> frozenset[str]:
        """Return the regions in which students of a stream receive a channel."""
        key = (stream, channel)
        if key not in self._audience:
            here = self.channels[channel].regions
            self._audience[key] = frozenset(self.streams[stream].regions) & frozenset(here)
        return self._audience[key]

    def sharing(self, stream: str) -> tuple[str, ...]:
        """Return the streams that students of this one belong to, itself among them."""
        if stream not in self._sharing:
            own = self.streams[stream]
            self._sharing[stream] = tuple(
                one.id for one in self.problem.streams if one == own or own.shares_students(one)
            )
        return self._sharing[stream]

    def channels_for(self, lesson: Lesson) -> list[Channel]:
        """Return the channels that may carry a lesson: its medium, its language, some region."""
        stream = self.streams[lesson.stream]
        return [
            one
            for one in self.problem.channels
            if stream.language in one.languages and self.can_carry(lesson, one)
        ]

    def reaching(self, lesson: Lesson, lost: str) -> list[Channel]:
        """Return the channels that may carry a lesson and reach all who were to see it on one."""
        key = (lesson.stream, lesson.needs_picture, lost)
        if key not in self._reaching:
            waiting = self.audience(lesson.stream, lost)
            self._reaching[key] = [
                one
                for one in self.channels_for(lesson)
                if waiting <= self.audience(lesson.stream, one.id)
            ]
        return self._reaching[key]

    def can_carry(self, lesson: Lesson, channel: Channel) -> bool:
        """Return whether students of a lesson receive a channel, whatever it speaks."""
        stream = self.streams[lesson.stream]
        is_shown = channel.medium == Medium.TV or not lesson.needs_picture
        return (
            stream.medium == channel.medium
            and is_shown
            and bool(self.audience(stream.id, channel.id))
        )

    def age_starts(self, stream: Stream, channel: str, length: int) -> int:
        """Return from where a lesson lies in the hours of its students, in every region's time."""
        zones = {self.problem.regions[one] for one in self.audience(stream.id, channel)}
        there = self.channels[channel]
        if zones == {there.zone} and not stream.earliest and stream.latest >= day_end(there):
            return cells(0, self.row.count)
        starts = cells(0, self.row.count)
        for zone in sorted(zones):
            starts &= self._hours_of_age(stream, channel, zone, length)
        return starts

    def _hours_of_age(self, stream: Stream, channel: str, zone: str, length: int) -> int:
        key = (stream.earliest, stream.latest, channel, zone, length)
        if key not in self._ages:
            shape, found = self.shape(channel), 0
            for number, day in enumerate(shape.days):
                date = datetime.combine(day_of(self.problem, number - 1), time(), ZoneInfo(zone))
                start = date + timedelta(minutes=stream.earliest)
                end = date + timedelta(minutes=stream.latest)
                hours = cells(self.row.after(start), self.row.before(end))
                # A lesson belongs to the day of the channel on which it begins.
                found |= fits(hours, length) & day
            self._ages[key] = found
        return self._ages[key]


class _Shape:
    """One channel: its hours, its grid and its days, in cells."""

    def __init__(self, problem: Problem, row: Row, channel: Channel) -> None:
        self.channel = channel
        self.gap = -(-channel.min_gap // GRID)
        self.days = tuple(
            row.span(
                moment(problem, channel, day, channel.day_start),
                moment(problem, channel, day + 1, channel.day_start),
            )
            for day in range(-1, problem.meta.days + 1)
        )
        self._problem, self._row = problem, row
        self._blocked = 0
        for one in channel.blocked:
            for mask in self.masks((one,)):
                self._blocked |= mask
        self._windows = self.open(channel.windows)
        self._all = self._windows + self.open(channel.repeat_windows)
        self.grid = _grid_of(row, channel.zone, channel.grid_min)
        self._starts: dict[tuple[bool, int], int] = {}

    def masks(self, hours: Sequence[Hours], *, inwards: bool = False) -> list[int]:
        """Return the cells of hours, one number for each day; blocked ones are taken out later."""
        found = []
        for one in hours:
            for day in one.days:
                if not 0 <= day < self._problem.meta.days:
                    continue
                start = moment(self._problem, self.channel, day, one.start)
                end = moment(self._problem, self.channel, day, one.end)
                if inwards:
                    found.append(cells(self._row.after(start), self._row.before(end)))
                else:
                    found.append(self._row.span(start, end))
        return found

    def open(self, hours: Sequence[Hours]) -> list[int]:
        """Return the cells of hours that are not blocked."""
        return [one & ~self._blocked for one in self.masks(hours, inwards=True)]

    def starts(self, length: int, *, is_first: bool) -> int:
        """Return from where a lesson lies in the hours of the channel, on its grid."""
        key = (is_first, length)
        if key not in self._starts:
            self._starts[key] = self.starts_in(self._windows if is_first else self._all, length)
        return self._starts[key]

    def starts_in(self, rooms: Sequence[int], length: int) -> int:
        """Return from where a lesson lies in one of some rooms, on the grid of the channel."""
        found = 0
        for room in rooms:
            found |= fits(room, length)
        return found & self.grid

    def day(self, cell: int) -> int:
        """Return the number of the day of the channel to which a cell belongs."""
        bit = 1 << cell
        return next((number for number, day in enumerate(self.days) if day & bit), 0) - 1

    def day_mask(self, cell: int) -> int:
        """Return the cells of the day to which a cell belongs."""
        return self.days[self.day(cell) + 1]


@cache
def _grid_of(row: Row, zone: str, step: int) -> int:
    """Return the cells at which the clock of a zone shows a multiple of the grid."""
    if step <= GRID:
        return cells(0, row.count)
    found, local = 0, ZoneInfo(zone)
    for hour in bits(cells(0, row.count) // ((1 << 12) - 1)):
        at = row.time(hour).astimezone(local)
        shown = at.hour * 60 + at.minute
        for cell in range(12):
            if (shown + cell * GRID) % step == 0:
                found |= 1 << (hour + cell)
    return found
