"""How many lessons one home can watch: each lesson once, on so many sets, never two on one at once.

A lesson is a list of airings, an airing the pieces of time it takes, as bits of a number. Where
airings either share all their pieces or none, this is a matching of lessons to times and exact.
Where lessons of other lengths overlap in part, all choices are tried up to a limit of steps; beyond
it the best choice found counts, so that a home is never said to see more than it can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

Airings = tuple[int, ...]
STEPS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Shown:
    """How many lessons can be watched; ``is_exact`` is False for a number that may be too low."""

    lessons: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Lessons:
    """The lessons of one stream; ``once`` are pieces that any wants, ``twice`` that two want."""

    airings: tuple[Airings, ...]
    once: int
    twice: int


def lessons_of(airings: Sequence[Airings]) -> Lessons:
    """Return the lessons of a stream with the pieces of time they want."""
    once, twice = _wanted(airings)
    return Lessons(tuple(airings), once, twice)


def most_of_streams(streams: Sequence[Lessons], sets: int) -> Shown:
    """Return the most lessons of these streams that so many sets can show.

    Nearly all homes have one set, and most lessons are aired while no other stream of the home is:
    these are counted without a look at the rest.
    """
    if sets != 1:
        return most_shown([one for stream in streams for one in stream.airings], sets)
    once = full = 0
    for stream in streams:
        full |= stream.twice | once & stream.once
        once |= stream.once
    wanted = sum(len(stream.airings) for stream in streams)
    rest = [
        one
        for stream in streams
        if stream.once & full
        for one in stream.airings
        if all([airing & full for airing in one])  # noqa: C419 - a generator takes twice the time
    ]
    found = most_shown(rest, sets)
    return Shown(wanted - len(rest) + found.lessons, found.is_exact)


def most_shown(lessons: Sequence[Airings], sets: int) -> Shown:
    """Return the most lessons that so many sets can show."""
    if not sets:
        return Shown(0)
    wanted = [one for one in lessons if one]
    rest = _contended(wanted, sets)
    free = len(wanted) - len(rest)
    if not rest or _are_times(rest):
        return Shown(free + _matched(rest, sets))
    found = [_most_of_part(part, sets) for part in _parts(rest)]
    return Shown(free + sum(one.lessons for one in found), all(one.is_exact for one in found))


def _are_times(lessons: Sequence[Airings]) -> bool:
    """True when two airings share all their pieces or none."""
    places = {airing for one in lessons for airing in one}
    return sum(airing.bit_count() for airing in places) == reduce(or_, places).bit_count()


def _contended(lessons: Sequence[Airings], sets: int) -> list[Airings]:
    """Leave out lessons with an airing that no set is missing for, until none is left of them."""
    rest = list(lessons)
    while rest:
        full = _wanted(rest)[1] if sets == 1 else _full_of_sets(rest, sets)
        kept = [one for one in rest if all([airing & full for airing in one])]  # noqa: C419 - as above
        if len(kept) == len(rest):
            break
        rest = kept
    return rest


def _wanted(lessons: Sequence[Airings]) -> tuple[int, int]:
    """Return the pieces of time that any lesson wants, and those that more than one wants."""
    once = twice = 0
    for one in lessons:
        pieces = one[0] if len(one) == 1 else reduce(or_, one)
        twice |= once & pieces
        once |= pieces
    return once, twice


def _full_of_sets(lessons: Sequence[Airings], sets: int) -> int:
    """Return the pieces of time that more lessons want than there are sets."""
    wanted = [0] * (sets + 1)
    for one in lessons:
        carried = reduce(or_, one)
        for level in range(sets + 1):
            wanted[level], carried = wanted[level] | carried, wanted[level] & carried
    return wanted[sets]


def _parts(lessons: Sequence[Airings]) -> list[list[Airings]]:
    """Part lessons that have nothing to do with one another."""
    parts: list[tuple[int, list[Airings]]] = []
    for one in lessons:
        pieces, together = reduce(or_, one), [one]
        apart = []
        for others, members in parts:
            if others & pieces:
                pieces |= others
                together = members + together
            else:
                apart.append((others, members))
        parts = [*apart, (pieces, together)]
    return [members for _, members in parts]


def _most_of_part(lessons: list[Airings], sets: int) -> Shown:
    if _are_times(lessons):
        return Shown(_matched(lessons, sets))
    search = _Search(lessons, sets)
    search.look(tuple(sorted(range(len(lessons)), key=lambda n: len(lessons[n]))), 0, ())
    return Shown(search.best, search.steps < STEPS)


def _matched(lessons: Sequence[Airings], sets: int) -> int:
    """Match lessons to times by augmenting paths; a time holds a lesson for each set."""
    held: dict[int, list[int]] = {}

    def place(lesson: int, tried: set[int]) -> bool:
        for time in lessons[lesson]:
            if time in tried:
                continue
            tried.add(time)
            here = held.setdefault(time, [])
            if len(here) < sets:
                here.append(lesson)
                return True
            for number, other in enumerate(here):
                if place(other, tried):
                    here[number] = lesson
                    return True
        return False

    return sum(place(lesson, set()) for lesson in range(len(lessons)))


class _Search:
    """All choices of airings for lessons that overlap in part, the lesson with fewest first."""

    def __init__(self, lessons: Sequence[Airings], sets: int) -> None:
        self.lessons = lessons
        self.sets = sets
        self.best = 0
        self.steps = 0

    def look(self, rest: tuple[int, ...], shown: int, levels: Airings) -> None:
        """Try each airing of the next lesson, then to do without it."""
        self.best = max(self.best, shown)
        self.steps += 1
        if not rest or shown + len(rest) <= self.best or self.steps >= STEPS:
            return
        for airing in self.lessons[rest[0]]:
            taken = self._taken(levels, airing)
            if taken is not None:
                self.look(rest[1:], shown + 1, taken)
        self.look(rest[1:], shown, levels)

    def _taken(self, levels: Airings, airing: int) -> Airings | None:
        """Return the pieces taken on one set, on two, ... with an airing more; None if too many."""
        carried, found = airing, []
        for level in range(self.sets):
            before = levels[level] if level < len(levels) else 0
            found.append(before | carried)
            carried &= before
        return None if carried else tuple(found)
