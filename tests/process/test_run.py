"""`jetkiz run` as a service: it starts, says what runs, stops on SIGTERM, and is alone."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetkiz.engine.failpoints import NAMES, VARIABLE
from jetkiz.engine.workers import Heart, new_boot
from jetkiz.storage.database import Database

PATIENCE = 120.0
HERE = Path(__file__).parents[2]


class Service:
    """One `jetkiz run` in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("JETKIZ_")}
        clean |= {"PYTHONPATH": str(HERE), "PYTHONUNBUFFERED": "1", "JETKIZ_CONSOLE_PORT": "0"}
        self.log = folder / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jetkiz", "--data", str(folder / "data"), *arguments],
                cwd=folder,
                env=clean | environment,
                stdout=log,
                stderr=log,
            )

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def waits_for(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def ends(self, number: int | None = None) -> int:
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def school(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Path]:
    """A folder with an empty school; every service started in it is killed in the end."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_sqlite, tmp_path / "data" / "jetkiz.sqlite3")
    return tmp_path


@pytest.fixture
def services() -> Iterator[list[Service]]:
    started: list[Service] = []
    yield started
    for one in started:
        one.process.kill()
        one.process.wait()


@pytest.mark.process
def test_everything_runs_in_one_process_alone_and_stops_cleanly(
    school: Path, services: list[Service]
) -> None:
    first = Service(school, "run")
    services.append(first)
    first.waits_for("Everything runs.")
    for words in (
        "The worker school hands lessons over",
        "The clock looks",
        "The bot does not run: no token is set",
        "The console is open at http://127.0.0.1:",
    ):
        assert words in first.said
    second = Service(school, "run", "--only", "worker")
    services.append(second)
    assert second.ends() == 1
    assert "Another process already runs here as 'school'" in second.said
    assert "Traceback" not in second.said
    assert first.ends(signal.SIGTERM) == 0
    assert "Stopped. Nothing is lost" in first.said


# What is killed tells nothing of its lines; what then starts was measured above.
@pytest.mark.no_cover
@pytest.mark.process
def test_after_a_kill_it_starts_again_at_once(school: Path, services: list[Service]) -> None:
    only = ("run", "--only", "worker", "--only", "clock")
    services.append(Service(school, *only))
    services[0].waits_for("Everything runs.")
    services[0].ends(signal.SIGKILL)
    services.append(Service(school, *only))
    services[1].waits_for("Everything runs.")
    assert services[1].ends(signal.SIGINT) == 0


@pytest.mark.process
def test_a_database_that_is_not_ready_is_refused(tmp_path: Path, services: list[Service]) -> None:
    services.append(Service(tmp_path, "run"))
    assert services[0].ends() == 1
    assert "jetkiz database upgrade" in services[0].said


@pytest.mark.process
def test_a_bot_alone_without_a_token_has_nothing_to_do(
    school: Path, services: list[Service]
) -> None:
    services.append(Service(school, "--language", "ru", "run", "--only", "bot"))
    assert services[0].ends() == 1
    assert "токен не задан" in services[0].said
    assert "Запускать здесь нечего." in services[0].said


@pytest.mark.process
def test_one_bot_has_one_sender_whatever_the_worker_is_called(
    school: Path, services: list[Service]
) -> None:
    database = Database(f"sqlite:///{school / 'data' / 'jetkiz.sqlite3'}")
    # It goes on to beat: after half a minute of silence the name would be free.
    speaker = Heart(database, [new_boot("bot:4711")], None, lambda: None)
    speaker.start()
    environment = {"JETKIZ_WORKER": "second", "JETKIZ_TELEGRAM_TOKEN": "4711:secret"}
    environment["JETKIZ_TELEGRAM_API"] = "http://127.0.0.1:9"
    services.append(Service(school, "run", "--only", "bot", **environment))
    try:
        assert services[0].ends() == 1
    finally:
        speaker.stop()
        database.close()
    assert "Another process already runs here as 'bot:4711'" in services[0].said
    assert "One bot speaks from one process" in services[0].said
    assert "secret" not in services[0].said


@pytest.mark.process
@pytest.mark.parametrize("name", NAMES)
def test_a_failpoint_kills_at_the_passing_it_names(name: str) -> None:
    program = (
        "from jetkiz.engine.failpoints import failpoint\n"
        f"for n in (1, 2, 3): print(n, flush=True); failpoint('other'); failpoint('{name}')"
    )
    run = [sys.executable, "-c", program]
    for setting, lines in ((f"{name}:2", "1\n2\n"), (name, "1\n"), ("", "1\n2\n3\n")):
        ended = subprocess.run(
            run,
            env=os.environ | {VARIABLE: setting},
            cwd=HERE,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.stdout == lines
        assert ended.returncode == (-signal.SIGKILL if setting else 0)


@pytest.mark.process
def test_senders_run_beside_each_other_under_names_of_their_own(
    school: Path, services: list[Service]
) -> None:
    place = {"JETKIZ_TELEGRAM_TOKEN": "1:test", "JETKIZ_TELEGRAM_API": "http://127.0.0.1:9"}
    only = ("run", "--only", "sender")
    services.append(Service(school, *only, **place))
    services[0].waits_for("Everything runs.")
    services.append(Service(school, *only, **place))
    services.append(Service(school, *only, **place, JETKIZ_WORKER="second"))
    services[2].waits_for("Everything runs.")
    assert services[1].ends() == 1
    assert "Another process already runs here as 'sender:school'" in services[1].said
    assert [one.ends(signal.SIGTERM) for one in (services[0], services[2])] == [0, 0]


@pytest.mark.process
def test_a_sender_without_a_token_has_nothing_to_do(school: Path, services: list[Service]) -> None:
    services.append(Service(school, "run", "--only", "sender"))
    assert services[0].ends() == 1
    assert "no token is set" in services[0].said


@pytest.mark.process
def test_a_sender_alone_loads_nothing_that_it_does_not_need() -> None:
    """Sixty megabytes are the room for it: one library too many, and it no longer fits."""
    heavy = ("aiogram", "pydantic", "alembic", "cryptography", "sqlalchemy.dialects.postgresql")
    words = (
        f"import sys, bot.sending.sender_service; print([n for n in {heavy} if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == "[]"
