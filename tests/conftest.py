"""What every test may count on: no network, both databases, a word about missing tools."""

import atexit
import gc
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import DRAWN
from tests.network_guard import close_the_network
from tests.workers import leaves_it_to_workers

pytest_plugins = ["tests.measuring", "tests.gates"]
# They import nearly all that is ours: only who runs tests loads them.
FIXTURES = (
    "tests.databases",
    "tests.console",
    "tests.demo_runs",
    "tests.home_phones",
    "tests.scan_desk",
    "tests.plan_desk",
)


# Here the compiled rules run as the plain Python that they are: a compiler would hide their lines.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")

# A busy machine is slow at times: that is no fault of the code under test. Where a merge is
# decided, the same examples are drawn each time.
CI = os.environ.get("CI") == "true"
settings.register_profile(
    "jetkiz",
    max_examples=DRAWN,
    deadline=None,
    derandomize=CI,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("jetkiz")


# Thousands of small databases: in memory they cost a third of what they cost on a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - the system's own place for this
ENOUGH = 2 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    if not leaves_it_to_workers(config):
        for name in FIXTURES:
            config.pluginmanager.import_plugin(name)
    close_the_network()
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


# Nobody looks for garbage while all is imported, nor later among what was: it stays to the end.
gc.disable()
# At the very end the libraries in C must find that nothing of theirs is left.
atexit.register(gc.unfreeze)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first: at the end one worker would wait for them alone."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)
