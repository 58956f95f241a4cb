"""A whole nation planned from its Parquet folder and back: seconds, memory, how near to the best.

Only `make bench-nation` measures this. numpy alone plans a part of the nation, in the same run, and
its time is scaled; reading and writing are reported apart, and counted in.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

STUDENTS = 3_400_000
SMALL = 100_000
BY_NUMPY = 34_000
SMALLEST = 5_000

# Each plan in a process of its own: the peak of memory is the process's.
PLAN = """
import json, resource, sys
from datetime import date
from pathlib import Path
from scheduler.nation.engines import engine_for, threads
from scheduler.nation.planning import plan_nation
from scheduler.nation.solving import solve_nation
from scheduler.solver.engine import NUMPY

folder, name = Path(sys.argv[1]), sys.argv[2]
def solve(week):
    engine = NUMPY if name == "numpy" else engine_for(10**9)
    return solve_nation(week, engine, threads())
made = plan_nation(folder, folder / name, solve, date(2026, 1, 20), lambda _: None)
plan = made.outcome.plan
print(json.dumps({
    "seconds": made.seconds,
    "gap": 100 * (plan.bound - plan.objective) / plan.bound,
    "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
}))
"""


def run(record: Callable[..., None]) -> None:
    """Draw the nations, let the compiler warm up, measure both engines."""
    with tempfile.TemporaryDirectory() as place:
        folders = {
            size: _drawn(Path(place), size) for size in (SMALLEST, SMALL, BY_NUMPY, STUDENTS)
        }
        _planned(folders[SMALLEST], "numba")
        small, nation = (_planned(folders[size], "numba") for size in (SMALL, STUDENTS))
        part = _planned(folders[BY_NUMPY], "numpy")
    total, apart = sum(nation["seconds"].values()), nation["seconds"]
    scaled = sum(part["seconds"].values()) * STUDENTS / BY_NUMPY
    by_numpy = f"numpy, scaled from {BY_NUMPY:,} students"
    record(
        name="planner.nation_numba_s", value=total, unit="s", peer=by_numpy, ratio=total / scaled
    )
    for step, seconds in apart.items():
        record(name=f"planner.nation_{step}_s", value=seconds, unit="s")
    record(name="planner.nation_numpy_s", value=scaled, unit="s", peer=by_numpy)
    record(name="planner.nation_peak_gb", value=nation["gigabytes"], unit="GB")
    record(name="planner.nation_gap", value=nation["gap"], unit="%")
    growth = total / sum(small["seconds"].values())
    record(name="planner.growth", value=growth, unit="times", peer=f"{SMALL:,} students")


def _drawn(place: Path, students: int) -> Path:
    from scheduler.nation.making import Wanted, make_nation
    from scheduler.nation.population import read_population

    folder = place / str(students)
    make_nation(folder, read_population(None), Wanted(students, 1, "2026-W05"), lambda _: None)
    return folder


def _planned(folder: Path, engine: str) -> dict[str, Any]:
    found = subprocess.run(
        [sys.executable, "-c", PLAN, str(folder), engine],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    told: dict[str, Any] = json.loads(found.stdout)
    return told
