"""The wheel carries all that a school needs, and works far from the checkout."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGES = {"jetkiz", "bot", "scheduler", "print_packs", "broadcast"}
# What a package reads at run time beside its code: each of these needs at least one file.
DATA = (
    "jetkiz/fonts/files/*.ttf",
    "jetkiz/i18n/locale/kk/LC_MESSAGES/*.po",
    "jetkiz/i18n/locale/ru/LC_MESSAGES/*.po",
    "jetkiz/migrations/env.py",
    "jetkiz/migrations/script.py.mako",
    "jetkiz/migrations/versions/*.py",
    "jetkiz/demo/school/roster.zip",
    "jetkiz/demo/school/households.xlsx",
    "jetkiz/demo/lessons/w05-g14-nature-frost/ru.pages.pdf",
    "jetkiz/demo/next_week/w06-g19-nature-weather/lesson.toml",
    "jetkiz/calendar/data/*.toml",
    "jetkiz/lessons/markup/data/*.toml",
    "jetkiz/rehearsal/chat_page/templates/*.html",
    "broadcast/data/*.toml",
    "scheduler/nation/data/*.csv",
    "jetkiz/web/templates/*.html",
    "jetkiz/web/static/*.js",
)
WITHOUT_CODE = {".pyc", ".pyo"}
# The tools that build and install are not ours to measure.
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}

pytestmark = pytest.mark.process


def run(command: Sequence[str | Path], **surroundings: str) -> str:
    """Run a command from a folder that is not the checkout and give what it printed."""
    outcome = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=surroundings.pop("cwd", str(CHECKOUT)),
        env={**os.environ, **surroundings},
        timeout=600,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    hatch = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    run(hatch, **UNMEASURED)
    (file,) = folder.glob("jetkiz-*.whl")
    return file


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in a folder of its own; its dependencies come from the running environment."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run([*pip, "--disable-pip-version-check", "--target", folder, wheel], **UNMEASURED)
    return folder


def test_the_wheel_has_five_packages_and_nothing_beside(names: list[str]) -> None:
    roots = {PurePosixPath(name).parts[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == PACKAGES


def test_no_test_and_no_compiled_file_is_shipped(names: list[str]) -> None:
    files = [PurePosixPath(name) for name in names]
    assert [f for f in files if f.suffix in WITHOUT_CODE or f.name.startswith("test_")] == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_every_package_is_typed(names: list[str], package: str) -> None:
    assert f"{package}/py.typed" in names


@pytest.mark.parametrize("pattern", DATA)
def test_the_data_is_in(names: list[str], pattern: str) -> None:
    assert [name for name in names if PurePosixPath(name).match(pattern)]


def test_every_file_of_the_packages_is_in(names: list[str]) -> None:
    listed = run(["git", "ls-files", "-z", *sorted(PACKAGES)]).split("\0")
    assert sorted({name for name in listed if name} - set(names)) == []


def test_the_licence_goes_along(names: list[str]) -> None:
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_the_command_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = "import jetkiz.cli, sys; print(jetkiz.cli.__file__); jetkiz.cli.main(['--help'])"
    away = {"PYTHONPATH": str(installed), "cwd": str(tmp_path), "JETKIZ_LANGUAGE": "kk"}
    printed = run([sys.executable, "-P", "-c", script], **away)
    assert printed.startswith(str(installed))
    assert "demo" in printed


def test_the_script_is_named(installed: Path, tmp_path: Path) -> None:
    away = {"PYTHONPATH": str(installed), "cwd": str(tmp_path)}
    assert "Usage: " in run([installed / "bin" / "jetkiz", "--help"], **away)


def test_a_database_is_made_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    script = (
        "from jetkiz.storage.database import Database\n"
        "from jetkiz.storage.schema import upgrade, version\n"
        "database = Database('sqlite:///school.sqlite3')\n"
        "upgrade(database)\n"
        "have, need = version(database)\n"
        "print('newest' if have == need else f'{have} is not {need}')\n"
    )
    away = {"PYTHONPATH": str(installed), "cwd": str(tmp_path)}
    assert run([sys.executable, "-P", "-c", script], **away).strip() == "newest"
