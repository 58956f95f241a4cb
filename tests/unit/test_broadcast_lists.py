"""A problem as tables: read back the same, also after an office program had them open."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadcast.plan.model import Plan, Solver, Unplaced
from broadcast.plan.writing import unplaced_csv
from broadcast.problem.lists import problem_lists, read_lists
from broadcast.problem.model import Problem
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order
from jetkiz.errors import JetkizError, SeveralFaultsError
from jetkiz.storage.spreadsheets import guarded, unguarded
from tests.broadcast_problems import problems
from tests.examples import drawing

WEEK = """{"format": "broadcast-problem/1",
"meta": {"id": "w", "zone": "Asia/Almaty", "first_day": "2026-01-26", "days": 7},
"regions": {"kz": "Asia/Almaty"},
"channels": [{"id": "balapan", "name": "Балапан", "languages": ["kk", "ru"], "regions": ["kz"],
  "windows": ["mon-fri 09:00-12:00", "sat 09:00-10:00"], "blocked": ["2026-01-28 10:00-10:30"],
  "fillers": [{"name": "Заставка", "asset": "F1"}, {"name": "Ән", "asset": "F2", "minutes": 3}]}],
"streams": [{"id": "kk5", "language": "kk", "grades": [5, 6], "regions": ["kz"]}],
"lessons": [{"id": "m1", "stream": "kk5", "subject": "math", "seq": 1, "minutes": 15,
  "titles": {"kk": "Сандар", "ru": "Числа; дроби"}, "day": "tue", "value": 2.5}],
"homes": [{"streams": ["kk5"], "count": 40, "children": 2}],
"policy": {"split_weight": 0.25, "exam_grades": [], "one_a_day": false},
"fixed": [{"lesson": "m1", "channel": "balapan", "day": "tue", "start": "09:00"}]}"""


@drawing(30)
@given(problems())
def test_tables_are_read_back_as_the_same_problem(problem: Problem) -> None:
    assume(not faults_of(in_order(problem)))
    assert read_lists(problem_lists(problem), "folder") == in_order(problem)


def test_everything_that_people_write_is_kept() -> None:
    problem = read_problem(WEEK)
    tables = problem_lists(problem)
    assert read_lists(tables, "folder") == problem
    assert set(tables) == {
        "meta.csv",
        "regions.csv",
        "channels.csv",
        "fillers.csv",
        "streams.csv",
        "lessons.csv",
        "homes.csv",
        "policy.csv",
        "fixed.csv",
    }
    assert "mon-fri 09:00-12:00 | sat 09:00-10:00" in tables["channels.csv"].decode()


def _resaved(change: Callable[[str], str], encoding: str = "utf-8-sig") -> dict[str, bytes]:
    tables = problem_lists(read_problem(WEEK))
    return {
        name: change(content.decode("utf-8-sig")).encode(encoding)
        for name, content in tables.items()
    }


@pytest.mark.parametrize(
    "tables",
    [
        _resaved(lambda text: text.replace("2026-01-27", "27.01.2026").replace("09:00", "9:00:00")),
        _resaved(lambda text: text.replace("0.25", "0,25").replace("2026-01-26", "26.01.2026")),
        _resaved(lambda text: text + ";;;\r\n\r\n", "kz1048"),
        _resaved(lambda text: "sep=;\r\n" + text, "utf-16"),
    ],
)
def test_what_office_programs_do_to_tables_is_understood(tables: dict[str, bytes]) -> None:
    assert read_lists(tables, "folder") == read_problem(WEEK)


def test_a_table_may_be_missing_but_not_all() -> None:
    tables = problem_lists(read_problem(WEEK))
    del tables["homes.csv"], tables["policy.csv"], tables["fillers.csv"]
    assert read_lists(tables | {"photo.csv": b"\xff"}, "folder").homes == ()
    with pytest.raises(JetkizError, match=r"nothing stands in: meta\.csv, regions"):
        read_lists({"lessons.csv": tables["lessons.csv"]}, "folder")
    with pytest.raises(JetkizError, match=r"nothing stands in: streams\.csv"):
        read_lists(tables | {"streams.csv": b""}, "folder")


def test_faults_of_tables_are_told_with_their_line() -> None:
    tables = problem_lists(read_problem(WEEK))
    lessons = tables["lessons.csv"].replace(b";15;", b";long;").replace(b"titles", b"x")
    broken = tables | {"lessons.csv": lessons, "homes.csv": b"\x00\x01"}
    with pytest.raises(SeveralFaultsError) as error:
        read_lists(broken, "folder")
    told = str(error.value)
    assert "homes.csv: this table cannot be read." in told
    assert "lessons 1 (m1), minutes: 'long' cannot be used" in told


@pytest.mark.parametrize(
    "title", ["=cmd|' /C calc'!A0", "+7 701", "-5", "@SUM(1)", "'=1", "'ә", "-"]
)
def test_nothing_in_a_table_is_calculated_and_all_is_read_back(title: str) -> None:
    problem = read_problem(WEEK)
    lesson = replace(problem.lessons[0], titles={"kk": title}, asset="=A1")
    evil = replace(problem, lessons=(lesson,), policy=replace(problem.policy, repeat_quota=-1))
    tables = problem_lists(evil)
    for content in tables.values():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"):
            assert not [one for one in row if one[:1] in {"=", "+", "@"}]
            assert not [one for one in row if one.startswith("-") and one not in {"-", "-1"}]
    assert read_lists(tables, "folder") == evil


@given(st.text(st.sampled_from("'=+-@\tа1 "), max_size=5))
def test_a_guarded_cell_is_never_calculated_and_comes_back(cell: str) -> None:
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t"))
    assert unguarded(guarded(cell)) == cell


def test_a_plan_as_a_table_calculates_nothing_either() -> None:
    left = Unplaced("=cmd|x", "no room for {lesson}", {"lesson": "x"})
    plan = Plan("w", 1, 0, "", Solver(), (), (left,))
    assert unplaced_csv(plan).decode("utf-8-sig").splitlines()[1] == "'=cmd|x;no room for x"
