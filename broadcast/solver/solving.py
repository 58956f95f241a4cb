"""A whole timetable from a problem: hours for streams, lessons into hours, repeats for families.

The same problem gives the same plan byte by byte: chance comes from its seed, and the search stops
after a number of steps. What finds no place is listed with its reason.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from broadcast.families.report import family_report
from broadcast.plan.model import Plan, Solver, Unplaced
from broadcast.problem.model import Problem
from broadcast.problem.moments import moment
from broadcast.problem.writing import in_order, problem_sha256
from broadcast.solver.board import Board, Placed
from broadcast.solver.crossings import crossings
from broadcast.solver.crowding import Crowding
from broadcast.solver.floors import too_low
from broadcast.solver.foreseeing import Left, foreseen
from broadcast.solver.laying import lay
from broadcast.solver.mending import mend
from broadcast.solver.numbering import airings_of
from broadcast.solver.openings import Openings
from broadcast.solver.reasons import unplaced
from broadcast.solver.repeats import add_repeats
from broadcast.solver.spreading import spread
from broadcast.solver.template import spans

NAME: Final = "jetkiz"
VERSION: Final = "1"
SHORT: Final = 20
"""So many times shorter are the searches that only try what repeats leave."""


def solve(problem: Problem) -> Plan:
    """Return a plan of first runs and repeats that keeps every promise of the problem.

    The order in which a problem lists its parts makes no difference.
    """
    problem = in_order(problem)
    runs = first_runs(problem)
    if problem.policy.repeat_quota:
        add_repeats(runs.board)
    return _plan(runs)


@dataclass(frozen=True, slots=True)
class FirstRuns:
    """A board with all first runs; ``exact`` holds the moments that were agreed.

    ``given_up`` are lessons that would have a place, but then a day has fewer than was promised.
    """

    board: Board
    exact: dict[Placed, datetime]
    given_up: tuple[Unplaced, ...] = ()


def first_runs(problem: Problem) -> FirstRuns:
    """Give every lesson its first run that can have one: the hard rules, and few crossings.

    A quota of repeats is foreseen: what they will make good may cross.
    """
    openings, crossing = Openings(problem), crossings(problem)

    def tried(seen: Sequence[Sequence[int]]) -> Left:
        return add_repeats(_laid_out(problem, openings, crossing, seen, SHORT).board)

    seen = foreseen(crossing, tried) if problem.policy.repeat_quota > 0 else crossing
    return _laid_out(problem, openings, crossing, seen)


def _laid_out(
    problem: Problem,
    openings: Openings,
    crossing: Sequence[Sequence[int]],
    seen: Sequence[Sequence[int]],
    part: int = 1,
) -> FirstRuns:
    """Search with the crossings as they are ``seen``; what is left over is placed by all."""
    board = Board(problem, openings)
    exact = _fixed(board)
    days = spread(problem, board)
    chance = random.Random(problem.meta.seed)  # noqa: S311 - the same problem, the same plan
    lay(board, days, spans(board, days, seen, chance, part))
    mend(board, Crowding(board, crossing))
    return FirstRuns(board, exact, too_low(board))


def _plan(runs: FirstRuns) -> Plan:
    board = runs.board
    problem, meta = board.problem, board.problem.meta
    known = {one.lesson: one for one in runs.given_up}
    missing = tuple(known.get(one.lesson, one) for one in unplaced(board))
    plan = Plan(
        problem_id=meta.id,
        revision=1,
        parent=0,
        input_sha256=problem_sha256(problem),
        solver=Solver(NAME, VERSION, meta.seed, meta.iterations),
        airings=airings_of(board, runs.exact),
        unplaced=missing,
    )
    counts = {
        "first_runs": len(board.first),
        "repeats": sum(one.is_repeat for one in board.placed),
        "unplaced": len(missing),
    }
    return replace(plan, report={**counts, **family_report(problem, plan)})


def _fixed(board: Board) -> dict[Placed, datetime]:
    """Put on the board what is agreed already, exactly where it was agreed."""
    problem = board.problem
    lessons = {lesson.id: number for number, lesson in enumerate(problem.lessons)}
    channels = {channel.id: number for number, channel in enumerate(problem.channels)}
    exact: dict[Placed, datetime] = {}
    for fixed in problem.fixed:
        channel = channels[fixed.channel]
        at = moment(problem, problem.channels[channel], fixed.day, fixed.start)
        unit = board.openings.axis.unit(at)
        placed = Placed(lessons[fixed.lesson], channel, unit, fixed.is_repeat)
        if placed not in exact:
            board.place(placed)
            exact[placed] = at
    return exact
