"""Which engine plans a folder: the compiled one where it is installed and pays for its start."""

import os
from importlib.util import find_spec
from typing import Final

from scheduler.solver.engine import NUMPY, Engine

# Below this many students numpy is done before the compiler has been read from the disk.
MANY: Final = 3_000


def engine_for(students: int) -> Engine:
    """Return the quickest engine for so many students; both find the same plan."""
    if students < MANY or find_spec("numba") is None:
        return NUMPY
    # Half a second of imports, and a compiler that a school never needs.
    from scheduler.solver.kernel.engine import compiled_engine  # noqa: PLC0415

    return compiled_engine(threads())


def threads() -> int:
    """Return how many processors there are to work on."""
    return os.cpu_count() or 1
