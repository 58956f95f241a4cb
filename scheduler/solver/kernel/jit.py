"""Whether the rules for one home are compiled: they are where numba is installed.

Without it, or with ``NUMBA_DISABLE_JIT=1``, they run as the plain Python that they are, which is
slow and exact: the tests hold both against each other.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import numpy as np

numba: Any = None
if os.environ.get("NUMBA_DISABLE_JIT", "0") == "0":
    with suppress(ImportError):  # without the extra "fast"
        import numba

# Nobody calls from C: a second door that would hold the whole function once more.
_ALIKE: Final = {"cache": True, "nogil": True, "no_cfunc_wrapper": True}
_WITHOUT_COUNTS: Final = {"_nrt": False, "forceinline": True}

P = ParamSpec("P")
R = TypeVar("R")

whole = cast(Callable[[int], int], np.int64)
"""A whole number of one size: compiled, a variable has one type from its beginning."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that only compiled ones call, once for all processes of this computer.

    Such a function makes no arrays: whoever calls it hands them in, and holds on to them. So the
    compiled code need not count who holds what, which took a third of its time. No door leads
    into it from outside either: each door holds the whole function once more.
    """
    if numba is None:
        return function
    found: Callable[P, R] = numba.njit(**_ALIKE, **_WITHOUT_COUNTS, no_cpython_wrapper=True)(
        function
    )
    return found


def entered(function: Callable[P, R]) -> Callable[P, R]:
    """Compile such a function with a door, so that plain Python can call it."""
    if numba is None:
        return function
    found: Callable[P, R] = numba.njit(**_ALIKE, **_WITHOUT_COUNTS)(function)
    return found


def allocating(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that makes arrays of its own, or takes them from another that does.

    From a ``compiled`` one it must take none: nobody has counted that it holds them.
    """
    if numba is None:
        return function
    found: Callable[P, R] = numba.njit(**_ALIKE)(function)
    return found


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function into those that call it: for the few that are called for every option."""
    if numba is None:
        return function
    found: Callable[P, R] = numba.njit(inline="always")(function)
    return found


def _keep_what_is_compiled() -> None:
    """Keep it by the text of all rules: numba alone sees only whether the caller's file changed."""
    solver = Path(__file__).parent.parent
    text = hashlib.sha256()
    for file in sorted(solver.rglob("*.py")):
        text.update(file.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    numba.config.CACHE_DIR = str(home / "jetkiz" / text.hexdigest()[:16])


if numba is not None and not os.environ.get("NUMBA_CACHE_DIR"):
    _keep_what_is_compiled()
