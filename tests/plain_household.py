"""One household at given prices, answered by trying everything: slow, plain, from the definition.

No line is shared with the solver but the columns that it looks at. For every set of packs, every
seat, and every way of dividing a child's lessons among the phone, the TV and what needs no screen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

from scheduler.solver.rates import Rates
from scheduler.solver.week_arrays import (
    NO_CAP,
    NOTHING,
    SOMETHING_UNITS,
    Cap,
    Role,
    WeekArrays,
)

# What cost makes of a lesson at the very worst: somebody may have decided for it all the same.
WORST = -(2**29) + 1


@dataclass(frozen=True, eq=False)
class PlainStudent:
    """One child, by its row, and what everything costs it."""

    week: WeekArrays
    rates: Rates
    row: int

    @property
    def school(self) -> int:
        return int(self.week.students.school[self.row])

    @cached_property
    def lessons(self) -> list[int]:
        found: list[int] = self.week.programs[self.week.students.program[self.row]].tolist()
        return found

    @cached_property
    def caps(self) -> dict[Cap, int]:
        return dict(zip(Cap, self.week.students.caps[self.row].tolist(), strict=True))

    @cached_property
    def nets(self) -> list[dict[int, int]]:
        """What each lesson is worth on each channel, its own cost taken off; what can be."""
        return [self._nets(slot) for slot in range(self.week.slots)]

    def _nets(self, slot: int) -> dict[int, int]:
        people, decided = self.week.students, NOTHING
        if len(people.decided):
            decided = int(people.decided[self.row, slot])
        found = {} if decided != NOTHING else {NOTHING: 0}
        for channel in range(len(self.week.channels)):
            if decided in (NOTHING, channel) and self._is_possible(slot, channel):
                found[channel] = max(self._gross(slot, channel) - self._cost(slot, channel), WORST)
        return found

    def _is_possible(self, slot: int, channel: int) -> bool:
        lesson = self.lessons[slot]
        if lesson == NOTHING:
            return False
        return bool(self.week.lessons.is_open[lesson, channel]) and self._chance(slot, channel) > 0

    def _chance(self, slot: int, channel: int) -> int:
        chances = self.week.students.chance[self.row]
        return int(chances[slot if len(chances) > 1 else 0, channel])

    def _gross(self, slot: int, channel: int) -> int:
        people, step = self.week.students, self.week.lessons.step[self.lessons[slot], channel]
        worth = int(step) * self._chance(slot, channel) + SOMETHING_UNITS
        if len(people.taste):
            worth += int(people.taste[self.row, channel])
        if len(people.previous) and people.previous[self.row, slot] == channel:
            worth += self.week.kept
        return worth

    def _cost(self, slot: int, channel: int) -> int:
        week, lesson = self.week, self.lessons[slot]
        minutes = int(week.lessons.marking[lesson, channel])
        cost = minutes * int(self.rates.marking[self.school])
        if week.role[channel] == Role.PACK:
            sides = int(week.lessons.sides[lesson, int(week.students.is_large[self.row])])
            cost += sides * int(self.rates.side[self.school, channel])
        return cost

    def best(self, had: Sequence[int]) -> int | None:
        """Return the most that can be had with some packs and seats; None if nothing can."""
        slots = [self._candidates(nets, had) for nets in self.nets]
        totals = [self.worth(channels) for channels in product(*slots)]
        return max((one for one in totals if one is not None), default=None)

    def _candidates(self, nets: dict[int, int], had: Sequence[int]) -> list[int]:
        """Return the best channel of each screen and the best without one: no other can win."""
        best: dict[int, tuple[int, int]] = {}
        for channel, net in nets.items():
            if channel == NOTHING or self.week.role[channel] == Role.FREE or channel in had:
                screen = self.screen(channel)
                best[screen] = max(best.get(screen, (net, channel)), (net, channel))
        return [channel for _, channel in best.values()]

    def screen(self, channel: int) -> int:
        return NOTHING if channel == NOTHING else int(self.week.screen[channel])

    def worth(self, channels: Sequence[int]) -> int | None:
        """Return the worth of a week before packs and seats; None if it cannot be had."""
        used: Counter[tuple[Cap, int]] = Counter()
        days, total = set(), 0
        for lesson, channel, nets in zip(self.lessons, channels, self.nets, strict=True):
            if channel not in nets:
                return None
            total += nets[channel]
            screen = self.screen(channel)
            if screen != NOTHING:
                day = int(self.week.lessons.day[lesson])
                used[Cap(screen), day] += 1
                if screen == Cap.PHONE:
                    days.add(day)
                    used[Cap.HEAVY, 0] += bool(self.week.lessons.is_heavy[lesson])
        if any(self.caps[cap] != NO_CAP and n > self.caps[cap] for (cap, _), n in used.items()):
            return None
        return total - sum(int(self.rates.message[self.school, day]) for day in days)

    @property
    def is_simple(self) -> bool:
        """True where one cap or the messages bind alone, and not the cap of the TV."""
        bound = [cap for cap, most in self.caps.items() if most != NO_CAP]
        messages = bool(self.rates.message[self.school].any())
        return Cap.TV not in bound and len(bound) + messages <= 1


@dataclass(frozen=True, eq=False)
class PlainHousehold:
    """The children of one home."""

    children: tuple[PlainStudent, ...]

    @property
    def rows(self) -> list[int]:
        return [one.row for one in self.children]

    @property
    def is_simple(self) -> bool:
        """True where the best can be found without trying everything."""
        return all(one.is_simple for one in self.children)

    def best(self) -> int | None:
        """Return the most that the household can have; None if decisions ask for too much."""
        packs = _columns(self.children[0].week, Role.PACK)
        totals = [self._best_with(some) for some in _subsets(packs)]
        return max((one for one in totals if one is not None), default=None)

    def _best_with(self, packs: tuple[int, ...]) -> int | None:
        first = self.children[0]
        total = -sum(int(first.rates.pack[first.school, one]) for one in packs)
        for child in self.children:
            possible = []
            for seats in _subsets(_columns(child.week, Role.SEAT)):
                worth = child.best(packs + seats)
                if worth is not None:
                    possible.append(worth - _seat_cost(child, seats))
            if not possible:
                return None
            total += max(possible)
        return total

    def worth(self, chosen: Sequence[Sequence[int]]) -> int | None:
        """Return what the channels of each child are worth; None where they cannot be had."""
        first, total = self.children[0], 0
        packs = set(_columns(first.week, Role.PACK)) & {one for row in chosen for one in row}
        for child, channels in zip(self.children, chosen, strict=True):
            worth = child.worth(channels)
            if worth is None:
                return None
            seats = set(_columns(child.week, Role.SEAT)) & set(channels)
            total += worth - _seat_cost(child, sorted(seats))
        return total - sum(int(first.rates.pack[first.school, one]) for one in packs)


def households(week: WeekArrays, rates: Rates) -> list[PlainHousehold]:
    """Return all households of a week, in the order of their first student."""
    homes: dict[int, list[PlainStudent]] = {}
    for row, home in enumerate(week.students.household.tolist()):
        homes.setdefault(home, []).append(PlainStudent(week, rates, row))
    return [PlainHousehold(tuple(children)) for children in homes.values()]


def _columns(week: WeekArrays, role: Role) -> list[int]:
    return [column for column, own in enumerate(week.role.tolist()) if own == role]


def _subsets(columns: Sequence[int]) -> list[tuple[int, ...]]:
    return [some for size in range(len(columns) + 1) for some in combinations(columns, size)]


def _seat_cost(child: PlainStudent, seats: Sequence[int]) -> int:
    return sum(int(child.rates.seat[child.school, one]) for one in seats)
