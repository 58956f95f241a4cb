"""A test that walks known ground is really left alone, and every other is measured."""

import os
import sys
import threading

import pytest

from tests.measuring import MEASURED, OURS


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
    is_measured = MEASURED in os.environ
    assert [one is not None for one in of_the_setup + tracers()] == [is_measured] * 4


def test_what_a_test_brings_in_is_found_in_one_line_and_in_many() -> None:
    text = (
        "import jetkiz\nimport jetkizz\nfrom bot import a, b\n"
        "from scheduler.x import (\n    c,\n)\n"
        "    from broadcast import inside\nfrom botany import d\n"
    )
    assert OURS.findall(text) == [
        "import jetkiz",
        "from bot import a, b",
        "from scheduler.x import (\n    c,\n)",
    ]
