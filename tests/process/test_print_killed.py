"""A print run that is killed at any moment is taken up: the same packs, numbers and bytes."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from jetkiz.engine.failpoints import VARIABLE
from jetkiz.roster.tables import household
from jetkiz.storage.database import Database
from print_packs.s10.numbers import Number
from print_packs.s10.ranges import Range, add_range
from print_packs.s10.tables import s10_event, s10_number
from print_packs.tables import pack, print_run, sheet
from tests.factories import NOW, WEEK
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in

BEFORE_NUMBERS = "before_numbers_commit:1"
# What is known of postal numbers at each moment: printed before anything is released.
MOMENTS = {"before_stack:2": "allotted", "before_checksums:1": "printed"}


@pytest.fixture
def school(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A school whose week waits for the printer, with a roll of postal numbers for both homes."""
    folder = tmp_path / "school"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    workplace = workplace_in(folder, database)
    with database.write() as connection:
        print_school(connection)
        connection.execute(update(household).values(delivery_mode="post"))
        add_range(connection, Range(Number("RR", 1), Number("RR", 9)), "aigul", NOW)
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)
    database.close()
    return folder


def prints(folder: Path, failpoint: str = "", processes: int = 1) -> int:
    words = [sys.executable, "-m", "tests.printing_child", str(folder), str(processes)]
    surroundings = os.environ | {VARIABLE: failpoint}
    return subprocess.run(words, env=surroundings, timeout=300, check=False).returncode


def files(folder: Path) -> dict[str, bytes]:
    run = folder / "packs" / WEEK / "run-1"
    found = [file for file in run.rglob("*") if file.is_file()]
    return {file.relative_to(run).as_posix(): file.read_bytes() for file in found}


def counted(folder: Path) -> list[int | None]:
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    with database.read() as connection:
        found = [
            connection.scalar(select(func.count()).select_from(one))
            for one in (print_run, pack, sheet)
        ]
    database.close()
    return found


def postal_numbers(folder: Path) -> list[tuple[int, int, str]]:
    """Return serial, place of the pack in its run and state of every number that has a row."""
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    c = s10_number.c
    with database.read() as connection:
        rows = connection.execute(
            select(c.serial, pack.c.place, c.state).outerjoin_from(s10_number, pack)
        )
        found = sorted((serial, place, state) for serial, place, state in rows)
    database.close()
    return found


def told(folder: Path) -> list[str]:
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    with database.read() as connection:
        found = list(connection.scalars(select(s10_event.c.state).order_by(s10_event.c.id)))
    database.close()
    return found


@pytest.mark.process
def test_a_run_killed_at_any_moment_gives_the_same_bytes_once_more(school: Path) -> None:
    """Each kill leaves what the one before left; two processes draw what one drew."""
    assert prints(school, BEFORE_NUMBERS) == -signal.SIGKILL
    assert counted(school) == [0, 0, 0]
    assert postal_numbers(school) == []
    for moment, state in MOMENTS.items():
        assert prints(school, moment) == -signal.SIGKILL
        assert "SHA256SUMS" not in files(school), moment
        assert postal_numbers(school) == [(1, 1, state), (2, 2, state)], moment
    before = counted(school)
    assert prints(school) == 0
    whole = files(school)
    assert {"stack-1.pdf", "stack-2.pdf", "job.json", "SHA256SUMS"} <= set(whole)
    assert prints(school, processes=2) == 0
    assert files(school) == whole
    assert counted(school) == before
    assert postal_numbers(school) == [(1, 1, "printed"), (2, 2, "printed")]
    assert told(school) == ["allotted"] * 2 + ["printed"] * 2
