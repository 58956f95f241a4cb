"""Code, screens and documents call a thing by the one word of the glossary."""

import re
from pathlib import Path

import pytest

from tools import sizes
from tools.messages import messages

PAGE = Path("docs/glossary.md")
WORDS = (
    *("student", "household", "guardian", "coordinator", "teacher", "broadcaster", "official"),
    *("school", "class", "lesson", "format", "access profile", "channel", "reach"),
    *("plan", "choice", "delivery", "consignment", "batch", "dispatch", "attempt", "receipt"),
    *("duty class", "seat", "session", "attendance list"),
    *("pack", "cover sheet", "answer sheet", "registry", "slot", "airing", "timetable"),
    *("as-run log", "task", "return", "feedback", "code", "due", "cut-off", "lead time"),
    *("reminder", "replan"),
)
# "Assignment" is homework in school systems and allocation in schedulers; a pupil is a student.
BANNED = ("assignment", "pupil")
FILES = sizes.python_files(*sizes.ROOTS, *sizes.BESIDE)


def rows() -> dict[str, list[str]]:
    """The table: English word, then Kazakh, Russian, meaning, and what it is not called."""
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("|")
    )
    return {row[0].strip("*"): row[1:] for row in cells}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_explained_in_three_languages(word: str) -> None:
    row = rows()[word]
    assert len(row) == 4
    kazakh, russian, meaning, _not = row
    assert all(re.search("[а-яәіңғүұқөһ]", cell, re.IGNORECASE) for cell in (kazakh, russian))
    assert meaning


@pytest.mark.parametrize("banned", BANNED)
def test_no_name_uses_a_banned_word(banned: str) -> None:
    wrong = [
        f"{file}: {name}"
        for file in FILES
        for name in sizes.facts_of(file).names
        if banned in name.lower()
    ]
    assert wrong == []


@pytest.mark.parametrize("banned", BANNED)
def test_no_screen_uses_a_banned_word(banned: str) -> None:
    assert [m.where for m in messages() if banned in (m.text + m.plural).lower()] == []


def test_a_banned_name_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text("class PupilRow:\n    pass\n")
    assert "PupilRow" in sizes.facts_of(file).names
