"""The planner's table of values on the broadcaster's side: what it changes, and what is refused."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.airing_values import COLUMNS, read_values, refuse_other_lessons
from broadcast.model import Programme, TvChannel, Window
from broadcast.timetable import make_timetable
from jetkiz.errors import JetkizError
from scheduler import airing_values as planners

MONDAY = date(2026, 1, 26)
ONE_HOUR = TvChannel(
    key="balapan",
    name="Balapan",
    kind="tv",
    xmltv_id="balapan.kz",
    languages=("kk",),
    zone="Asia/Almaty",
    days=("mon",),
    windows=(Window(time(9), time(10)),),
    grid_minutes=5,
)
HEAD = "lesson,language,value,students\n"


def programme(number: int, **changes: object) -> Programme:
    made = Programme(
        lesson=number,
        code=f"l{number}",
        title="",
        subject="reading",
        language="kk",
        grades=(5,),
        day=MONDAY,
        order=number,
        minutes=20,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def aired(wished: list[Programme], values: dict[tuple[str, str], float]) -> set[int]:
    made = make_timetable("2026-W05", wished, [ONE_HOUR], values)
    return {one.lesson for one in made.airings}


def test_both_sides_speak_of_the_same_columns() -> None:
    assert planners.COLUMNS == COLUMNS


def test_where_hours_are_short_the_most_useful_lessons_are_aired() -> None:
    wished = [programme(number) for number in range(1, 6)]
    values = {(f"l{number}", "kk"): float(number) for number in range(1, 6)}
    assert aired(wished, values) == {3, 4, 5}
    assert aired(wished, {}) == {1, 2, 3}


def test_two_short_lessons_may_be_worth_more_than_a_long_one() -> None:
    wished = [programme(1, minutes=60), programme(2, minutes=30), programme(3, minutes=30)]
    values = {("l1", "kk"): 5.0, ("l2", "kk"): 3.0, ("l3", "kk"): 3.0}
    assert aired(wished, values) == {2, 3}


def test_a_value_of_nothing_comes_before_no_value_and_another_language_is_another_lesson() -> None:
    wished = [programme(number, minutes=60) for number in (1, 2)]
    assert aired(wished, {("l2", "kk"): 0.0}) == {2}
    assert aired(wished, {("l2", "ru"): 9.0}) == {1}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9))
def test_no_lesson_stays_behind_one_of_its_length_that_is_worth_less(worth: list[int]) -> None:
    wished = [programme(number) for number in range(len(worth))]
    on_air = aired(wished, {(f"l{n}", "kk"): float(value) for n, value in enumerate(worth)})
    left = [value for number, value in enumerate(worth) if number not in on_air]
    assert min((worth[number] for number in on_air), default=0) >= max(left, default=0)
    assert len(on_air) == min(3, len(worth))


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
    refuse_other_lessons({}, [programme(1)])
    refuse_other_lessons({("l1", "kk"): 1.0, ("gone", "kk"): 1.0}, [programme(1)])
    with pytest.raises(JetkizError, match="none of the lessons"):
        refuse_other_lessons({("l9", "kk"): 1.0}, [programme(1)])
