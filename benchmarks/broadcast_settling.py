"""How long a nation's ledger takes to hear what was aired on a day, and how much memory.

A tenth of a nation here, in PostgreSQL: 990 airings of 110 lessons, on four channels, and half a
million lessons of students. All of it is one transaction; `nation_settling.py` does ten times as
much. The same log again is measured too: it changes nothing. With a statement a row and all
receipts in memory it took 92 seconds, 39 again, and 640 MB; in sets 26 seconds, 12 again, 30 MB.
"""

import resource
import time
from collections.abc import Callable
from typing import Any, Final

STUDENTS: Final = 340_000


def run(record: Callable[..., None]) -> None:
    """Hear of the day twice."""
    settle_twice(record, STUDENTS, "340k")


def settle_twice(record: Callable[..., None], students: int, name: str) -> None:
    """Record a day's log, then the same log again."""
    from benchmarks.aired_nation import EVENING, WEEK, aired_nation, days_log
    from broadcast.as_run.recording import record as hear

    with aired_nation(students) as (database, lessons):
        before = _most_mb()
        seconds = []
        found: list[Any] = []
        for _ in range(2):
            began = time.perf_counter()
            with database.write() as connection:
                found.append(hear(connection, WEEK, days_log(), EVENING, None).settled)
            seconds.append(time.perf_counter() - began)
        grown = _most_mb() - before
    first, again = found
    if first.delivered + first.failed != lessons or again.delivered + again.failed:
        raise AssertionError((first.delivered, first.failed, lessons, again.delivered))
    told = f"{lessons} receipts, {lessons / seconds[0]:.0f} a second"
    record(name=f"broadcast.settle_{name}_s", value=seconds[0], unit="s", peer=told)
    record(name=f"broadcast.settle_{name}_again_s", value=seconds[1], unit="s")
    record(name=f"broadcast.settle_{name}_mb", value=grown, unit="MB")


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
