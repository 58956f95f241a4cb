"""Where a test may let this process die as if the power went: never set outside tests."""

import os
import signal
import sys
from typing import Final

VARIABLE: Final = "JETKIZ_FAILPOINT"
NAMES: Final = (
    "before_dispatch",
    "after_dispatch",
    "before_receipts_commit",
    "after_receipts_commit",
    "before_numbers_commit",
    "before_stack",
    "before_checksums",
)

_passed: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Kill this process at the n-th passing, if the environment says ``name:n``."""
    wanted, _, count = os.environ.get(VARIABLE, "").partition(":")
    if wanted != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == int(count or 1):
        sys.stderr.write(f"failpoint {name}\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)
