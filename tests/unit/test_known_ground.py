"""The list of tests that run unmeasured loses no line, and names only tests that there are."""

import re
from functools import cache
from pathlib import Path

from coverage import CoverageData
from hypothesis import given
from hypothesis import strategies as st

from tests.measuring import FIRST
from tools import known_ground

ROOT = Path(__file__).parents[2]
LISTED = [
    line
    for line in (ROOT / known_ground.LIST).read_text("utf-8").splitlines()
    if not line.startswith("#")
]

names = st.sampled_from(["", *"abcdefgh"])
runs = st.dictionaries(names, st.frozensets(st.integers(0, 9)), max_size=9)
times = st.dictionaries(names, st.floats(0, 3), max_size=9)


@given(runs, times, st.sets(names))
def test_who_is_left_runs_every_line(
    lines: dict[str, frozenset[int]], seconds: dict[str, float], drawn: set[str]
) -> None:
    found = known_ground.known_ground(lines, seconds, drawn)
    assert len(found) == len(set(found))
    plain = set(lines) - drawn
    assert set(found) <= plain - {""}
    before = {line for test in plain for line in lines[test]}
    assert {line for test in plain - set(found) for line in lines[test]} == before
    assert all(seconds[test] >= known_ground.LEAST_SECONDS for test in found)


def test_the_dear_one_of_two_is_named_and_neither_where_each_has_its_own() -> None:
    seconds = {"a": 1.0, "b": 2.0, "": 9.0}
    both = {"a": {1, 2}, "b": {1}}
    assert known_ground.known_ground(both, seconds, set()) == ["b"]
    assert known_ground.known_ground({"a": {1, 2}, "b": {2, 3}}, seconds, set()) == []
    assert known_ground.known_ground({"a": {1}, "b": {1}}, seconds, set()) == ["b"]
    assert known_ground.known_ground({"a": {1}, "b": {1}}, seconds, {"a"}) == []
    assert known_ground.known_ground({"a": {1}, "b": {1}}, {"b": 0.1}, set()) == []
    # What an import ran is run by whoever imports; an import is no test.
    assert known_ground.known_ground({"": {1}, "b": {1}}, seconds, set()) == ["b"]


def test_a_moment_belongs_to_its_test_whatever_the_arguments() -> None:
    for moment in ("m.py::test_a[x-1|2]|run", "m.py::test_a[x]|setup", "m.py::test_a|teardown"):
        assert known_ground.test_of(moment) == "m.py::test_a"
    assert known_ground.test_of("") == ""


def test_who_draws_examples_is_recognised() -> None:
    found = set(known_ground.drawn_in(Path("tests/unit/test_known_ground.py")))
    assert found == {"tests/unit/test_known_ground.py::test_who_is_left_runs_every_line"}
    assert FIRST > 1


def test_what_coverage_kept_is_read(tmp_path: Path) -> None:
    kept = CoverageData(str(tmp_path / "data"))
    for context, arcs in (("t.py::test_a[1]|run", {(1, 2)}), ("t.py::test_a[2]|run", {(2, -1)})):
        kept.set_context(context)
        kept.add_arcs({"one.py": arcs})
    kept.set_context("")
    kept.add_arcs({"two.py": {(1, 2)}})
    kept.close()
    found = known_ground.lines_of(str(tmp_path / "data"))
    assert found == {"t.py::test_a": {(1, 1, 2), (1, 2, -1)}, "": {(2, 1, 2)}}


def test_the_times_of_all_arguments_are_added(tmp_path: Path) -> None:
    file = tmp_path / "times.xml"
    case = '<testcase classname="tests.unit.test_a" name="{}" time="{}" />'
    cases = case.format("test_b[1]", "0.5") + case.format("test_b[2]", "0.25")
    file.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", "utf-8")
    assert known_ground.seconds_of(str(file)) == {"tests/unit/test_a.py::test_b": 0.75}


@cache
def functions(module: str) -> set[str]:
    text = (ROOT / module).read_text("utf-8")
    return set(re.findall(r"^(?:async )?def (\w+)", text, re.MULTILINE))


def test_every_test_of_the_list_is_there_and_none_draws() -> None:
    modules = {name.partition("::")[0] for name in LISTED}
    drawn = {one for module in modules for one in known_ground.drawn_in(ROOT / module)}
    for name in LISTED:
        module, _, function = name.partition("::")
        assert (ROOT / module).is_file(), name
        assert function in functions(module), name
        assert (ROOT / name).as_posix() not in drawn, name
    assert sorted(LISTED) == LISTED
