"""The house style in numbers: small functions, small files, speaking names, narrow excepts."""

import statistics
from pathlib import Path

import pytest

from tools import sizes

PRODUCT = sizes.python_files(*sizes.ROOTS)
EVERYTHING = [*PRODUCT, *sizes.python_files(*sizes.BESIDE)]
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
BROAD_EXCEPTS = 3
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def test_no_function_is_too_long() -> None:
    functions = [function for file in EVERYTHING for function in sizes.facts_of(file).functions]
    assert [f for f in functions if f.lines > LONGEST_FUNCTION] == []


def test_functions_of_the_product_are_small() -> None:
    lengths = [function.lines for file in PRODUCT for function in sizes.facts_of(file).functions]
    assert statistics.median(lengths) <= 9
    assert sizes.percentile(lengths, 0.9) <= 30


def test_no_file_is_too_long() -> None:
    lengths = {str(file): len(file.read_text("utf-8").splitlines()) for file in EVERYTHING}
    assert {file: n for file, n in lengths.items() if n > LONGEST_FILE} == {}


def test_every_module_says_what_is_decided_there() -> None:
    silent = [
        str(file)
        for file in EVERYTHING
        if file.read_text("utf-8").strip() and not sizes.facts_of(file).docstring
    ]
    assert silent == []


def test_no_module_has_an_empty_name() -> None:
    assert [str(file) for file in EVERYTHING if file.stem in EMPTY_NAMES] == []


def test_broad_excepts_are_rare() -> None:
    found = [where for file in PRODUCT for where in sizes.facts_of(file).broad_excepts]
    assert len(found) <= BROAD_EXCEPTS, found


@pytest.mark.parametrize(
    ("source", "broad"),
    [
        ("except Exception:", True),
        ("except BaseException as error:", True),
        ("except (ValueError, Exception):", True),
        ("except:", True),
        ("except ValueError:", False),
        ("except (ValueError, OSError):", False),
    ],
)
def test_the_counting_of_broad_excepts(tmp_path: Path, source: str, *, broad: bool) -> None:
    file = tmp_path / "sample.py"
    file.write_text(f"try:\n    pass\n{source}\n    pass\n")
    assert bool(sizes.facts_of(file).broad_excepts) is broad


def test_the_counting_of_lines(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(
        '"""Words\nover two lines."""\n\n# A comment.\n\n\ndef f():\n    return """\n"""\n'
    )
    assert sizes.code_lines(file) == 3
    assert [function.lines for function in sizes.facts_of(file).functions] == [3]
