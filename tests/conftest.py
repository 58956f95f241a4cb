"""What every test may count on: no network, both databases, a word about missing tools."""

import gc
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.network_guard import close_the_network

pytest_plugins = [
    "tests.measuring",
    "tests.gates",
    "tests.databases",
    "tests.console",
    "tests.demo_runs",
    "tests.home_phones",
    "tests.scan_desk",
    "tests.plan_desk",
]


# Here the compiled rules run as the plain Python that they are: a compiler would hide their lines.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")

# A busy machine is slow at times: that is no fault of the code under test. Where a merge is
# decided, the same examples are drawn each time.
CI = os.environ.get("CI") == "true"
settings.register_profile(
    "jetkiz",
    deadline=None,
    derandomize=CI,
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while all is imported, nor later among what was: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """Let the libraries in C find at the end that nothing of theirs is left."""
    gc.unfreeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first: at the end one worker would wait for them alone."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)
