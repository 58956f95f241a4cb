"""The search for registries and machine paths finds them, and leaves honest text alone."""

from pathlib import Path

import pytest

from tools import traces

# Written in pieces, as in the tool: this file too must pass the check.
REGISTRY = "https://" + "py" + "pi.org/simple"
HOME = "/" + "home/aigul/jetkiz"


@pytest.mark.parametrize(
    "line",
    [f"index-url = {REGISTRY}", f'path = "{HOME}"', f"cd {HOME}", f"({HOME})", f"x={HOME}"],
)
def test_a_trace_is_found(tmp_path: Path, line: str) -> None:
    file = tmp_path / "sample.txt"
    file.write_text(f"first\n{line}\n")
    assert [trace.partition(": ")[0] for trace in traces.traces_in(file)] == [f"{file}:2"]


@pytest.mark.parametrize(
    "line",
    [
        f"https://example.org{HOME}",
        "a/wo" + "rk/b",
        "the root of it all",
        "/homework/3",
        "/var/lib",
    ],
)
def test_honest_text_is_left_alone(tmp_path: Path, line: str) -> None:
    file = tmp_path / "sample.txt"
    file.write_text(line)
    assert traces.traces_in(file) == []


def test_a_picture_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "sample.png"
    file.write_bytes(b"\x89PNG\xff\xfe" + REGISTRY.encode())
    assert traces.traces_in(file) == []


def test_the_committed_files_are_listed() -> None:
    assert Path("pyproject.toml") in traces.committed_files()
