"""The power goes, or a second one starts, while a nation's plan enters the database."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.calendar.school_weeks import week_of
from jetkiz.delivery.tables import curriculum, plan_template, student_week
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from scheduler.nation.making import Wanted, make_nation
from scheduler.nation.plan_folder import Outcome
from scheduler.nation.planning import plan_nation
from scheduler.nation.solving import solve_nation
from scheduler.nation.storing import store_plan
from scheduler.plan_store import read_runs
from tests.nations import population

STUDENTS = 30
NOW = datetime.now(tz=UTC)
COMING = week_of(NOW.date() + timedelta(days=7))

# The third part of the rows is never sent: the process dies between the second and the third.
KILLED = """
import os, signal, sys
from jetkiz import cli
from jetkiz.delivery import whole_weeks

parts = whole_weeks._parts

def until_the_power_goes(rows):
    for number, part in enumerate(parts(rows)):
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        yield part

whole_weeks.CHUNK = 10
whole_weeks._parts = until_the_power_goes
cli.main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("killed") / "nation"
    make_nation(found, population(), Wanted(STUDENTS, 1, COMING), lambda _: None)
    return found


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return plan_nation(folder, folder / "plan", solve_nation, NOW.date(), lambda _: None).outcome


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def counted(database: Database) -> list[int | None]:
    with database.read() as connection:
        tables = (student_week, plan_template, curriculum)
        counts = [connection.scalar(select(func.count()).select_from(one)) for one in tables]
        return [*counts, len(read_runs(connection, COMING))]


def start(folder: Path, url: str, *start: str) -> subprocess.CompletedProcess[str]:
    words = ("--data", str(folder.parent / "data"), "--database-url", url, "--language", "en")
    make = ("plan", "make", COMING, "--problem", str(folder), "--store")
    return subprocess.run(
        [sys.executable, *start, *words, *make],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.process
def test_a_kill_in_the_middle_leaves_nothing_and_the_next_one_succeeds(
    database_url: str, database: Database, folder: Path
) -> None:
    killed = start(folder, database_url, "-c", KILLED)
    assert killed.returncode == -9, killed.stderr
    assert "putting the plan in force" in killed.stderr
    assert counted(database) == [0, 0, 0, 0]
    again = start(folder, database_url, "-m", "jetkiz")
    assert again.returncode == 0, again.stderr
    assert f"is in force for {STUDENTS} students" in again.stdout
    students, _, _, runs = counted(database)
    assert (students, runs) == (STUDENTS, 1)


@pytest.mark.process
def test_without_parquet_storing_says_what_to_install(sqlite_url: str, folder: Path) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from jetkiz import cli; cli.main()"
    ended = start(folder, sqlite_url, "-c", code)
    assert ended.returncode == 1
    assert "pip install 'jetkiz[nation]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_at_once_store_one_plan(
    database: Database, outcome: Outcome, thread: ThreadPoolExecutor
) -> None:
    def store() -> None:
        with database.write() as connection:
            store_plan(connection, outcome, "second", NOW)

    with database.write() as connection:
        store_plan(connection, outcome, "first", NOW)
        second = thread.submit(store)
        with pytest.raises(StillWaiting):
            second.result(0.3)
    with pytest.raises(JetkizError, match=r"another plan of week|in the ledger already"):
        second.result(60)
    with database.read() as connection:
        (run,) = read_runs(connection, COMING)
    assert run.approved_by == "first"
    assert counted(database)[0] == STUDENTS
