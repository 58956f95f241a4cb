"""A print run that is killed at any moment is taken up: no pack twice, none missing, same bytes."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.engine.failpoints import VARIABLE
from jetkiz.storage.database import Database
from print_packs.tables import pack, print_run, sheet
from tests.factories import WEEK
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in

MOMENTS = ("before_stack:2", "before_checksums:1")


@pytest.fixture
def school(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A school whose week waits for the printer."""
    folder = tmp_path / "school"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{folder / 'jetkiz.sqlite3'}")
    workplace = workplace_in(folder, database)
    with database.write() as connection:
        print_school(connection)
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


@pytest.mark.process
def test_a_run_killed_at_any_moment_gives_the_same_bytes_once_more(school: Path) -> None:
    """Each kill leaves what the one before left; two processes draw what one drew."""
    for moment in MOMENTS:
        assert prints(school, moment) == -signal.SIGKILL
        assert "SHA256SUMS" not in files(school), moment
    before = counted(school)
    assert prints(school) == 0
    whole = files(school)
    assert {"stack-1.pdf", "stack-2.pdf", "job.json", "SHA256SUMS"} <= set(whole)
    assert prints(school, processes=2) == 0
    assert files(school) == whole
    assert counted(school) == before
