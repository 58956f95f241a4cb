"""A term from the command line: a table, a file and a picture, in each language, and refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tests.spoken import Jetkiz

ROOT = Path(__file__).parents[2]
SMALL = ("--students", "300", "--weeks", "2", "--seeds", "2", "--week", "2026-W05")


def simulate(
    folder: Path, *arguments: str, language: str = "en"
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("JETKIZ_")}
    return subprocess.run(
        [sys.executable, "-m", "jetkiz", "simulate", *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(ROOT), "JETKIZ_LANGUAGE": language},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_a_term_is_told_drawn_and_kept(tmp_path: Path) -> None:
    language, word = "kk", "теледидар"
    policies = ("--policy", "tv", "--policy", "rule-2020-second-ways")
    found = simulate(tmp_path, *SMALL, *policies, language=language)
    assert found.returncode == 0, found.stderr
    assert word in found.stdout
    assert "±" in found.stdout
    folder = tmp_path / "simulation"
    kept = json.loads((folder / "simulation.json").read_text("utf-8"))
    assert list(kept["policies"]) == ["tv", "rule-2020-second-ways"]
    assert kept["policies"]["tv"]["mean"]["received"] < 0.5
    drawn = etree.fromstring((folder / "simulation.svg").read_bytes())
    assert word in " ".join(drawn.itertext())
    before = (folder / "simulation.json").read_bytes(), (folder / "simulation.svg").read_bytes()
    again = simulate(tmp_path, *SMALL, *policies, "--into", "again", language=language)
    assert again.returncode == 0
    for name, content in zip(("simulation.json", "simulation.svg"), before, strict=True):
        assert (tmp_path / "again" / name).read_bytes() == content


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--weeks", "0"), "A term of 0 weeks cannot be simulated. Write a number from 1 to 52."),
        (("--policy", "magic"), "There is no policy 'magic'."),
        (("--students", "-1"), "A term of -1 students"),
        (("--seeds", "101"), "A term cannot be drawn 101 times."),
        (("--week", "2026-W99"), "2026-W99"),
        (("--parameters", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Jetkiz(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path, capsys)
    into = tmp_path / "simulation"
    assert words in command.refuses("simulate", *arguments, "--into", str(into))
    assert not into.exists()


def test_a_refusal_from_outside_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    found = simulate(tmp_path, "--weeks", "0", language="ru")
    assert found.returncode == 1
    assert "смоделировать нельзя" in found.stderr
    assert "Traceback" not in found.stderr
