"""The command from outside: help in three languages, refusals with words and status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jetkiz.cli import COMMANDS


def _jetkiz(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("JETKIZ_")}
    clean["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, "-m", "jetkiz", *arguments],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Commands"), ("ru", "Команды"), ("kk", "Командалар")]
)
def test_the_help_names_every_command(tmp_path: Path, language: str, word: str) -> None:
    found = _jetkiz("--help", folder=tmp_path, JETKIZ_LANGUAGE=language)
    assert found.returncode == 0
    assert word in found.stdout
    assert all(name in found.stdout for name in COMMANDS)


def test_a_wrong_setting_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    found = _jetkiz("report", "week", "2026-W05", folder=tmp_path, JETKIZ_LANGUAGE="de")
    assert found.returncode == 1
    assert "Choose kk, ru or en." in found.stderr
    assert "Traceback" not in found.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    clean = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    reading, writing = os.pipe()
    os.close(reading)
    found = subprocess.run(
        [sys.executable, "-u", "-m", "jetkiz", "--help"],
        cwd=tmp_path,
        env=clean,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=300,
        check=False,
    )
    os.close(writing)
    assert b"Traceback" not in found.stderr
    assert b"BrokenPipe" not in found.stderr


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    found = _jetkiz("dance", folder=tmp_path)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
