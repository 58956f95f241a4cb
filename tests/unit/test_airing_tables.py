"""The planner's table of values on the broadcaster's side: what it changes, and what is refused."""

from pathlib import Path

import pytest

from broadcast.airing_values import COLUMNS, read_values, refuse_other_lessons
from jetkiz.errors import JetkizError
from scheduler import airing_values as planners
from tests.print_school import a_lesson

HEAD = "lesson,language,value,students\n"


def test_both_sides_speak_of_the_same_columns() -> None:
    assert planners.COLUMNS == COLUMNS


def written(folder: Path, content: bytes) -> Path:
    file = folder / "values.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + "l1,kk,2.5,7\n\nl1,ru,0,0\n").encode(),
        ("\ufeff" + HEAD + "l1,kk,2.5,7\r\nl1,ru,0.0,0\r\n").encode(),
        (HEAD + "l1,kk,2.5,7\nl1,ru,0,0").replace(",", ";").encode(),
    ],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    assert read_values(written(tmp_path, content)) == {("l1", "kk"): 2.5, ("l1", "ru"): 0.0}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no table of values"),
        (b"lesson,value\nl1,2\n", "no table of values"),
        (b"\x00\x01\x02", "no table of values"),
        (f"{HEAD}l1,kk,2.5\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,much,7\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,-1,7\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,nan,7\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,inf,7\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,1,-7\n".encode(), "line 2"),
        (f"{HEAD},kk,1,7\n".encode(), "line 2"),
        (f"{HEAD}l1,kk,1,7\nl1,kk,1,7\n".encode(), "line 3"),
    ],
)
def test_a_bad_table_is_refused_by_its_line(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(JetkizError) as refusal:
        read_values(written(tmp_path, content))
    assert words in refusal.value.sentence.format(**refusal.value.facts)
    assert "jetkiz plan airing" in refusal.value.remedy


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="cannot be read"):
        read_values(tmp_path / "nothing.csv")
    with pytest.raises(JetkizError, match="cannot be read"):
        read_values(tmp_path)


def test_a_table_of_another_week_is_refused() -> None:
    week = [a_lesson()]
    code, language = week[0].code, week[0].language
    refuse_other_lessons({}, week)
    refuse_other_lessons({(code, language): 1.0, ("gone", "kk"): 1.0}, week)
    for other in (("l9", "kk"), (code, "en")):
        with pytest.raises(JetkizError, match="none of the lessons"):
            refuse_other_lessons({other: 1.0}, week)
