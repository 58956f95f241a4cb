"""What every test may count on: no network, both databases, a word about missing tools."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.network_guard import close_the_network

pytest_plugins = [
    "tests.gates",
    "tests.databases",
    "tests.console",
    "tests.demo_runs",
    "tests.scan_desk",
]


# A busy machine is slow at times: that is no fault of the code under test. Where a merge is
# decided, the same examples are drawn each time.
settings.register_profile(
    "jetkiz",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("jetkiz")


# Thousands of small databases: in memory they cost a third of what they cost on a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - the system's own place for this
ENOUGH = 2 * 1024**3


def pytest_configure() -> None:
    close_the_network()
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first: at the end one worker would wait for them alone."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)
