"""A school of 300 and a nation of 10,000: how long, how near to the best, and against an ORM loop.

Schools are cut out of a drawn nation, each with its share of what several share; the compiled
engine plans them, and numpy alone. The nation's peer is orm_loop.py: the same week, limits and
worths, planned row by row, first come first served.
"""

import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

STUDENTS = 10_000
SCHOOL = 300
SCHOOLS = 8
RUNS = 3
NATION_RUNS = 2

# What a fresh process does: import the planner, read the arrays, plan.
COLD = """
import pickle, sys
from scheduler.solver.solving import solve
week = pickle.load(sys.stdin.buffer)
sys.stdout.write(str(solve(week).objective))
"""


def run(record: Callable[..., None]) -> None:
    """Draw once; measure the schools, then the nation on both sides."""
    from benchmarks.planner_replan import drawn_week

    week = drawn_week(STUDENTS)
    _measure_schools(record, week)
    _measure_peer(record, week)


def _measure_schools(record: Callable[..., None], week: Any) -> None:
    import numpy as np

    from scheduler.nation.engines import engine_for
    from scheduler.solver.engine import NUMPY

    sizes = np.bincount(week.students.school)
    nearest = np.argsort(np.abs(sizes - SCHOOL), kind="stable")[:SCHOOLS].tolist()
    schools = [school_of(week, school) for school in nearest]
    peer = f"{SCHOOLS} schools of {min(sizes[nearest])} to {max(sizes[nearest])}"
    found = [_best_of_runs(one, engine_for(10**9)) for one in schools]
    by_numpy = 1000 * statistics.median(_best_of_runs(one, NUMPY)[1] for one in schools)
    gaps = [100 * (plan.bound - plan.objective) / plan.bound for plan, _ in found]
    times = [1000 * seconds for _, seconds in found]
    record(name="planner.school_gap", value=statistics.median(gaps), unit="%", peer=peer)
    record(name="planner.school_gap_worst", value=max(gaps), unit="%", peer=peer)
    median = statistics.median(times)
    record(
        name="planner.school_ms",
        value=median,
        unit="ms",
        peer=f"{peer}, numpy alone",
        ratio=median / by_numpy,
    )
    record(name="planner.school_numpy_ms", value=by_numpy, unit="ms", peer=peer)
    record(name="planner.school_worst_ms", value=max(times), unit="ms", peer=peer)
    record(name="planner.school_cold_ms", value=1000 * _cold(schools[0]), unit="ms")


def school_of(week: Any, school: int) -> Any:
    """Return the week of one school alone, with its share of what it shares with others."""
    import numpy as np

    people, pools = week.students, week.pools
    rows = np.flatnonzero(people.school == school)
    heads = np.bincount(people.school, minlength=len(week.school))
    own = np.unique(pools.of_school[school][pools.of_school[school] >= 0])
    draws = [heads[(pools.of_school == pool).any(axis=1)].sum() for pool in own]
    place = np.full(len(pools.amount) + 1, -1, dtype=np.int32)
    place[own] = np.arange(len(own))
    _, household = np.unique(people.household[rows], return_inverse=True)
    columns = {
        name: getattr(people, name)[rows] if len(getattr(people, name)) else getattr(people, name)
        for name in people.__dataclass_fields__
    }
    names = ("resource", "key", "unit")
    return replace(
        week,
        students=replace(
            people,
            **{
                **columns,
                "school": np.zeros(len(rows), dtype=np.int32),
                "household": household.astype(np.int64),
            },
        ),
        school=week.school[[school]],
        region=week.region[[school]],
        is_rural=week.is_rural[[school]],
        pools=replace(
            pools,
            **{name: tuple(getattr(pools, name)[pool] for pool in own) for name in names},
            amount=np.floor(pools.amount[own] * heads[school] / np.array(draws)),
            of_school=place[pools.of_school[[school]]],
        ),
    )


def _best_of_runs(week: Any, engine: Any, runs: int = RUNS) -> tuple[Any, float]:
    """Plan several times; the first run may have to compile."""
    from benchmarks.planner_replan import timed
    from scheduler.nation.engines import threads
    from scheduler.solver.solving import solve

    plans = (timed(lambda: solve(week, engine, threads())) for _ in range(runs))
    return min(plans, key=lambda pair: pair[1])


def _cold(week: Any) -> float:
    """Return the seconds of a whole process: start, imports, one plan; the best of three."""
    given = pickle.dumps(week)
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", COLD], input=given, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def _measure_peer(record: Callable[..., None], week: Any) -> None:
    from sqlalchemy import create_engine

    from benchmarks.orm_loop import channels_of, load, plan_by_rows
    from benchmarks.planner_replan import timed
    from scheduler.nation.engines import engine_for

    ours, seconds = _best_of_runs(week, engine_for(STUDENTS), NATION_RUNS)
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'peer.sqlite3'}")
        load(engine, week)
        _, theirs = timed(lambda: plan_by_rows(engine))
        worth = worth_of(week, channels_of(engine, week))
        engine.dispose()
    lessons = int((week.programs[week.students.program] >= 0).sum())
    peer = f"ORM loop, {STUDENTS} students, {lessons / theirs:.0f} lessons/s"
    record(
        name="planner.orm_ratio",
        value=theirs / seconds,
        unit="times faster",
        peer=peer,
        ratio=seconds / theirs,
    )
    better = 100 * (ours.objective / worth - 1)
    record(
        name="planner.orm_better_percent",
        value=better,
        unit="% better",
        peer=peer,
        ratio=ours.objective / worth,
    )


def worth_of(week: Any, channel: Any) -> int:
    """Return what a plan is worth by our own objective; one that takes too much is refused."""
    from scheduler.solver.offers import Block
    from scheduler.solver.standing import TOLERANCE, Standing
    from scheduler.solver.uses import gross_worth, takes_of, true_cost

    if (Standing.of(week, channel).room < -TOLERANCE).any():
        raise ValueError("a peer that takes more than there is")
    whole = Block(week, 0, week.students.count)
    return gross_worth(whole, channel) - true_cost(week, takes_of(whole, channel))
