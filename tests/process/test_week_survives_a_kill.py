"""A program killed in the middle of the week is started again, and the week ends the same."""

import signal
from pathlib import Path

import pytest

from tests.demo_runs import DemoRun, finish, start_demo, telegram, wait_for_messages

# Somewhere on Monday and somewhere on Wednesday.
KILLS = (60, 200)


@pytest.mark.process
def test_a_week_killed_twice_ends_as_an_undisturbed_one(demo_run: DemoRun, tmp_path: Path) -> None:
    with telegram() as people:
        for count in KILLS:
            run = start_demo(tmp_path / "out", people)
            wait_for_messages(people, count)
            run.send_signal(signal.SIGKILL)
            run.communicate()
            assert run.returncode == -signal.SIGKILL
        finish(start_demo(tmp_path / "out", people))
        killed = DemoRun(tmp_path / "out", "", people)
        assert killed.report() == demo_run.report()
