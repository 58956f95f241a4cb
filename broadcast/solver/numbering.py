"""How the airings of a new plan are called: in the order of time, alike on every machine."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import Problem
from broadcast.solver.board import Board, Placed

LONGEST: Final = 16


def airings_of(board: Board, exact: dict[Placed, datetime]) -> tuple[PlannedAiring, ...]:
    """Return all airings of a board; ``exact`` gives the moments of those that were agreed."""
    problem = board.problem
    begins = board.openings.axis.at
    timed = [(exact.get(one) or begins(one.unit), one) for one in board.placed]
    timed.sort(key=lambda pair: (pair[0], pair[1].channel, pair[1].lesson))
    stem, width = stem_of(problem.meta.id), len(str(len(timed)))
    return tuple(
        _airing(problem, f"{stem}-{number:0{width}}", start, one)
        for number, (start, one) in enumerate(timed, 1)
    )


def _airing(problem: Problem, number: str, start: datetime, one: Placed) -> PlannedAiring:
    lesson = problem.lessons[one.lesson]
    return PlannedAiring(
        id=number,
        lesson=lesson.id,
        channel=problem.channels[one.channel].id,
        start=start.astimezone(UTC),
        minutes=lesson.minutes,
        kind=AiringKind.REPEAT if one.is_repeat else AiringKind.FIRST,
    )


def stem_of(problem_id: str) -> str:
    """Return letters and digits that stand for a problem and no other, at most 16 of them."""
    plain = re.sub(r"[^0-9A-Za-z]+", "-", problem_id).strip("-")
    if plain == problem_id and len(plain) <= LONGEST:
        return plain
    digest = sha256(problem_id.encode()).hexdigest()[:8]
    return f"{plain[: LONGEST - 9].strip('-')}-{digest}".strip("-")
