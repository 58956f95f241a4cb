"""Where an airing may begin by rules that no other airing changes.

Windows, blocked hours, the grid of the channel, and the hours at which students of an age may be
asked to watch, by the clock of every region that hears it.
"""

from collections.abc import Iterable, Iterator
from math import lcm

from broadcast.problem.model import Channel, Hours, Problem, Stream
from broadcast.problem.moments import day_end
from broadcast.solver.axis import DAY, Axis, Wall, axis_of, wall_of
from broadcast.solver.masks import UNIT, bits, stretch, touched, units

Key = tuple[int, int, int, int, tuple[str, ...], bool]


class Openings:
    """All starts that windows and ages leave; channels are known by their place in the problem."""

    def __init__(self, problem: Problem) -> None:
        """Read the clocks of all zones once."""
        self.problem = problem
        self.axis: Axis = axis_of(problem.meta)
        zones = {*problem.regions.values(), *(one.zone for one in problem.channels)}
        self.walls: dict[str, Wall] = {zone: wall_of(self.axis, zone) for zone in sorted(zones)}
        self._blocked = [self._blocked_units(one) for one in problem.channels]
        self._days = [
            [self._day_units(number, day) for day in range(problem.meta.days)]
            for number in range(len(problem.channels))
        ]
        self._starts: dict[Key, int] = {}

    def day(self, channel: int, day: int) -> int:
        """Return the units of the windows for first runs of a day that are not blocked."""
        return self._days[channel][day]

    def starts(self, stream: Stream, channel: int, minutes: int, *, is_repeat: bool) -> int:
        """Return all starts for so many minutes; repeats have windows of their own besides."""
        lender = self.problem.channels[channel]
        heard = sorted({*stream.regions} & {*lender.regions})
        zones = tuple(sorted({self.problem.regions[region] for region in heard}))
        key = (channel, minutes, stream.earliest, stream.latest, zones, is_repeat)
        if key not in self._starts:
            self._starts[key] = self._found(key, lender)
        return self._starts[key]

    def ages(self, stream: Stream, channel: int, day: int) -> int:
        """Return the units of a day's windows at which students of a stream may be taught."""
        heard = {*stream.regions} & {*self.problem.channels[channel].regions}
        clocks = [self.walls[self.problem.regions[region]].shown for region in sorted(heard)]
        found = 0
        for unit in bits(self._days[channel][day]):
            local = [clock[unit] - day * DAY for clock in clocks]
            if all(stream.earliest <= one and one + UNIT <= stream.latest for one in local):
                found |= 1 << unit
        return found

    def day_starts(self, channel: int, day: int) -> int:
        """Return every unit of a channel's day: what begins there belongs to that day."""
        lender = self.problem.channels[channel]
        wall = self.walls[lender.zone]
        first = wall.unit(day, lender.day_start)
        return stretch(first, wall.unit(day, day_end(lender)) - first)

    def _found(self, key: Key, lender: Channel) -> int:
        channel, minutes, earliest, latest, zones, is_repeat = key
        clocks = [self.walls[zone].shown for zone in zones]
        found = 0
        for day, unit in self._on_grid(lender, minutes, is_repeat=is_repeat):
            local = [clock[unit] - day * DAY for clock in clocks]
            if all(earliest <= one and one + minutes <= latest for one in local):
                found |= 1 << unit
        return found & ~touched(self._blocked[channel], units(minutes))

    def _on_grid(
        self, lender: Channel, minutes: int, *, is_repeat: bool
    ) -> Iterator[tuple[int, int]]:
        """Yield day and unit of every start on the grid that leaves enough of a window."""
        wall = self.walls[lender.zone]
        grid = lcm(lender.grid_min, self.problem.meta.grid_min, UNIT)
        hours = (*lender.windows, *lender.repeat_windows) if is_repeat else lender.windows
        for day, start, end in _of_days(hours, self.problem.meta.days):
            closed = wall.unit(day, end - end % UNIT)
            first = max(start, lender.day_start)
            last = min(end - minutes, day_end(lender) - UNIT)
            for minute in range(first + -first % grid, last + 1, grid):
                unit = wall.units.get(day * DAY + minute)
                if unit is not None and unit + units(minutes) <= closed:
                    yield day, unit

    def _blocked_units(self, lender: Channel) -> int:
        wall, found = self.walls[lender.zone], 0
        for day, start, end in _of_days(lender.blocked, self.problem.meta.days):
            first = wall.unit(day, start - start % UNIT)
            found |= stretch(first, wall.unit(day, end + -end % UNIT) - first)
        return found

    def _day_units(self, channel: int, day: int) -> int:
        lender, found = self.problem.channels[channel], 0
        wall = self.walls[lender.zone]
        for number, start, end in _of_days(lender.windows, self.problem.meta.days):
            if number == day:
                first = wall.unit(day, start + -start % UNIT)
                found |= stretch(first, wall.unit(day, end - end % UNIT) - first)
        return found & ~self._blocked[channel]


def _of_days(hours: Iterable[Hours], days: int) -> Iterator[tuple[int, int, int]]:
    for one in hours:
        for day in one.days:
            if 0 <= day < days:
                yield day, one.start, one.end
