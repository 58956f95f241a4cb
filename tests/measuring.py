"""What is measured while the tests run, and what is not: measuring makes Python half as fast.

Every line is measured once. What walks over the same lines again runs unmeasured: tests that say
so, and the later examples of a property. So does what is not ours: the libraries while they are
imported, and pytest while it gathers the tests.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache, wraps
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
from coverage.config import CoverageConfig

from tests.workers import leaves_it_to_workers

# By this a child process knows that it is to be measured.
MEASURED = "COVERAGE_PROCESS_CONFIG"
# The libraries that take the longest to import.
LONG = (
    *("aiogram", "aiohttp.web", "dbos", "hypothesis.stateful", "numpy", "openpyxl"),
    *("playwright.sync_api", "psycopg", "pyarrow.parquet", "reportlab.graphics", "sqlalchemy"),
)
PACKAGES = ("jetkiz", "bot", "scheduler", "print_packs", "broadcast")
# So many examples of a property are measured; all others are drawn and tried as ever.
FIRST = 20


@contextmanager
def unmeasured() -> Iterator[None]:
    """Let nobody look at this thread, nor at those that begin: whoever measures, and how often.

    With several workers three measure at once, and pytest-cov silences only the last of them.
    """
    here, there = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(there)
        sys.settrace(here)


# Later Pythons can measure in another way, which costs less: there is nothing to save then.
IS_TRACED = sys.gettrace() is not None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Import, unmeasured, the libraries that take long, before what is ours asks for them."""
    if IS_TRACED and not leaves_it_to_workers(config):
        with unmeasured():
            for name in LONG:
                import_module(name)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import what is ours, measured; then let pytest gather the tests unmeasured."""
    if not IS_TRACED or leaves_it_to_workers(session.config):
        return (yield)
    for module in _modules(session.config.rootpath):
        import_module(module)
    with unmeasured():
        return (yield)


def _modules(root: Path) -> list[str]:
    """Return all that is ours, also what the command line imports only when it is asked for."""
    files = [file for package in PACKAGES for file in (root / package).rglob("*.py")]
    own = [
        file.relative_to(root).with_suffix("") for file in files if "migrations" not in file.parts
    ]
    names = [file.parts for file in own if file.name not in {"__init__", "__main__"}]
    return sorted(".".join(parts) for parts in names)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _walks_known_ground(item):
            item.add_marker("no_cover")


def _walks_known_ground(item: pytest.Item) -> bool:
    """Say whether the lines that a test runs are measured by others.

    The second database, a browser, a week that is killed and chaos walk over lines that were
    measured on SQLite, by plain requests and in the undisturbed week; so does who tries every
    button. Tests of the documents read files.
    """
    fixtures = getattr(item, "fixturenames", ())
    # Two who write at once meet only there: SQLite lets one wait for the other. And only there
    # a nation's rows are loaded by COPY.
    second = "postgresql" in item.name and not re.search("at_once|races|storing", item.nodeid)
    reads = "docs" in item.path.parts
    listed = item.nodeid.partition("[")[0] in _listed()
    again = re.search("killed|chaos|every_word", item.nodeid)
    return listed or reads or second or "chromium" in fixtures or again is not None


@cache
def _listed() -> frozenset[str]:
    """Return the tests whose lines others were seen to run: ``tools/known_ground.py`` looked."""
    return frozenset((Path(__file__).parent / "known_ground.txt").read_text("utf-8").splitlines())


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Leave a test that is not measured really alone, and its children as well."""
    if item.get_closest_marker("no_cover") is None:
        with first_examples(item):
            return (yield)
    asked = os.environ.pop(MEASURED, None)
    try:
        with unmeasured():
            return (yield)
    finally:
        if asked is not None:
            os.environ[MEASURED] = asked


@contextmanager
def first_examples(item: pytest.Item) -> Iterator[None]:
    """Let nobody look any more after the first examples of a property; count all of them."""
    drawn = getattr(getattr(item, "obj", None), "hypothesis", None)
    tried = getattr(drawn, "inner_test", None)
    if not IS_TRACED or tried is None or iscoroutinefunction(tried):
        yield
        return
    here, there = sys.gettrace(), threading.gettrace()
    drawn.inner_test = _unmeasured_after(tried, FIRST)
    try:
        yield
    finally:
        drawn.inner_test = tried
        threading.settrace(there)
        sys.settrace(here)


def _unmeasured_after(tried: Callable[..., None], most: int) -> Callable[..., None]:
    left = most

    # Hypothesis knows a property by its text and signature, and draws the same examples for it.
    @wraps(tried)
    def counted(*given: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            sys.settrace(None)
            threading.settrace(None)
        tried(*given, **named)

    return counted


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Leave also that alone which is set up for such a test only: a server, people, a week."""
    its_own = fixturedef.scope == "function" and request.node.get_closest_marker("no_cover")
    with unmeasured() if its_own else nullcontext():
        return (yield)


def without_other_threads(surroundings: dict[str, str]) -> dict[str, str]:
    """Let only the first thread of a child be measured: what others do there has its own tests."""
    if MEASURED not in surroundings:
        return surroundings
    asked = CoverageConfig.deserialize(surroundings[MEASURED])
    # Threads are looked into unless a program is said to have nothing but processes.
    asked.concurrency = ["multiprocessing"]
    return surroundings | {MEASURED: asked.serialize()}
