"""A real compiler makes of the rules an engine that plans a drawn nation like numpy does."""

import importlib.util
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scheduler.nation.compiling import arrays_of
from scheduler.nation.folder import read_folder
from scheduler.nation.making import Wanted, make_nation
from scheduler.nation.population import read_population
from scheduler.nation.solving import solve_nation

TODAY = date(2026, 1, 20)

# Written by a process of its own: in this one the rules are not compiled.
PLAN = """
import sys
from datetime import date
from pathlib import Path
import numpy as np
from scheduler.nation.compiling import arrays_of
from scheduler.nation.folder import read_folder
from scheduler.nation.solving import solve_nation
from scheduler.solver.kernel.counting import answer_homes
from scheduler.solver.kernel.engine import compiled_engine

week = arrays_of(read_folder(Path(sys.argv[1]), date(2026, 1, 20)))
plan = solve_nation(week, compiled_engine(2), 2)
assert answer_homes.signatures, "nothing was compiled"
np.savez(sys.argv[2], channel=plan.channel, reason=plan.reason, price=plan.price, use=plan.use,
         sums=np.array([plan.objective, plan.bound, plan.cost]))
"""


def has_compiler() -> bool:
    return importlib.util.find_spec("numba") is not None


# Measured, the compiler itself would take twice as long; the rules are measured uncompiled.
@pytest.mark.no_cover
@pytest.mark.longest
@pytest.mark.skipif(not has_compiler(), reason="numba is not installed")
def test_the_compiled_engine_finds_the_plan_of_numpy(tmp_path: Path) -> None:
    make_nation(tmp_path / "nation", read_population(None), Wanted(1500, 3, "2026-W05"), _ignore)
    kept = tmp_path / "plan.npz"
    subprocess.run(
        [sys.executable, "-c", PLAN, str(tmp_path / "nation"), str(kept)],
        check=True,
        timeout=1800,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    found = np.load(kept)
    expected = solve_nation(arrays_of(read_folder(tmp_path / "nation", TODAY)))
    assert found["channel"].tolist() == expected.channel.tolist()
    assert found["reason"].tolist() == expected.reason.tolist()
    assert found["price"].tolist() == expected.price.tolist()
    assert np.allclose(found["use"], expected.use, rtol=0, atol=1e-6)
    sums = [expected.objective, expected.bound, expected.cost]
    assert found["sums"].tolist() == sums


def _ignore(_tally: object) -> None:
    """Nobody watches the drawing."""
