"""Runs of ``jetkiz demo`` as a person starts it, with the families on a Telegram of their own."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jetkiz.demo.stage import CHATS
from jetkiz.rehearsal.director.people_client import RehearsedPeople
from jetkiz.rehearsal.server import Options, RehearsalServer
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.storage.whole_files import write_whole
from tests.measuring import MEASURED, without_other_threads

ROOT = Path(__file__).parents[1]
PATIENCE = 600
# The demo with a watch in its own process: who watched from outside could be held until all is
# over. It plays Telegram itself, and dies when families have seen so many messages.
MORTAL = """
import os, signal, sys, threading, time
from pathlib import Path
from jetkiz import cli

def die(chats, count):
    while not chats.exists() or chats.read_bytes().count(b'["message_posted",') < count:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)

chats, count = Path(sys.argv.pop(1)), int(sys.argv.pop(1))
threading.Thread(target=die, args=(chats, count), daemon=True).start()
cli.main()
"""
WIDE = Limits(bot=Rate(2000, 2000), chat=Rate(200, 200))


@dataclass(frozen=True)
class DemoRun:
    """A finished demo: its folder and what it printed."""

    folder: Path
    printed: str

    def report(self) -> dict[str, Any]:
        """The report as written."""
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return found


@contextmanager
def telegram() -> Iterator[RehearsedPeople]:
    """A fake Telegram that outlives the program under test."""
    with RehearsalServer(Options(token="1:demo", limits=WIDE)) as server:
        yield RehearsedPeople(server.url)


def run_demo(folder: Path, *more: str, measured: bool = True, dies_at: int = 0) -> str:
    """Run the demo as a child process and return what it printed; a failed one fails the test.

    One that walks over known ground runs unmeasured. ``dies_at`` is the number of messages after
    which the power goes.
    """
    left_out = ("JETKIZ_",) if measured else ("JETKIZ_", MEASURED)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    mortal = ["-c", MORTAL, str(folder / CHATS), str(dies_at)]
    run = subprocess.Popen(
        [
            sys.executable,
            *(mortal if dies_at else ["-m", "jetkiz"]),
            "demo",
            "--out",
            folder,
            *more,
        ],
        cwd=ROOT,
        env=without_other_threads(clean),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        printed, _ = run.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        run.kill()
        printed, _ = run.communicate()
        raise AssertionError(f"the demo did not end:\n{printed}") from None
    assert run.returncode == (-signal.SIGKILL if dies_at else 0), printed
    return printed


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> DemoRun:
    """One undisturbed demo for all tests that look at its results, in whatever process."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "demo"
    shared.mkdir(exist_ok=True)
    with (shared / "turn").open("w") as turn:
        # Given back by the system when the file is closed, also by a process that dies.
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _the_one_run(shared)


def _the_one_run(shared: Path) -> DemoRun:
    folder, told = shared / "out", shared / "printed.txt"
    if not told.exists():
        with telegram() as people:
            write_whole(told, run_demo(folder, "--telegram", people.url).encode())
    return DemoRun(folder, told.read_text("utf-8"))
