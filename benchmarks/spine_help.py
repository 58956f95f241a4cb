"""How long somebody waits for `jetkiz --help`: processor time of the child process."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable

RUNS = 5


def run(record: Callable[..., None]) -> None:
    """Take the median of five, after one run that fills the caches."""
    cpu_seconds()
    value = statistics.median(cpu_seconds() for _run in range(RUNS))
    record(name="spine.help_cpu_s", value=value, unit="s")


def cpu_seconds() -> float:
    """User and system time of one child."""
    before = os.times()
    script = "from jetkiz.cli import main; main()"
    subprocess.run([sys.executable, "-c", script, "--help"], check=True, capture_output=True)
    after = os.times()
    children = after.children_user - before.children_user
    return children + after.children_system - before.children_system
