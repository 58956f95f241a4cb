"""Which homes lose which lessons because one set shows one lesson at a time.

Lessons of a home that overlap are a knot: its sets show some, the others are lost until one of them
is aired again while the home has a set free. Homes are kinds: so many homes of the same streams.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from broadcast.problem.model import Medium
from broadcast.solver.board import Board
from broadcast.solver.crossings import sets, weight

Run = tuple[int, int, int]
"""A first run: the unit at which it is over, the unit at which it begins, its lesson."""


@dataclass(slots=True)
class Home:
    """Homes of a kind: what they weigh, and when their set is taken by what they watch."""

    weight: int
    region: str
    busy: int = 0


@dataclass(slots=True)
class Knot:
    """Lessons of one home that overlap: ``lost`` of them are not seen, whichever the home takes."""

    home: Home
    lost: int
    again: set[int] = field(default_factory=set)


def knots_of(board: Board) -> dict[int, list[Knot]]:
    """Return, by lesson, the knots of all homes that have it in one."""
    runs = _runs(board)
    found: dict[int, list[Knot]] = {}
    for (streams, region, count), heavy in _homes(board).items():
        home = Home(heavy, region)
        for stream in streams:
            home.busy |= board.runs[stream]
        own = sorted(run for stream in streams for run in runs[stream, region])
        for tangled in _tangled(sorted(own, key=lambda run: run[1])):
            lost = len(tangled) - _shown(tangled, count)
            if lost > 0:
                knot = Knot(home, lost)
                for *_, lesson in tangled:
                    found.setdefault(lesson, []).append(knot)
    return found


def _homes(board: Board) -> dict[tuple[tuple[int, ...], str, int], int]:
    """Join homes of the same streams of one medium that have fewer sets than streams."""
    problem = board.problem
    place = {stream.id: number for number, stream in enumerate(problem.streams)}
    found: dict[tuple[tuple[int, ...], str, int], int] = {}
    for home in problem.homes:
        for medium in Medium:
            streams = tuple(
                number
                for number in sorted({place[one] for one in home.streams})
                if problem.streams[number].medium == medium
            )
            count = sets(home, medium)
            if 0 < count < len(streams):
                key = streams, home.region, count
                found[key] = found.get(key, 0) + weight(home, problem.policy)
    return found


def _runs(board: Board) -> dict[tuple[int, str], list[Run]]:
    """Return the first runs of each stream that a region hears; region "" hears all."""
    problem = board.problem
    regions = {"", *(home.region for home in problem.homes)}
    found: dict[tuple[int, str], list[Run]] = {
        (stream, region): [] for stream in range(len(problem.streams)) for region in regions
    }
    for lesson, placed in board.first.items():
        for one in placed:
            run = one.unit + board.length[lesson], one.unit, lesson
            for region in ("", *problem.channels[one.channel].regions):
                if region in regions:
                    found[board.stream_of[lesson], region].append(run)
    return found


def _tangled(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield runs that overlap, each with some other of its knot; they come by their beginnings."""
    knot: list[Run] = []
    over = 0
    for run in runs:
        if run[1] >= over:
            if len(knot) > 1:
                yield knot
            knot = []
        knot.append(run)
        over = max(over, run[0])
    if len(knot) > 1:
        yield knot


def _shown(tangled: Sequence[Run], count: int) -> int:
    """Return how many of these runs so many sets can show: always the one that is over first."""
    free = [0] * count
    shown = 0
    for over, begins, _ in sorted(tangled):
        fitting = [number for number, since in enumerate(free) if since <= begins]
        if fitting:
            free[max(fitting, key=lambda number: free[number])] = over
            shown += 1
    return shown
