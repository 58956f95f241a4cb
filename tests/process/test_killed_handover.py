"""A process killed at the worst moments of a hand-over: nothing is lost, at most one goes twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.delivery import ledger
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import attempt, receipt
from jetkiz.engine.failpoints import VARIABLE
from jetkiz.storage.database import Database
from tests.factories import WEEK, add_people, publish_week

# Where the process dies, and whether the world has then seen something that no receipt tells of.
MOMENTS = {
    "before_dispatch:1": False,
    "after_dispatch:2": True,
    "before_receipts_commit:1": True,
    "after_receipts_commit:1": False,
}


def run_worker(url: str, folder: Path, failpoint: str = "") -> int:
    words = [sys.executable, "-m", "tests.handover_child", url, str(folder)]
    surroundings = os.environ | {VARIABLE: failpoint}
    return subprocess.run(words, env=surroundings, timeout=300, check=False).returncode


@pytest.mark.process
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_loses_nothing(sqlite_url: str, tmp_path: Path, moment: str) -> None:
    database = Database(sqlite_url)
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    assert run_worker(sqlite_url, tmp_path, moment) == -signal.SIGKILL
    assert run_worker(sqlite_url, tmp_path) == 0
    with database.read() as connection:
        states = {one.state for one in ledger.lesson_states(connection, WEEK)}
        outcomes = Counter(connection.scalars(select(attempt.c.outcome)))
        receipts = len(connection.execute(select(receipt.c.id)).all())
        assert ledger.differences(connection, WEEK) == []
    database.close()
    world = Counter((tmp_path / "world.txt").read_text().splitlines())
    assert states == {State.DISPATCHED}
    assert receipts == 2
    assert len(world) == 2
    assert sorted(world.values()) == ([1, 2] if MOMENTS[moment] else [1, 1])
    assert outcomes["handed"] == 2
    assert outcomes["started"] == 0
