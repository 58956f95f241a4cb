"""A whole timetable from a problem: hours for streams, lessons into hours, repeats for families.

The same problem gives the same plan byte by byte: chance comes from its seed, and the search stops
after a number of steps. What finds no place is listed with its reason.
"""

import random
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from broadcast.families.report import family_report
from broadcast.plan.model import Plan, Solver
from broadcast.problem.model import Problem
from broadcast.problem.moments import moment
from broadcast.solver.board import Board, Placed
from broadcast.solver.crossings import crossings
from broadcast.solver.crowding import Crowding
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


def solve(problem: Problem) -> Plan:
    """Return a plan of first runs and repeats that keeps every promise of the problem."""
    board = Board(problem, Openings(problem))
    exact = _fixed(board)
    crossing = crossings(problem)
    days = spread(problem, board)
    chance = random.Random(problem.meta.seed)  # noqa: S311 - the same problem, the same plan
    lay(board, days, spans(board, days, crossing, chance))
    crowding = Crowding(board, crossing)
    mend(board, crowding)
    repeats = add_repeats(board, crowding)
    missing = unplaced(board)
    plan = Plan(
        problem_id=problem.meta.id,
        revision=1,
        parent=0,
        input_sha256=sha256(repr(problem).encode()).hexdigest(),
        solver=Solver(NAME, VERSION, problem.meta.seed, problem.meta.iterations),
        airings=airings_of(board, exact),
        unplaced=missing,
        report={"first_runs": len(board.first), "repeats": repeats, "unplaced": len(missing)},
    )
    return replace(plan, report={**plan.report, **family_report(problem, plan)})


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
