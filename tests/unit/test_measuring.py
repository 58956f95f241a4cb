"""A test that walks known ground is really left alone, and every other is measured."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cpu_time import costing_less_than
from tests.measuring import FIRST, IS_TRACED, MEASURED, first_examples, without_other_threads

OURSELVES = Path(__file__).parents[2] / "pyproject.toml"


def tracers() -> list[object]:
    """Who looks at this thread, and at one that begins."""
    seen = [sys.gettrace()]
    thread = threading.Thread(target=lambda: seen.append(sys.gettrace()))
    thread.start()
    thread.join()
    return seen


@pytest.fixture
def of_the_setup() -> list[object]:
    """Who looked while the test was set up."""
    return tracers()


@pytest.mark.no_cover
def test_nobody_looks_at_what_others_measure(of_the_setup: list[object]) -> None:
    assert of_the_setup + tracers() == [None] * 4
    assert MEASURED not in os.environ


def test_everything_else_is_measured_where_anything_is(of_the_setup: list[object]) -> None:
    assert [one is not None for one in of_the_setup + tracers()] == [IS_TRACED] * 4


def test_of_a_property_only_the_first_examples_are_measured() -> None:
    seen = []

    @given(st.integers())
    @settings(max_examples=FIRST + 5, database=None)
    def looked_at(_number: int) -> None:
        seen.append(sys.gettrace() is not None)

    asked: Any = looked_at
    tried = asked.hypothesis.inner_test
    with first_examples(SimpleNamespace(obj=asked)):
        asked()
    assert seen == [IS_TRACED] * FIRST + [False] * (len(seen) - FIRST)
    assert len(seen) > FIRST, "all were tried"
    assert asked.hypothesis.inner_test is tried
    assert [one is not None for one in tracers()] == [IS_TRACED] * 2


def test_a_property_that_fails_is_measured_again_after_it() -> None:
    @given(st.integers())
    @settings(database=None)
    def fails(number: int) -> None:
        assert number < 40

    with first_examples(SimpleNamespace(obj=fails)), pytest.raises(AssertionError):
        fails()
    assert [one is not None for one in tracers()] == [IS_TRACED] * 2


def test_of_a_child_with_threads_the_first_is_measured(tmp_path: Path) -> None:
    found = Coverage(tmp_path / "data", config_file=str(OURSELVES)).config
    asked = without_other_threads({MEASURED: found.serialize(), "LANG": "kk"})
    program = (
        "import sys, threading\n"
        "seen = [sys.gettrace()]\n"
        "thread = threading.Thread(target=lambda: seen.append(sys.gettrace()))\n"
        "thread.start(); thread.join()\n"
        "print(*(one is not None for one in seen))\n"
    )
    run = [sys.executable, "-c", program]
    surroundings = os.environ | asked | {"COVERAGE_CORE": "ctrace"}
    told = subprocess.run(run, env=surroundings, capture_output=True, text=True, check=True)
    assert told.stdout == "True False\n"
    assert without_other_threads({"LANG": "kk"}) == {"LANG": "kk"}


def test_what_costs_too_much_of_a_core_is_refused_and_nobody_looks_meanwhile() -> None:
    with costing_less_than(1.0):
        assert tracers() == [None] * 2
    assert [one is not None for one in tracers()] == [IS_TRACED] * 2
    with pytest.raises(AssertionError), costing_less_than(0.0):
        tracers()
