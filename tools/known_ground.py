"""Which tests need not be measured, because others run every line that they run.

Measuring takes as long again as the test itself. Make the list anew when it has grown old, that is
when many tests are new, renamed or much slower. While it is empty, all of them are measured:

    : > tests/known_ground.txt
    pytest -n 2 --cov --cov-context=test --cov-report= --cov-fail-under=0 --junitxml=times.xml \
        tests/unit tests/contract tests/migration tests/integration
    python -m tools.known_ground .coverage times.xml
"""

import ast
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

LIST = Path("tests/known_ground.txt")
HEAD = """\
# Tests whose lines others measure: they run unmeasured, which takes half the time.
# Made by tools/known_ground.py; a test that is not named here is measured.
"""
# Quicker ones are not worth a line here.
LEAST_SECONDS = 0.25

Tests = Mapping[str, AbstractSet[Hashable]]


def known_ground(lines: Tests, seconds: Mapping[str, float], drawn: AbstractSet[str]) -> list[str]:
    """Return the tests, dear ones first, without which the others still run every line.

    Who draws its examples is measured for the first of them in any case, and relied on by none.
    """
    runs = Counter(line for test, own in lines.items() if test not in drawn for line in own)
    found = []
    for test in sorted(set(lines) - {"", *drawn}, key=lambda one: (-seconds.get(one, 0), one)):
        if seconds.get(test, 0) >= LEAST_SECONDS and all(runs[line] > 1 for line in lines[test]):
            runs.subtract(lines[test])
            found.append(test)
    return found


def test_of(context: str) -> str:
    """Return the test of a measured moment, whatever its arguments; nothing for an import."""
    return context.partition("|")[0].partition("[")[0]


def lines_of(file: str) -> dict[str, set[Hashable]]:
    """Return the ways from line to line that each test ran; those of imports under no name.

    Read as it is stored: asked for one test after the other, it would take an hour.
    """
    found = defaultdict[str, set[Hashable]](set)
    with closing(sqlite3.connect(file)) as stored:
        rows = stored.execute(
            "SELECT context, file_id, fromno, tono FROM arc JOIN context ON context.id = context_id"
        )
        for context, *way in rows:
            found[test_of(context)].add(tuple(way))
    return found


def seconds_of(file: str) -> dict[str, float]:
    """Return how long each test took, all its arguments together."""
    found = Counter[str]()
    for case in ET.parse(file).iter("testcase"):  # noqa: S314 - pytest wrote it
        module = case.get("classname", "").replace(".", "/")
        found[test_of(f"{module}.py::{case.get('name')}")] += float(case.get("time", 0))
    return dict(found)


def drawn_in(module: Path) -> Iterator[str]:
    """Yield the tests of a module that draw their examples."""
    text = module.read_text("utf-8")
    if "given" not in text:
        return
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            "'given'" in ast.dump(one) for one in node.decorator_list
        ):
            yield f"{module.as_posix()}::{node.name}"


def main() -> None:
    """Write the list."""
    lines, seconds = lines_of(sys.argv[1]), seconds_of(sys.argv[2])
    drawn = {name for module in Path("tests").rglob("test_*.py") for name in drawn_in(module)}
    # A model of many steps is a class: it draws too.
    drawn |= {test for test in lines if test.count("::") > 1}
    found = known_ground(lines, seconds, drawn)
    LIST.write_text(HEAD + "".join(f"{name}\n" for name in sorted(found)), "utf-8")


if __name__ == "__main__":
    main()
