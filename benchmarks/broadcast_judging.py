"""How long it takes to judge a timetable of 600 lessons and 200,000 homes, whoever made it.

The faults, the lessons that homes lose by exact matching, and the bound of the linear program,
whose process starts anew each time. Beside it the same for four times as much.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

RUNS = 5


def run(record: Callable[..., None]) -> None:
    """Find a timetable once, judge it several times."""
    from broadcast.certificate.bound import lp_bound
    from broadcast.checker.checking import faults
    from broadcast.families.losses import lost
    from broadcast.solver.solving import solve
    from tests.broadcast_problems import week_600, week_2400

    for lessons, problem in ((600, week_600()), (2400, week_2400())):
        plan = solve(problem)
        peer = f"{len(plan.airings)} airings, {len(problem.homes)} kinds of homes"
        for name, job in (
            ("check", partial(faults, problem, plan)),
            ("lost", partial(lost, problem, plan.airings)),
            ("bound", partial(lp_bound, problem, plan)),
        ):
            seconds = statistics.median(_timed(job) for _ in range(RUNS))
            record(name=f"broadcast.{name}_{lessons}_s", value=seconds, unit="s", peer=peer)


def _timed(job: Callable[[], object]) -> float:
    begun = time.perf_counter()
    job()
    return time.perf_counter() - begun
