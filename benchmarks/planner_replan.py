"""How much of a whole plan it costs to plan anew after one home of a hundred has changed.

100,000 students of a drawn nation are planned once; then one of a hundred loses the first channel
that reaches the home, and only what must change is chosen anew at the prices that stand. Beside it:
TV is down for all, and what each lesson is worth on the air.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

STUDENTS = 100_000
FEW = 3_000
CHANGED = 0.01
RUNS = 3


def run(record: Callable[..., None]) -> None:
    """Draw, plan, change, plan anew; the best of three, for the machine does other work as well.

    Each engine is held against itself; one that must be compiled plans a few students before.
    """
    from scheduler.nation.engines import engine_for, threads
    from scheduler.solver.airing_value import airing_worth
    from scheduler.solver.engine import NUMPY
    from scheduler.solver.replan import replan
    from scheduler.solver.solving import solve

    week = drawn_week(STUDENTS)
    changed, shut = with_homes_changed(week), with_tv_down(week)
    for suffix, engine in (("", NUMPY), ("_compiled", engine_for(STUDENTS))):
        solve(drawn_week(FEW), engine, threads())
        before, whole = timed(partial(solve, week, engine, threads()))
        again = [timed(partial(replan, before, changed, engine)) for _ in range(RUNS)]
        after, part = min(again, key=_seconds)
        refuse_unsound(before, after)
        record(
            name=f"planner.one_percent{suffix}_ratio",
            value=part / whole,
            unit="of a full plan",
            peer=f"{STUDENTS} students planned in {whole:.1f} s by {engine.name}",
            ratio=part / whole,
        )
        record(name=f"planner.one_percent{suffix}_s", value=part, unit="s")
    _, seconds = timed(lambda: replan(before, shut, engine))
    record(
        name="planner.tv_down_s", value=seconds, unit="s", peer="a full plan", ratio=seconds / whole
    )
    _, seconds = timed(lambda: airing_worth(week, before.channel, before.price))
    record(name="planner.airing_values_s", value=seconds, unit="s")


def drawn_week(students: int) -> Any:
    """Draw a nation of so many students into a folder and read it back."""
    from scheduler.nation.folder import read_problem
    from scheduler.nation.making import Wanted, make_nation
    from scheduler.nation.population import read_population

    with tempfile.TemporaryDirectory() as place:
        wanted = Wanted(students, 1, "2026-W05")
        make_nation(Path(place), read_population(None), wanted, lambda _: None)
        return read_problem(Path(place))


def with_homes_changed(week: Any) -> Any:
    """Take from one of a hundred students the first channel that reaches the home."""
    import numpy as np

    count = week.students.count
    rows = np.random.default_rng(5).choice(count, int(count * CHANGED), replace=False)
    chance = week.students.chance.copy()
    first = np.argmax(chance[rows].max(axis=1) > 0, axis=1)
    chance[rows, :, first] = 0
    return replace(week, students=replace(week.students, chance=chance))


def with_tv_down(week: Any) -> Any:
    """Take TV from everybody."""
    import numpy as np

    from scheduler.solver.week_arrays import Cap

    chance = week.students.chance.copy()
    chance[:, :, np.flatnonzero(week.screen == Cap.TV)] = 0
    return replace(week, students=replace(week.students, chance=chance))


def refuse_unsound(before: Any, after: Any) -> None:
    """Hold the re-plan's sums against the whole week, counted from nothing."""
    import numpy as np

    from scheduler.solver.standing import TOLERANCE, Standing

    standing = Standing.of(after.week, after.channel)
    if (standing.room < -TOLERANCE).any():
        raise ValueError("a re-plan that takes more than there is")
    if not np.allclose(standing.room, after.week.pools.amount - after.use, atol=1e-3):
        raise ValueError("a re-plan whose books lie")
    if (after.channel != before.channel).any(axis=1).mean() > 3 * CHANGED:
        raise ValueError("a re-plan that moves whom nothing happened to")


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Do something; return what came of it and the seconds it took."""
    began = time.perf_counter()
    found = act()
    return found, time.perf_counter() - began


def _seconds(pair: tuple[Any, float]) -> float:
    return pair[1]
