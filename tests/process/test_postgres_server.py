"""The server of the tests: killed with its test run, it is stopped and removed by the next."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres_server import address, find_binaries, running_server

pytestmark = pytest.mark.process

RUN = """
import time
from tests.postgres_server import running_server
with running_server() as server:
    print(server.port, flush=True)
    time.sleep(3600)
"""


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the user nobody can reach, which tmp_path is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setenv("PYTEST_DEBUG_TEMPROOT", name)
        yield folder


@pytest.fixture
def killed_run(root: Path) -> int:
    """A test run that was killed without a chance to stop its server; gives the port."""
    assert list(root.iterdir()) == []
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
    with run:
        assert run.stdout is not None
        port = int(run.stdout.readline())
        os.kill(run.pid, signal.SIGKILL)
    return port


def answers(port: int) -> bool:
    try:
        psycopg.connect(address(port)).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.usefixtures("postgres_server")
def test_what_a_killed_run_left_is_swept_by_the_next(killed_run: int, root: Path) -> None:
    assert answers(killed_run)
    with running_server() as server:
        deadline = time.monotonic() + 60
        while answers(killed_run) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not answers(killed_run)
        assert answers(server.port)
    assert list(root.iterdir()) == []


def test_a_folder_of_binaries_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_binaries()
    monkeypatch.setenv("JETKIZ_TEST_POSTGRES", str(found))
    monkeypatch.setenv("PATH", "")
    assert find_binaries() == found
