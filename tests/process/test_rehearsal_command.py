"""The rehearsal runs by one command, can be killed and started again, and explains itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetkiz.rehearsal import RehearsedPeople
from jetkiz.rehearsal.__main__ import main, spoken_language

COMMAND = (sys.executable, "-m", "jetkiz.rehearsal", "--port", "0", "--token", "1:test")


class Rehearsal:
    """The command as its own process."""

    def __init__(self, *more: str) -> None:
        self.process = subprocess.Popen((*COMMAND, *more), stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().strip()

    @property
    def people(self) -> RehearsedPeople:
        return RehearsedPeople(f"http://127.0.0.1:{self.line}")

    def end(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        self.process.communicate(timeout=120)
        return int(self.process.returncode)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "rehearsal.jsonl"
    assert (tmp_path / "rehearsal.jsonl").stat().st_size > 0


@pytest.mark.process
def test_a_killed_rehearsal_forgets_nothing(journal: Path) -> None:
    first = Rehearsal("--print-port", "--journal", str(journal))
    first.people.person("alice", "Әлия", "kk")
    first.people.start("alice", "k1")
    first.people.say("alice", "Сәлем", key="hello")
    before = first.people.get("transcript")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = Rehearsal("--print-port", "--journal", str(journal))
    assert second.people.get("transcript") == before
    second.people.say("alice", "Сәлем", key="hello")
    assert len(second.people.chat("alice")) == 2
    assert second.end(signal.SIGTERM) == 0


@pytest.mark.process
def test_it_says_where_it_is_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETKIZ_LANGUAGE", "ru")
    rehearsal = Rehearsal()
    assert rehearsal.line.startswith("Репетиция открыта по адресу http://127.0.0.1:")
    assert rehearsal.end(signal.SIGINT) == 0


def test_a_bad_token_is_one_sentence_not_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_LANGUAGE", "kk")
    assert main(["--token", "nonsense", "--messages-per-second", "0"]) == 1
    assert capsys.readouterr().err.startswith("nonsense - бот токені емес. ")


def test_help_is_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JETKIZ_LANGUAGE", "kk")
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "Боттың аты" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("surroundings", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "JETKIZ_LANGUAGE": "kk"}, "kk"),
    ],
)
def test_whose_language(surroundings: dict[str, str], language: str) -> None:
    assert spoken_language(surroundings) == language


def test_the_bot_needs_nothing_else() -> None:
    """The rehearsal is light: it loads neither the bot nor the database."""
    script = "import sys, jetkiz.rehearsal; print(*sys.modules)"
    loaded = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, text=True, check=True, env=os.environ
    ).stdout.split()
    assert {"aiogram", "sqlalchemy", "reportlab"} & set(loaded) == set()
