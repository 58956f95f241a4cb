"""Missing programs are named, installed where that is allowed, and fatal where nothing may miss."""

from pathlib import Path

import pytest

from tests import gates
from tools import system_tools


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on whose path is nothing at all."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def put_program(folder: Path, name: str) -> None:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)


def test_a_program_is_found_under_another_name(bare_machine: Path) -> None:
    put_program(bare_machine, "chromium-browser")
    assert system_tools.find("chromium") == str(bare_machine / "chromium-browser")


def test_a_program_that_is_not_there_is_missing(bare_machine: Path) -> None:
    put_program(bare_machine, "qpdf")
    assert "chromium" in system_tools.missing_programs()
    assert "qpdf" not in system_tools.missing_programs()


def test_one_package_brings_two_programs() -> None:
    assert system_tools.packages_of(["pdftotext", "pdftoppm", "qpdf"]) == ["poppler-utils", "qpdf"]


@pytest.mark.usefixtures("bare_machine")
def test_without_apt_nothing_is_installed() -> None:
    assert not system_tools.may_install()


@pytest.mark.usefixtures("bare_machine")
def test_what_is_missing_is_named_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_tools.main() == 0
    assert (
        "apt-get install chromium liblouis-bin nodejs npm poppler-utils qpdf xmltv-util"
        in capsys.readouterr().out
    )


@pytest.mark.usefixtures("bare_machine")
def test_in_continuous_integration_a_gap_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert system_tools.main() == 1


def test_a_complete_machine_passes(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    for program in system_tools.PROGRAMS:
        put_program(bare_machine, program)
    assert system_tools.main() == 0
    assert "All system tools are here" in capsys.readouterr().out


@pytest.mark.usefixtures("bare_machine")
def test_a_test_without_its_tool_is_left_out() -> None:
    with pytest.raises(pytest.skip.Exception, match="missing: qpdf"):
        gates.leave_out("qpdf")


def test_in_continuous_integration_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="qpdf is missing"):
        gates.leave_out("qpdf")
