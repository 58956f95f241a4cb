"""Somebody who only asks for help does not wait for libraries that the answer does not need."""

import subprocess
import sys

import pytest

# From 0.1 to 4 seconds of processor time each.
HEAVY = {
    *("aiogram", "aiohttp", "alembic", "apscheduler", "dbos", "holidays", "numpy", "openpyxl"),
    *("PIL", "pikepdf", "psycopg", "pydantic", "reportlab", "sqlalchemy", "typst", "zxingcpp"),
}

pytestmark = pytest.mark.process


def loaded_by(*arguments: str) -> set[str]:
    """The libraries in memory after one command has run in a fresh process."""
    script = (
        "import sys\n"
        "from jetkiz.cli import main\n"
        "try:\n"
        f"    main({list(arguments)!r})\n"
        "finally:\n"
        "    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300
    )
    return set(child.stderr.split())


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("--help") & HEAVY == set()


def test_the_list_of_libraries_can_be_trusted() -> None:
    assert {"jetkiz", "click"} <= loaded_by("--help")
