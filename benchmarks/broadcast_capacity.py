"""What the first answer costs: whether 2,400 wished lessons fit, before any timetable is made.

And the file of such a week: written, and read again with every fault looked for. The best of five
runs counts, for the machine does other work as well.
"""

import time
from collections.abc import Callable
from typing import Any, Final

RUNS: Final = 5


def run(record: Callable[..., None]) -> None:
    """Report on a week of 2,400 lessons, and on one with half the air; write and read its file."""
    from dataclasses import replace

    from broadcast.capacity.report import capacity_report
    from broadcast.problem.reading import read_problem
    from broadcast.problem.writing import problem_bytes
    from tests.broadcast_problems import week_2400

    week = week_2400()
    half = replace(week, channels=week.channels[::2])
    record(name="broadcast.capacity_2400_s", value=_best(capacity_report, week), unit="s")
    record(name="broadcast.capacity_short_s", value=_best(capacity_report, half), unit="s")
    record(name="broadcast.problem_written_s", value=_best(problem_bytes, week), unit="s")
    content = problem_bytes(week)
    record(name="broadcast.problem_read_s", value=_best(read_problem, content), unit="s")


def _best(work: Callable[[Any], object], given: Any) -> float:
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work(given)
        seconds.append(time.perf_counter() - start)
    return min(seconds)
